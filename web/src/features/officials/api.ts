import type { Data } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type Official = Data<"im/DescribeOfficialAccounts">["Accounts"][number];
export type Subscriber = Data<"im/DescribeOfficialSubscribers">["Subscribers"][number];

/** Which official account a part of the page is about. */
export interface Place {
  app: number;
  account: string;
}

const LISTS = ["im/DescribeOfficialAccounts", "im/DescribeOfficialSubscribers"] as const;

export const useOfficials = (SDKAppID: number, Keyword: string, Cursor: string, Limit: number) =>
  useRead("im/DescribeOfficialAccounts", { SDKAppID, Keyword, Cursor, Limit }, { keep: true });
export const useSubscribers = ({ app, account }: Place, Cursor: string, Limit: number) =>
  useRead("im/DescribeOfficialSubscribers", { SDKAppID: app, Account: account, Cursor, Limit }, { keep: true });

export const useCreate = () => useChange("im/CreateOfficialAccount", ["im/DescribeOfficialAccounts"]);
export const useModify = () => useChange("im/ModifyOfficialAccount", ["im/DescribeOfficialAccounts"]);
export const useDestroy = () =>
  useChange("im/DestroyOfficialAccount", ["im/DescribeOfficialAccounts"], undefined, [
    "im/DescribeOfficialSubscribers",
  ]);
export const useAdd = () => useChange("im/AddOfficialSubscribers", [...LISTS]);
export const useRemove = () => useChange("im/DeleteOfficialSubscribers", [...LISTS]);
export const useSend = () => useChange("im/SendOfficialMsg", ["im/DescribeOfficialAccounts"]);

/** What was typed as UserIDs: apart by commas, blanks or lines, each once. */
export const usersIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];
