import { useRead } from "../../../api/hooks";
import { useAllowed } from "../../../api/session";
import type { AuditEvent } from "../api";

// By these names actions say whom or what they are about, the narrowest first.
const NAMES = [
  "UserID",
  "UserIDs",
  "To_Account",
  "AddFriendItem",
  "UpdateItem",
  "FollowItem",
  "Info",
  "Done",
  "From_Account",
  "PolicyName",
  "GroupName",
  "UserName",
  "Name",
  "TargetUin",
  "PolicyId",
  "AccessKeyId",
  "Account",
  "Uin",
  "GroupId",
  "SecretId",
  "JobId",
];
// Who gets something, or where it happens; it stands before what that is.
const OWNERS = ["From_Account", "AttachUin", "DetachUin", "AttachGroupId", "DetachGroupId"];

/** Names of what access management numbers: by "Uin", "PolicyId" and "GroupId", and then by the number. */
export type Known = Partial<Record<"Uin" | "PolicyId" | "GroupId", Map<number, string>>>;

/** Whom or what an event is about, as far as it says so: "a1 › a2, a3 +4". */
export function targetOf(event: Pick<AuditEvent, "Action" | "Before" | "After">, known: Known = {}): string {
  const facts = { ...parse(event.Before), ...parse(event.After) };
  const refused = facts.Refused && typeof facts.Refused === "object" ? Object.keys(facts.Refused) : [];
  if (Array.isArray(facts.Done)) facts.Done = [...facts.Done, ...refused];
  const people = event.Action.startsWith("cam:") ? known : {};
  const shown = (field: string) => words(field, facts[field], people);
  // Members of a group of chats, or of one of sub-users, stand behind it.
  const group = facts.UserIDs ? shown("GroupId") : facts.Info ? words("GroupId", firstGroup(facts.Info), people) : "";
  const owner = group || OWNERS.map(shown).find(Boolean) || "";
  for (const name of NAMES) {
    const text = shown(name);
    if (text) return owner && text !== owner ? `${owner} › ${text}` : text;
  }
  return owner;
}

const firstGroup = (info: unknown) => (Array.isArray(info) ? (info[0] as { GroupId?: unknown })?.GroupId : undefined);

function words(field: string, value: unknown, known: Known): string {
  const kind = /Group/.test(field) ? "GroupId" : field === "PolicyId" ? "PolicyId" : "Uin";
  const all = (Array.isArray(value) ? value : [value])
    .map((one) => {
      if (!one || typeof one !== "object") return one;
      const { To_Account, Uin } = one as { To_Account?: unknown; Uin?: unknown };
      return To_Account ?? Uin;
    })
    .filter((one) => typeof one === "string" || (typeof one === "number" && one > 0))
    .map((one) => known[kind]?.get(one as number) ?? String(one))
    .filter(Boolean);
  return all.slice(0, 3).join(", ") + (all.length > 3 ? ` +${all.length - 3}` : "");
}

function parse(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

const MOST = 200;

/** Names of sub-users, policies and groups of them, as far as one may read these. */
export function useKnown(): Known {
  const may = {
    users: useAllowed("cam:ListUsers"),
    policies: useAllowed("cam:ListPolicies"),
    groups: useAllowed("cam:ListGroups"),
  };
  const users = useRead("cam/ListUsers", {}, { enabled: may.users === true }).data?.Data;
  const policies = useRead("cam/ListPolicies", { Rp: MOST }, { enabled: may.policies === true }).data?.List;
  const groups = useRead("cam/ListGroups", { Rp: MOST }, { enabled: may.groups === true }).data?.GroupInfo;
  return {
    Uin: new Map(users?.map((one) => [one.Uin, one.Name])),
    PolicyId: new Map(policies?.map((one) => [one.PolicyId, one.PolicyName])),
    GroupId: new Map(groups?.map((one) => [one.GroupId, one.GroupName])),
  };
}
