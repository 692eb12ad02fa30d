import type { Data, Request } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type AccountRow = Data<"im/DescribeAccountList">["Accounts"][number];
export type AccountState = Data<"im/DescribeAccountState">;
export type Account = Data<"im/DescribeAccount">;

const OFFICIAL = "@TOA#_";
/** Accounts that users follow, and that nobody signs in with. */
export const isOfficial = (user: string) => user.startsWith(OFFICIAL);
/** Accounts for which the app's server writes, from what callbacks bring it. */
const ROBOT = "@RBT#";
/** The key of what an account is called. */
export const typeOf = ({ UserID, Type }: Pick<AccountRow, "UserID" | "Type">) =>
  `types.${isOfficial(UserID) ? "official" : Type === "ordinary" && UserID.startsWith(ROBOT) ? "robot" : Type}` as const;

/** Reads that accounts which come and go make stale. */
export const LISTS = ["im/DescribeAccountList", "im/DescribeSdkAppInfo"] as const;

export type ListRequest = Request<"im/DescribeAccountList">;
export const useAccounts = (request: ListRequest) => useRead("im/DescribeAccountList", request, { keep: true });
export const useAccountState = (SDKAppID: number, UserID: string) =>
  useRead("im/DescribeAccountState", { SDKAppID, UserID }, { every: 15_000 });
export const useSign = () => useChange("im/CreateSecretUserSig");
export const useAccount = (SDKAppID: number, UserID: string) => useRead("im/DescribeAccount", { SDKAppID, UserID });
export const useCreateAccount = () => useChange("im/CreateAccount", [...LISTS]);
export const useModifyProfile = () => useChange("im/ModifyAccountProfile", [...LISTS, "im/DescribeAccount"]);
export const useRemoveAccounts = () => useChange("im/RemoveUser", [...LISTS], undefined, ["im/DescribeAccount"]);
export const useKick = () => useChange("im/KickAccount", ["im/DescribeAccount"]);
export const useImport = () => useChange("im/ImportAccounts", ["im/DescribeJobs"]);
/** An import into this app that has not ended, whoever began it. */
export function useRunningImport(SDKAppID: number) {
  const { data } = useRead("im/DescribeJobs", { SDKAppID, State: "running", Limit: 20 }, { every: 5000 });
  return data?.Jobs.find((job) => job.Kind === "ImportAccounts");
}
export const useExport = () => useChange("im/ExportAccounts", ["im/DescribeJobs"]);
export const useReport = (JobId: string, Offset: number, Limit: number, enabled = true) =>
  useRead("im/DescribeJobReport", { JobId, Offset, Limit }, { keep: true, enabled });
