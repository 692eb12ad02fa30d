import type { Data } from "../../api/client";
import { useRead } from "../../api/hooks";

export type Daily = Data<"im/DescribeDailyStatistics">;
export type Day = Daily["Days"][number];
export type Figure = Daily["Overview"][number];
export type Realtime = Data<"im/DescribeRealtimeStatistics">;
export type Line = Realtime["Lines"][number];
export type Series = Line["Series"];

export const KINDS = ["users", "messages", "groups"] as const;
export type Kind = (typeof KINDS)[number];
export type Column = Exclude<keyof Day, "Date" | "State">;

/** What the table and the CSV of a tab show, and which lines its charts have. */
export const COLUMNS: Record<Kind, Column[]> = {
  users: ["ActiveUsers", "Users", "NewUsers"],
  messages: ["Messages", "Senders", "OfflinePushes"],
  groups: ["NewGroups", "ActiveGroups", "PeakGroups"],
};
export const CHARTS: Record<Kind, { name: string; lines: Column[] }[]> = {
  users: [
    { name: "active", lines: ["ActiveUsers", "NewUsers"] },
    { name: "total", lines: ["Users"] },
  ],
  messages: [{ name: "messages", lines: ["C2CMessages", "GroupMessages"] }],
  groups: [{ name: "groups", lines: ["NewGroups", "Groups", "ActiveGroups"] }],
};
/** Beside the table's, in the CSV. */
export const ALSO: Record<Kind, Column[]> = {
  users: [],
  messages: ["C2CMessages", "GroupMessages"],
  groups: ["Groups"],
};

export const useDaily = (SDKAppID: number, Kind: Kind, From: string, To: string) =>
  useRead("im/DescribeDailyStatistics", { SDKAppID, Kind, From, To }, { keep: true, every: 300_000 });
