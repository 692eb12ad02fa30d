import { useEffect, useSyncExternalStore } from "react";

export interface Crumb {
  title: string;
  to?: string;
}

let trail: readonly Crumb[] = [];
const listeners = new Set<() => void>();

/** Tells the frame where one is: what lies between the app and this page, then the page itself. */
export function usePageTitle(title: string, parents: readonly Crumb[] = []): void {
  const key = JSON.stringify([parents, title]);
  // The key holds them.
  useEffect(() => {
    trail = [...parents, { title }];
    document.title = `${title} · Sodam`;
    for (const listener of listeners) listener();
  }, [key]);
}

export function useTrail(): readonly Crumb[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => trail,
  );
}
