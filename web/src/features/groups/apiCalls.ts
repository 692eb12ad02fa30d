import type { CloudCall, RestCall } from "../../ui/ApiCall";
import type { Place } from "./api";

export const TABS = ["profile", "members", "messages", "mutes", "bans", "shared"] as const;
export type Tab = (typeof TABS)[number];

/** What a tab of a group shows and changes, as calls without the console; `name` is a text under `api`. */
export function groupCalls(tab: Tab, { app, group }: Place): { name: string; call: RestCall | CloudCall }[] {
  const rest = (name: string, command: string, body: object) => ({
    name,
    call: { rest: `group_open_http_svc/${command}`, app, body: { GroupId: group, ...body } },
  });
  switch (tab) {
    case "profile":
      return [
        { name: "read", call: { rest: "group_open_http_svc/get_group_info", app, body: { GroupIdList: [group] } } },
        rest("write", "modify_group_base_info", { Introduction: "We row at dawn" }),
        rest("dismiss", "destroy_group", {}),
      ];
    case "members":
      return [
        rest("members", "get_group_member_info", { Limit: 100, Offset: 0 }),
        rest("add", "add_group_member", { MemberList: [{ Member_Account: "joon" }] }),
        rest("remove", "delete_group_member", { MemberToDel_Account: ["joon"] }),
        rest("role", "modify_group_member_info", { Member_Account: "joon", Role: "Admin" }),
        rest("owner", "change_group_owner", { NewOwner_Account: "joon" }),
      ];
    case "messages":
      return [
        rest("messages", "group_msg_get_simple", { ReqMsgNumber: 20 }),
        rest("send", "send_group_msg", {
          Random: 1,
          MsgBody: [{ MsgType: "TIMTextElem", MsgContent: { Text: "Hello" } }],
        }),
        rest("recall", "group_msg_recall", { MsgSeqList: [{ MsgSeq: 1 }] }),
      ];
    case "mutes":
      return [
        rest("mutes", "get_group_muted_account", {}),
        rest("mute", "forbid_send_msg", { Members_Account: ["joon"], MuteTime: 3600 }),
      ];
    case "bans":
      return [
        rest("bans", "get_group_ban_member", { Limit: 100, Offset: 0 }),
        rest("ban", "ban_group_member", { Members_Account: ["joon"], Duration: 86400 }),
        rest("unban", "unban_group_member", { Members_Account: ["joon"] }),
      ];
    case "shared":
      return [
        {
          name: "attributes",
          call: { rest: "group_open_attr_http_svc/get_group_attr", app, body: { GroupId: group } },
        },
        rest("counters", "get_group_counter", {}),
      ];
  }
}
