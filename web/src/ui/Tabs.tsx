import { useTableState } from "./tableState";

interface Props<K extends string> {
  label: string;
  tabs: { key: K; title: string }[];
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
  return (
    <div className="tabs" role="tablist" aria-label={label}>
      {tabs.map(({ key, title }, index) => (
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
          {title}
        </button>
      ))}
    </div>
  );
}
