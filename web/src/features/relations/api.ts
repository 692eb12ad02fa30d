import { ApiError, type Data } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type Friend = Data<"im/DescribeFriendPage">["Friends"][number];
export type FriendList = Data<"im/DescribeFriendGroups">["ResultItem"][number];
export type FriendRequest = Data<"im/DescribeFriendRequests">["Requests"][number];
export type Blocked = Data<"im/DescribeBlackList">["BlackListItem"][number];
export type Follow = Data<"im/DescribeFollowList">["FollowItem"][number];

/** Whose relations these are. */
export interface Owner {
  app: number;
  user: string;
}

const RELATIONS = [
  "im/DescribeFriendPage",
  "im/DescribeFriendGroups",
  "im/DescribeBlackList",
  "im/DescribeFriendRequests",
  // The numbers beside the tabs.
  "im/DescribeAccountState",
] as const;
const FOLLOWS = ["im/DescribeFollowList", "im/DescribeFollowInfo", "im/DescribeAccountState"] as const;
const from = ({ app, user }: Owner) => ({ SDKAppID: app, From_Account: user });

export const useFriends = (owner: Owner, Keyword: string, Offset: number, Limit: number) =>
  useRead("im/DescribeFriendPage", { SDKAppID: owner.app, UserID: owner.user, Keyword, Offset, Limit }, { keep: true });
/** What people who need not be friends are called. */
export const usePeople = (owner: Owner, users: string[]) =>
  useRead(
    "im/DescribeProfiles",
    { SDKAppID: owner.app, To_Account: users, TagList: ["Tag_Profile_IM_Nick", "Tag_Profile_IM_Image"] },
    { enabled: users.length > 0, keep: true },
  );
export const useAddFriend = () => useChange("im/AddFriend", [...RELATIONS]);
export const useModifyFriend = () => useChange("im/ModifyFriend", [...RELATIONS]);
export const useDeleteFriend = () => useChange("im/DeleteFriend", [...RELATIONS]);
export const useDeleteAllFriends = () => useChange("im/DeleteAllFriends", [...RELATIONS]);
export const useCheckFriend = () => useChange("im/CheckFriend");
export const useCheckBlackList = () => useChange("im/CheckBlackList");

export const useLists = (owner: Owner) =>
  useRead("im/DescribeFriendGroups", { ...from(owner), NeedFriend: "Need_Friend_Type_Yes" });
export const useAddList = () => useChange("im/AddFriendGroup", [...RELATIONS]);
export const useDeleteList = () => useChange("im/DeleteFriendGroup", [...RELATIONS]);

export const useRequests = (owner: Owner, Direction: "received" | "sent", Offset: number, Limit: number) =>
  useRead(
    "im/DescribeFriendRequests",
    { SDKAppID: owner.app, UserID: owner.user, Direction, Offset, Limit },
    { keep: true },
  );
export const useAnswer = () => useChange("im/AnswerFriendRequest", [...RELATIONS]);
export const useDeleteRequest = () => useChange("im/DeleteFriendRequest", [...RELATIONS]);

export const useBlackList = (owner: Owner, StartIndex: number, MaxLimited: number) =>
  useRead("im/DescribeBlackList", { ...from(owner), StartIndex, MaxLimited, LastSequence: 0 }, { keep: true });
export const useBlock = () => useChange("im/AddBlackList", [...RELATIONS]);
export const useUnblock = () => useChange("im/DeleteBlackList", [...RELATIONS]);

export const useFollows = (owner: Owner, FollowType: 1 | 2 | 3, StartCursor: string, WantNum: number) =>
  useRead("im/DescribeFollowList", { ...from(owner), FollowType, StartCursor, WantNum }, { keep: true });
export const useFollowCounts = (owner: Owner) =>
  useRead("im/DescribeFollowInfo", { ...from(owner), To_Account: [owner.user] });
export const useFollow = () => useChange("im/AddFollow", [...FOLLOWS]);
export const useUnfollow = () => useChange("im/DeleteFollow", [...FOLLOWS]);

/** A request waits for the other side's answer: a success in the words of the wire. */
export const PENDING = 30539;

/** A batch answers success and says per item what went wrong: the first such item as an error, if any. */
export function failureOf(answer: {
  ResultItem?: { To_Account: string; ResultCode: number; ResultInfo: string }[] | null;
}) {
  const bad = answer.ResultItem?.find(({ ResultCode }) => ResultCode !== 0 && ResultCode !== PENDING);
  if (!bad) return undefined;
  const Message = `${bad.To_Account}: ${bad.ResultInfo}`;
  return new ApiError(400, "", { Code: "FailedOperation", Message, ErrorCode: bad.ResultCode });
}
