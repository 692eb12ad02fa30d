import type { Data } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";
import type { Choices } from "../../ui/Picker";

export type App = Data<"im/DescribeSdkAppInfo">;
export type AppCard = Data<"im/DescribeIMAppList">["Apps"][number];
export type Plans = Data<"im/DescribePlans">;
export type Order = Data<"im/DescribePlanOrders">["Orders"][number];

const STALE = ["im/DescribeIMAppList", "im/DescribeSdkAppInfo", "im/DescribeJobs"] as const;

export const useApps = (filters: { Keyword?: string; Status?: never; Plan?: never; Offset: number; Limit: number }) =>
  useRead("im/DescribeIMAppList", filters, { keep: true });
/** The most apps of one answer. */
const PAGE = 100;

/** Apps to choose from. */
export function useAppChoices(Keyword: string): Choices {
  const { data, error, refetch } = useApps({ Keyword: Keyword || undefined, Offset: 0, Limit: PAGE });
  const list = data?.Apps.map(({ SDKAppID, Name }) => ({ id: SDKAppID, name: Name, about: String(SDKAppID) }));
  return { list, total: data?.TotalCount ?? 0, error, retry: refetch };
}

/** All apps that one may see, in as many answers as there must be: a server has at most 300. */
export function useEveryApp(): AppCard[] {
  const first = useRead("im/DescribeIMAppList", { Limit: PAGE }).data;
  const total = first?.TotalCount ?? 0;
  const page = (Offset: number) => ({ Offset, Limit: PAGE });
  const second = useRead("im/DescribeIMAppList", page(PAGE), { enabled: total > PAGE }).data;
  const third = useRead("im/DescribeIMAppList", page(2 * PAGE), { enabled: total > 2 * PAGE }).data;
  return [first, second, third].flatMap((one) => one?.Apps ?? []);
}

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
