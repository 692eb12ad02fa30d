import type { Data } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type App = Data<"im/DescribeSdkAppInfo">;
export type AppCard = Data<"im/DescribeIMAppList">["Apps"][number];
export type Plans = Data<"im/DescribePlans">;
export type Order = Data<"im/DescribePlanOrders">["Orders"][number];

const STALE = ["im/DescribeIMAppList", "im/DescribeSdkAppInfo", "im/DescribeJobs"] as const;

export const useApps = (filters: { Keyword?: string; Status?: never; Plan?: never; Offset: number; Limit: number }) =>
  useRead("im/DescribeIMAppList", filters, { keep: true });
export const useCreateApp = () => useChange("im/RegisterIMApp", [...STALE]);
export const useStopApp = () => useChange("im/StopSdkAppId", [...STALE], "im/DescribeSdkAppInfo");
export const useStartApp = () => useChange("im/StartSdkAppId", [...STALE], "im/DescribeSdkAppInfo");
export const useSetStatus = () => useChange("sodam/ModifyAppStatus", [...STALE], "im/DescribeSdkAppInfo");
export const useDeleteApp = () =>
  useChange("im/DeleteSdkappid", ["im/DescribeIMAppList", "im/DescribeJobs"], undefined, ["im/DescribeSdkAppInfo"]);
export const usePlans = () => useRead("im/DescribePlans", {});
export const useOrders = (app: number, Offset: number, Limit: number) =>
  useRead("im/DescribePlanOrders", { SDKAppID: app, Offset, Limit }, { keep: true });
export const useOrder = () =>
  useChange("im/CreatePlanOrder", [...STALE, "im/DescribePlanOrders", "im/DescribeAbilityConfInfo"]);
export const useRenew = () => useChange("im/SetRenewFlag", [...STALE], "im/DescribeSdkAppInfo");
