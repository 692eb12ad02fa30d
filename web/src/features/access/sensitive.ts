import { useState } from "react";
import type { Data } from "../../api/client";
import { useRead } from "../../api/hooks";

export type Sensitive = Data<"cloudaudit/DescribeEvents">["Events"][number];

export const SENSITIVE_DAYS = 3;
export const SENSITIVE_MOST = 50;

/** The newest of several lists that are newest first. */
export function newest(lists: Sensitive[][], most: number): Sensitive[] {
  return lists
    .flat()
    .sort((a, b) => b.Time - a.Time || b.EventId - a.EventId)
    .slice(0, most);
}

/**
 * What was done lately that gives or takes rights, or showed a secret. Of access management the audit log has changes alone;
 * of the chat service, keys that somebody looked at.
 */
export function useSensitive() {
  // A moving begin would be another question at every render.
  const [From] = useState(() => Math.floor(Date.now() / 1000) - SENSITIVE_DAYS * 86_400);
  const shared = { From, Outcome: "ok" as const, Limit: SENSITIVE_MOST };
  const changes = useRead("cloudaudit/DescribeEvents", { ...shared, Action: "cam:" });
  const secrets = useRead("cloudaudit/DescribeEvents", { ...shared, Action: "im:DescribeSecret" });
  return {
    events: changes.data && secrets.data && newest([changes.data.Events, secrets.data.Events], SENSITIVE_MOST),
    error: changes.error ?? secrets.error,
    retry: () => void Promise.all([changes.refetch(), secrets.refetch()]),
  };
}
