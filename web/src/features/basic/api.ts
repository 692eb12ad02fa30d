import type { Data } from "../../api/client";
import { useChange } from "../../api/hooks";

export type App = Data<"im/DescribeSdkAppInfo">;
export type Secret = Data<"im/DescribeSecret">["Keys"][number];

const STALE = ["im/DescribeSdkAppInfo", "im/DescribeIMAppList"] as const;

export const useModifyInfo = () => useChange("im/ModifyAppInfo", [...STALE], "im/DescribeSdkAppInfo");
export const useModifyTags = () => useChange("im/ModifyAppTags", [...STALE], "im/DescribeSdkAppInfo");
export const useModifyAdmins = () =>
  useChange("im/ModifyAccountInfo", [...STALE, "im/DescribeAccountList"], "im/DescribeSdkAppInfo");
export const useModifyLimits = () => useChange("sodam/ModifyAppLimits", [...STALE], "im/DescribeSdkAppInfo");
/** Every look at a key is in the audit log: it is asked for by hand and not kept. */
export const useShowSecrets = () => useChange("im/DescribeSecret");
export const useCreateSecret = () => useChange("im/CreateSecret", [...STALE]);
export const useDeleteSecret = () => useChange("im/DeleteSecret", [...STALE], "im/DescribeSdkAppInfo");
export const useMoveToHmac = () => useChange("im/ToggleSecretVersion", [...STALE]);
