import type { TFunction } from "i18next";

interface Person {
  UserId?: string;
  NickName?: string;
}
interface Tip {
  OpType?: number;
  Operator_Account?: string;
  List_Account?: string[];
  MsgOperatorMemberExtraInfo?: Person;
  MsgMemberExtraInfo?: Person[];
  GroupJoinType?: number;
  MsgMemberInfo?: { User_Account: string; ShutupTime?: number }[];
  MemberExtraInfo?: { Reason?: string };
  MsgGroupNewInfo?: Record<string, unknown>;
  MsgTopicNewInfo?: Record<string, unknown>;
}

const INVITED = 2;
const FOR_EVER = 2 ** 32 - 1;
/** So many people are named; a tip may be about a hundred. */
const NAMED = 5;
/** Fields of a group in a tip, and what the console calls them. */
const FIELDS: Record<string, string> = {
  GroupName: "name",
  GroupIntroduction: "introduction",
  GroupNotification: "notification",
  GroupFaceUrl: "faceUrl",
  GroupApplyJoinOption: "options.ApplyJoinOption",
  InviteJoinOption: "options.InviteJoinOption",
  MsgAppDefinedData: "tips.custom",
};

/** What a tip of a group tells, in one sentence; empty if that is not known. `span`: a length of time in words. */
export function tipOf(body: readonly unknown[], t: TFunction<"groups">, span: (seconds: number) => string): string {
  const tip = (body[0] ?? {}) as Tip;
  const known = [tip.MsgOperatorMemberExtraInfo, ...(tip.MsgMemberExtraInfo ?? [])];
  const nameOf = (user: string) => {
    const nick = known.find((one) => one?.UserId === user)?.NickName;
    return nick && nick !== user ? `${nick} (${user})` : user;
  };
  const listed = tip.List_Account ?? [];
  const operator = tip.Operator_Account ?? "";
  const more = listed.length - NAMED;
  const names = listed.slice(0, NAMED).map(nameOf).join(", ");
  const users = more > 0 ? t("tips.more", { users: names, count: more }) : names;
  const values = { who: nameOf(operator), users };
  switch (tip.OpType) {
    case 1:
      if (listed.length === 1 && listed[0] === operator) return t("tips.joined", values);
      return t(tip.GroupJoinType === INVITED ? "tips.added" : "tips.letIn", values);
    case 2:
      return t("tips.left", values);
    case 3: {
      const reason = tip.MemberExtraInfo?.Reason;
      return t("tips.removed", values) + (reason ? ` (${reason})` : "");
    }
    case 4:
      return t("tips.admin", values);
    case 5:
      return t("tips.noAdmin", values);
    case 6:
    case 8:
      return changed({ ...tip.MsgGroupNewInfo, ...tip.MsgTopicNewInfo }, t, values, nameOf);
    case 7: {
      const seconds = tip.MsgMemberInfo?.[0]?.ShutupTime ?? 0;
      if (!seconds) return t("tips.unmuted", values);
      return `${t("tips.muted", values)} (${seconds === FOR_EVER ? t("forEver") : span(seconds)})`;
    }
    case 10:
      return t("tips.banned", values);
    default:
      return "";
  }
}

type Info = Record<string, unknown>;
type Values = Record<string, string>;

/** What became of the group itself: an owner, a switch, or fields with what they hold now. */
function changed(info: Info, t: TFunction<"groups">, values: Values, nameOf: (user: string) => string): string {
  if (info.Owner_Account) return t("tips.owner", { ...values, users: nameOf(String(info.Owner_Account)) });
  if ("ShutupAll" in info) return t(info.ShutupAll ? "tips.muteAll" : "tips.unmuteAll", values);
  const fields = Object.entries(info).map(([key, value]) => {
    const name = FIELDS[key] ? t(FIELDS[key] as never) : key;
    return typeof value === "string" && value ? `${name}: ${value}` : name;
  });
  return t("tips.changed", { ...values, fields: fields.join(", ") });
}
