import type { CloudCall, RestCall } from "../../ui/curl";

export type AccountTab = "profile" | "groups" | "friends" | "lists" | "requests" | "blacklist" | "follow" | "push";

/** What a tab of an account shows and changes, as calls without the console; `name` is a text under `api`. */
export function accountCalls(
  tab: AccountTab,
  app: number,
  user: string,
): { name: string; call: RestCall | CloudCall }[] {
  const From_Account = user;
  const rest = (name: string, command: string, body: object) => ({ name, call: { rest: command, app, body } });
  const cloud = (name: string, action: string, body: object) => ({
    name,
    call: { cloud: `im/${action}`, body: { SDKAppID: app, UserID: user, ...body } },
  });
  switch (tab) {
    case "profile":
      return [
        rest("read", "profile/portrait_get", {
          To_Account: [user],
          TagList: ["Tag_Profile_IM_Nick", "Tag_Profile_IM_Gender"],
        }),
        rest("write", "profile/portrait_set", {
          From_Account,
          ProfileItem: [{ Tag: "Tag_Profile_IM_Nick", Value: "Mina" }],
        }),
      ];
    case "groups":
      return [rest("groups", "group_open_http_svc/get_joined_group_list", { Member_Account: user })];
    case "friends":
      return [
        rest("friends", "sns/friend_get", { From_Account, StartIndex: 0 }),
        rest("friendAdd", "sns/friend_add", {
          From_Account,
          AddFriendItem: [{ To_Account: "joon", AddSource: "AddSource_Type_Console" }],
        }),
        rest("friendDelete", "sns/friend_delete", {
          From_Account,
          To_Account: ["joon"],
          DeleteType: "Delete_Type_Both",
        }),
      ];
    case "lists":
      return [
        rest("lists", "sns/group_get", { From_Account, NeedFriend: "Need_Friend_Type_Yes" }),
        rest("listAdd", "sns/group_add", { From_Account, GroupName: ["family"], To_Account: ["joon"] }),
        rest("listDelete", "sns/group_delete", { From_Account, GroupName: ["family"] }),
      ];
    case "requests":
      // The REST API has no requests.
      return [
        cloud("requests", "DescribeFriendRequests", { Direction: "received", Offset: 0, Limit: 20 }),
        cloud("requestAnswer", "AnswerFriendRequest", { From: "joon", Accept: true }),
      ];
    case "push":
      return [
        cloud("pushDevices", "DescribePushDevices", {}),
        rest("pushTags", "all_member_push/im_get_tag", { To_Account: [user] }),
      ];
    case "blacklist":
      return [
        rest("blacklist", "sns/black_list_get", { From_Account, StartIndex: 0, MaxLimited: 20, LastSequence: 0 }),
        rest("block", "sns/black_list_add", { From_Account, To_Account: ["joon"] }),
        rest("unblock", "sns/black_list_delete", { From_Account, To_Account: ["joon"] }),
      ];
    case "follow":
      return [
        rest("follow", "follow/follow_get", { From_Account, FollowType: 2, StartCursor: "", WantNum: 20 }),
        rest("followCounts", "follow/follow_get_info", { From_Account, To_Account: [user] }),
        rest("followAdd", "follow/follow_add", { From_Account, FollowItem: [{ To_Account: "joon" }] }),
        rest("followDelete", "follow/follow_delete", { From_Account, To_Account: ["joon"] }),
      ];
  }
}
