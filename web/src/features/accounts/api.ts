import type { Data } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type AccountRow = Data<"im/DescribeAccountList">["Accounts"][number];
export type Account = Data<"im/DescribeAccount">;

const LIST = ["im/DescribeAccountList", "im/DescribeSdkAppInfo"] as const;

export const useAccounts = (SDKAppID: number, Keyword: string, After: string, Limit: number) =>
  useRead(
    "im/DescribeAccountList",
    { SDKAppID, Keyword: Keyword || undefined, After: After || undefined, Limit },
    { keep: true },
  );
export const useAccount = (SDKAppID: number, UserID: string) => useRead("im/DescribeAccount", { SDKAppID, UserID });
export const useCreateAccount = () => useChange("im/CreateAccount", [...LIST]);
export const useModifyProfile = () => useChange("im/ModifyAccountProfile", [...LIST, "im/DescribeAccount"]);
export const useRemoveAccounts = () => useChange("im/RemoveUser", [...LIST], undefined, ["im/DescribeAccount"]);
export const useKick = () => useChange("im/KickAccount", ["im/DescribeAccount"]);
export const useImport = () => useChange("im/ImportAccounts", ["im/DescribeJobs"]);
export const useExport = () => useChange("im/ExportAccounts", ["im/DescribeJobs"]);
export const useReport = (JobId: string, Offset: number, Limit: number, enabled = true) =>
  useRead("im/DescribeJobReport", { JobId, Offset, Limit }, { keep: true, enabled });
