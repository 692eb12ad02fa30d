import type { Data, Request } from "../../api/client";
import { useRead } from "../../api/hooks";
import type { TableState } from "../../ui/tableState";

export type Trouble = Data<"im/DescribeTroubleshootingLog">["Events"][number];
export type Asked = Request<"im/DescribeTroubleshootingLog">;

export const EVENTS = [
  "login",
  "c2c_message",
  "group_message",
  "relation",
  "group",
  "callback",
  "push",
  "other",
] as const;
/** Periods that reach to the moment they are chosen, in seconds. */
export const SPANS = { hour: 3600, day: 86400, days: 3 * 86400 };
/** Filters beside the list's own. They stand in the address. */
export const ALSO = ["user", "receiver", "code", "span", "from", "to"] as const;
const AHEAD = 60;

export const useTroubles = (asked: Asked) => useRead("im/DescribeTroubleshootingLog", asked, { keep: true });

/** What the address asks for. `now`, in seconds, is fixed: a moving end would be another question at every render. */
export function askedOf(app: number, state: TableState, now: number): Asked {
  const span = state.filter("span");
  const free = span === "free";
  const from = free ? Number(state.filter("from")) : now - (SPANS[span as keyof typeof SPANS] ?? SPANS.days);
  const to = (free && Number(state.filter("to"))) || now + AHEAD;
  return {
    SDKAppID: app,
    StartTime: Math.max(0, from) * 1000,
    EndTime: to * 1000 + 999,
    Event: (EVENTS.find((one) => one === state.filter("event")) ?? "") as Asked["Event"],
    UserID: state.filter("user").trim(),
    Receiver: state.filter("receiver").trim(),
    ErrorCode: state.filter("code").trim(),
    FailedOnly: state.filter("result") === "failed",
    Before: state.after,
    Limit: state.size,
  };
}
