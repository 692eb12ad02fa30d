import type { CloudCall, RestCall } from "../../ui/curl";
import type { Place } from "./api";

export const TABS = ["profile", "members", "topics", "messages", "mutes", "bans", "shared"] as const;
export type Tab = (typeof TABS)[number];

interface NamedCall {
  name: string;
  call: RestCall | CloudCall;
}

/** What a tab of a group shows and changes, as calls without the console; `name` is a text under `api`. */
export function groupCalls(tab: Tab, { app, group }: Place, room = false): NamedCall[] {
  const rest = (name: string, command: string, body: object) => ({
    name,
    call: { rest: `group_open_http_svc/${command}`, app, body: { GroupId: group, ...body } },
  });
  const topic = (name: string, command: string, body: object) => ({
    name,
    call: { rest: `million_group_open_http_svc/${command}`, app, body: { GroupId: group, ...body } },
  });
  switch (tab) {
    case "profile":
      return [
        { name: "read", call: { rest: "group_open_http_svc/get_group_info", app, body: { GroupIdList: [group] } } },
        rest("write", "modify_group_base_info", { Introduction: "We row at dawn" }),
        rest("dismiss", "destroy_group", {}),
      ];
    case "members":
      if (room) return roomCalls(app, group);
      return [
        rest("members", "get_group_member_info", { Limit: 100, Offset: 0 }),
        rest("add", "add_group_member", { MemberList: [{ Member_Account: "joon" }] }),
        rest("remove", "delete_group_member", { MemberToDel_Account: ["joon"] }),
        rest("role", "modify_group_member_info", { Member_Account: "joon", Role: "Admin" }),
        rest("owner", "change_group_owner", { NewOwner_Account: "joon" }),
      ];
    case "topics":
      return [
        topic("topics", "get_topic", {}),
        topic("createTopic", "create_topic", { TopicName: "Routes" }),
        topic("modifyTopic", "modify_topic", { TopicId: `${group}@TOPIC#_routes`, MuteAllMember: "On" }),
        topic("destroyTopic", "destroy_topic", { TopicIdList: [`${group}@TOPIC#_routes`] }),
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

/** Of a live room, which has visitors and no members. */
function roomCalls(app: number, group: string): NamedCall[] {
  const rest = (name: string, command: string, body: object) => ({
    name,
    call: { rest: `group_open_avchatroom_http_svc/${command}`, app, body: { GroupId: group, ...body } },
  });
  return [
    rest("visitors", "get_members", { Timestamp: 0 }),
    rest("check", "check_members", { Member_Account: ["joon"] }),
    rest("roomAdmin", "modify_admin", { CommandType: 1, Admin_Account: ["joon"] }),
  ];
}
