import { useCallback, useSyncExternalStore } from "react";
import { useChange, useRead } from "../../api/hooks";

export const useFirstAccounts = (app: number, enabled: boolean) =>
  useRead("im/DescribeAccountList", { SDKAppID: app, Limit: 20 }, { enabled });
/** What changes by itself: read again every few seconds. */
export const useNow = (SDKAppID: number) => useRead("im/DescribeRealtimeOverview", { SDKAppID }, { every: 5_000 });
export const useCreateAccount = () =>
  useChange("im/CreateAccount", ["im/DescribeAccountList", "im/DescribeSdkAppInfo"]);

/** Steps that only the browser knows of: a message that arrived in the test chat, a snippet that was taken. */
export type Step = "signed" | "delivered" | "client" | "server";
const listeners = new Set<() => void>();
const keyOf = (app: number) => `sodam.first.${app}`;

export function useSteps(app: number): { done: (step: Step) => boolean; mark: (step: Step) => void } {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(keyOf(app)) ?? "",
  );
  const mark = useCallback(
    (step: Step) => {
      const known = new Set((localStorage.getItem(keyOf(app)) ?? "").split(" ").filter(Boolean));
      localStorage.setItem(keyOf(app), [...known.add(step)].join(" "));
      for (const listener of listeners) listener();
    },
    [app],
  );
  return { done: (step) => text.split(" ").includes(step), mark };
}
