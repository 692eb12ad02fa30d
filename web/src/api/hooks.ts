import {
  keepPreviousData,
  type QueryKey,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type Action, type ApiError, call, type Data, type Request } from "./client";

export interface ReadOptions {
  enabled?: boolean;
  /** Milliseconds between refreshes; false stops them. */
  every?: number | false;
  /** Shows the previous page while the next one loads. */
  keep?: boolean;
}

/** Reads one action. The key is the action and its request, so that a change can name what it makes stale. */
export function useRead<A extends Action>(action: A, request: Request<A>, options: ReadOptions = {}) {
  const query = useQuery<unknown, ApiError>({
    queryKey: [action, request],
    queryFn: ({ signal }) => call(action, request, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    placeholderData: options.keep ? keepPreviousData : undefined,
  });
  return query as UseQueryResult<Data<A>, ApiError>;
}

/**
 * Changes something with one action; afterwards every listed read is fetched again. `same` is a read whose answer has the
 * same shape as this action's: its page shows the answer at once, and the next change builds on it. `gone` are
 * reads that may be about what no longer exists: a page that still shows it must not ask for it again, but whoever opens
 * them later reads anew.
 */
export function useChange<A extends Action>(action: A, stale: Action[] = [], same?: Action, gone: Action[] = []) {
  const client = useQueryClient();
  return useMutation<Data<A>, ApiError, Request<A>>({
    mutationFn: (request) => call(action, request),
    onSuccess: (data, request) => {
      const app = (request as { SDKAppID?: number }).SDKAppID;
      if (same && app) client.setQueryData([same, { SDKAppID: app }], data);
    },
    // Not waited for: the form that made the change may close before the lists are fresh.
    onSettled: () => {
      for (const name of stale) void client.invalidateQueries({ queryKey: [name] as QueryKey });
      for (const name of gone) void client.invalidateQueries({ queryKey: [name] as QueryKey, refetchType: "none" });
    },
  });
}
