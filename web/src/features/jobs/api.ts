import type { Data } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type Job = Data<"im/DescribeJob">;
export type JobStateName = "" | "queued" | "running" | "done" | "failed" | "cancelled";

export const useJobs = (SDKAppID: number, State: JobStateName, Offset: number, Limit: number) =>
  useRead("im/DescribeJobs", { SDKAppID, State, Offset, Limit }, { keep: true, every: 2000 });
export const useCancel = () => useChange("im/CancelJob", ["im/DescribeJobs", "im/DescribeJob"]);
