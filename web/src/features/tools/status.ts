import type { Data } from "../../api/client";
import { useRead } from "../../api/hooks";

export type State = Data<"im/DescribeAccountState">;
export type PushDevice = Data<"im/DescribePushDevices">["Devices"][number];

const enabled = (UserID: string) => ({ enabled: Boolean(UserID) });
export const useUserState = (SDKAppID: number, UserID: string) =>
  useRead("im/DescribeAccountState", { SDKAppID, UserID }, enabled(UserID));
export const usePushDevices = (SDKAppID: number, UserID: string) =>
  useRead("im/DescribePushDevices", { SDKAppID, UserID }, enabled(UserID));
