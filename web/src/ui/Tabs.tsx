import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTableState } from "./tableState";

interface Props<K extends string> {
  label: string;
  /** `count` says how much is behind a tab, for the eye: the tab itself tells it again. */
  tabs: { key: K; title: string; count?: number }[];
  current: K;
}

/** Tabs of one page; the open one is in the address. */
export function Tabs<K extends string>({ label, tabs, current }: Props<K>) {
  const { set } = useTableState();
  const open = (key: K) =>
    set({ tab: key === tabs[0]?.key ? "" : key, q: "", page: "", after: "", sort: "", direction: "", kind: "" });
  const step = (event: React.KeyboardEvent, index: number) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = by && tabs[(index + by + tabs.length) % tabs.length];
    if (!next) return;
    open(next.key);
    document.getElementById(`tab-${next.key}`)?.focus();
  };
  const strip = useRef<HTMLDivElement>(null);
  const widths = tabs.map(({ title, count = "" }) => `${title} ${count}`).join();
  const router = useRouter();
  // Another tab is another place, and counts make tabs wider.
  useEffect(() => {
    const show = () => {
      const open = strip.current?.querySelector<HTMLElement>("[aria-selected=true]");
      if (!open || !strip.current) return;
      strip.current.scrollLeft = open.offsetLeft - (strip.current.clientWidth - open.offsetWidth) / 2;
    };
    show();
    // The router puts everything back to where it was scrolled to on the page before.
    return router.subscribe("onRendered", show);
  }, [router, current, widths]);
  return (
    <div ref={strip} className="tabs" role="tablist" aria-label={label}>
      {tabs.map(({ key, title, count }, index) => (
        <button
          key={key}
          type="button"
          role="tab"
          id={`tab-${key}`}
          aria-selected={key === current}
          tabIndex={key === current ? 0 : -1}
          className="tabs__tab"
          onClick={() => open(key)}
          onKeyDown={(event) => step(event, index)}
        >
          <span className="tabs__title" data-title={title}>
            {title}
          </span>
          {count !== undefined && (
            <span className="tabs__count" aria-hidden="true">
              {count}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
