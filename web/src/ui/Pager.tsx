import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { BareSelect } from "./Field";
import { useFormat } from "./format";
import { ChevronLeftIcon, ChevronRightIcon } from "./icons";
import { SIZES, type TableState } from "./tableState";

export type Paging =
  /** The server counts: pages have numbers. */
  | { kind: "offset"; total: number | undefined }
  /** The server hands on a cursor; `total` is shown if known, `fixed` when the server sets the size of a page. */
  | { kind: "cursor"; next: string; total?: number; fixed?: boolean };

export function Pager({ paging, state, shown }: { paging: Paging; state: TableState; shown: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  // The cursors of the pages before this one: a cursor itself only leads forward.
  const before = useRef<string[]>([]);
  if (!state.after) before.current = [];
  const total = paging.total;
  const offset = paging.kind === "offset";
  const pages = offset ? Math.max(1, Math.ceil((total ?? 0) / state.size)) : 0;
  const first = offset ? state.page <= 1 : !state.after;
  const last = offset ? state.page >= pages : !paging.next;
  if (first && last && shown <= Math.min(...SIZES) && !total) return null;
  const back = () => (offset ? state.set({ page: state.page - 1 }) : state.set({ after: before.current.pop() ?? "" }));
  const on = () => {
    if (offset) return state.set({ page: state.page + 1 });
    before.current.push(state.after);
    state.set({ after: paging.next });
  };
  return (
    <nav className="pager" aria-label={t("table.pages")}>
      <span className="quiet">
        {total === undefined ? "" : t("table.total", { count: total, number: format.number(total) })}
      </span>
      <div className="row">
        {(offset || !paging.fixed) && (
          <BareSelect
            small
            label={t("table.size")}
            value={state.size}
            options={SIZES.map((size) => ({ value: size, label: t("table.perPage", { count: size }) }))}
            onChange={(size) => state.set({ size: size === SIZES[0] ? "" : size, page: "", after: "" })}
          />
        )}
        <Button icon={<ChevronLeftIcon />} disabled={first} onClick={back} aria-label={t("table.previous")} />
        {offset && (
          <span className="nowrap">
            {format.number(state.page)} / {format.number(pages)}
          </span>
        )}
        <Button icon={<ChevronRightIcon />} disabled={last} onClick={on} aria-label={t("table.next")} />
      </div>
    </nav>
  );
}
