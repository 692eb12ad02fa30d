import type { AuditEvent } from "../api";

// By these names actions say whom or what they are about, the narrowest first.
const NAMES = [
  "UserID",
  "UserIDs",
  "To_Account",
  "AddFriendItem",
  "UpdateItem",
  "FollowItem",
  "Done",
  "From_Account",
  "PolicyName",
  "GroupName",
  "UserName",
  "Name",
  "TargetUin",
  "Uin",
  "PolicyId",
  "GroupId",
  "SecretId",
  "JobId",
];

/** Whom or what an event is about, as far as it says so: "a1 › a2, a3 +4". */
export function targetOf(event: Pick<AuditEvent, "Before" | "After">): string {
  const facts = { ...parse(event.Before), ...parse(event.After) };
  const refused = facts.Refused && typeof facts.Refused === "object" ? Object.keys(facts.Refused) : [];
  if (Array.isArray(facts.Done)) facts.Done = [...facts.Done, ...refused];
  const owner = typeof facts.From_Account === "string" ? facts.From_Account : "";
  for (const name of NAMES) {
    const text = words(facts[name]);
    if (text) return owner && text !== owner ? `${owner} › ${text}` : text;
  }
  return "";
}

function words(value: unknown): string {
  const all = (Array.isArray(value) ? value : [value])
    .map((one) => (one && typeof one === "object" ? (one as { To_Account?: unknown }).To_Account : one))
    .filter((one) => typeof one === "string" || (typeof one === "number" && one > 0))
    .map(String)
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
