import type { Data, Request } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type AuditEvent = Data<"cloudaudit/DescribeEvents">["Events"][number];
export type Filters = Omit<Request<"cloudaudit/DescribeEvents">, "Before" | "Limit">;

export const useEvents = (filters: Filters, Before: number, Limit: number) =>
  useRead("cloudaudit/DescribeEvents", { ...filters, Before, Limit }, { keep: true });
export const useExportEvents = () => useChange("cloudaudit/ExportEvents", ["im/DescribeJobs"]);

/** Periods that reach to the moment they are chosen, in seconds. */
export const SPANS = { hour: 3600, day: 86400, week: 7 * 86400, month: 30 * 86400 };
