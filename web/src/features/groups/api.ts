import type { Data, Request } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type GroupRow = Data<"im/DescribeAppidGroupList">["Groups"][number];
export type Group = Data<"im/DescribeGroupInfo">;
export type Member = Data<"im/DescribeGroupMemberInfo">["Members"][number];
export type Until = Data<"im/DescribeGroupMutes">["Mutes"][number];
export type Message = Data<"im/DescribeGroupMessages">["Messages"][number];
export type AccountGroup = Data<"im/DescribeAccountGroups">["Groups"][number];
export type GroupType = Group["Type"];
export type ListRequest = Request<"im/DescribeAppidGroupList">;
export type MembersRequest = Request<"im/DescribeGroupMemberInfo">;

export type Topic = Group["Topics"][number];
export type TopicRow = Data<"im/DescribeTopics">["Topics"][number];
export type Visitor = Data<"im/DescribeRoomVisitors">["Visitors"][number];
export type Ban = Data<"im/DescribeGroupBans">["Bans"][number];

/** In the order of the original's list. */
export const TYPES: GroupType[] = ["Work", "Public", "Meeting", "AVChatRoom", "Community"];
/** A mute or ban without end. */
export const FOR_EVER = 4294967295;

/** Which group a part of the page is about. */
export interface Place {
  app: number;
  group: string;
}

const LISTS = ["im/DescribeAppidGroupList", "im/DescribeAccountGroups", "im/DescribeAccountState"] as const;
const MEMBERS = [
  "im/DescribeGroupInfo",
  "im/DescribeGroupMemberInfo",
  "im/DescribeGroupMutes",
  "im/DescribeGroupBans",
  "im/DescribeGroupMessages",
  "im/DescribeRoomVisitors",
  ...LISTS,
] as const;
const TOPICS = ["im/DescribeTopics", "im/DescribeGroupInfo"] as const;
const at = ({ app, group }: Place) => ({ SDKAppID: app, GroupId: group });

export const useGroups = (request: ListRequest) => useRead("im/DescribeAppidGroupList", request, { keep: true });
export const useGroup = (place: Place) => useRead("im/DescribeGroupInfo", at(place));
export const useMembers = (request: MembersRequest) => useRead("im/DescribeGroupMemberInfo", request, { keep: true });
export const useMutes = (place: Place, Offset: number, Limit: number) =>
  useRead("im/DescribeGroupMutes", { ...at(place), Offset, Limit }, { keep: true });
export const useBans = (place: Place, Offset: number, Limit: number) =>
  useRead("im/DescribeGroupBans", { ...at(place), Offset, Limit }, { keep: true });
export const useMessages = (place: Place, Before: number, Limit: number) =>
  useRead("im/DescribeGroupMessages", { ...at(place), Before, Limit }, { keep: true });
export const useTopics = (request: Request<"im/DescribeTopics">) =>
  useRead("im/DescribeTopics", request, { keep: true });
export const useVisitors = (request: Request<"im/DescribeRoomVisitors">) =>
  useRead("im/DescribeRoomVisitors", request, { keep: true });
export const useAccountGroups = (app: number, UserID: string, Offset: number, Limit: number) =>
  useRead("im/DescribeAccountGroups", { SDKAppID: app, UserID, Offset, Limit }, { keep: true });

export const useCreate = () => useChange("im/CreateGroup", [...LISTS]);
export const useModify = () => useChange("im/ModifyGroupBaseInfo", [...MEMBERS]);
export const useDismiss = () => useChange("im/DestroyGroup", [...LISTS], undefined, ["im/DescribeGroupInfo"]);
export const useSend = () => useChange("im/SendGroupMsg", [...MEMBERS]);
export const useTransfer = () => useChange("im/ModifyGroupOwner", [...MEMBERS]);
export const useAddMembers = () => useChange("im/AddGroupMember", [...MEMBERS]);
export const useRemoveMembers = () => useChange("im/DeleteGroupMember", [...MEMBERS]);
export const useModifyMember = () => useChange("im/ModifyGroupMemberInfo", [...MEMBERS]);
export const useMute = () => useChange("im/ForbidSendMessage", [...MEMBERS]);
export const useBan = () => useChange("im/AddGroupBan", [...MEMBERS]);
export const useUnban = () => useChange("im/DeleteGroupBan", [...MEMBERS]);
export const useCreateTopic = () => useChange("im/CreateTopic", [...TOPICS]);
export const useModifyTopic = () => useChange("im/ModifyTopic", [...TOPICS]);
export const useRemoveTopics = () => useChange("im/DestroyTopic", [...TOPICS, "im/DescribeGroupMessages"]);
export const useRecall = () => useChange("im/RecallGroupMsg", ["im/DescribeGroupMessages"]);

/** What was typed as UserIDs: apart by commas, blanks or lines, each once. */
export const usersIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];
