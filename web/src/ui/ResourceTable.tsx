import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { ErrorNote } from "./ErrorNote";
import { BareSelect, Checkbox } from "./Field";
import { ArrowDownIcon, ArrowUpIcon, SearchIcon } from "./icons";
import { Empty } from "./Page";
import { Pager, type Paging } from "./Pager";
import { type TableState, useTyped } from "./tableState";
import "./table.css";

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** What to sort by; only for lists that arrive whole. */
  sort?: (row: Row) => string | number;
  /** The server sorts by it: the list's request takes the order from the state. */
  sorted?: boolean;
  width?: number;
  number?: boolean;
  /**
   * How it is drawn. `id` and `person` stay on one line and end in an ellipsis, and one of them heads the card on a phone;
   * `detail` is left out there.
   */
  role?: "id" | "person" | "time" | "state" | "detail";
}

export interface Filter {
  name: string;
  label: string;
  options: { value: string; label: string }[];
}

interface Props<Row> {
  /** What the rows are, for screen readers. */
  label: string;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  rowKey: (row: Row) => string;
  state: TableState;
  paging?: Paging;
  error?: unknown;
  onRetry?: () => void;
  /** True while a page is being fetched and the rows are those of the page before. */
  stale?: boolean;
  search?: string;
  filters?: Filter[];
  tools?: ReactNode;
  /** Names of the filters that `tools` set. */
  also?: readonly string[];
  /** Buttons for the selected rows; without it nothing can be selected. */
  bulk?: (rows: Row[], clear: () => void) => ReactNode;
  actions?: (row: Row) => ReactNode;
  /** Shown when there is nothing at all; teaches the first step. */
  empty: ReactNode;
}

export function ResourceTable<Row>(props: Props<Row>) {
  const { t } = useTranslation();
  const { columns, state, rowKey } = props;
  const [chosen, setChosen] = useState<Map<string, Row>>(new Map());
  const filters = [...(props.filters ?? []).map(({ name }) => name), ...(props.also ?? [])];
  const asked = filters.map((name) => state.filter(name)).join("\n");
  // Another search or filter is another selection.
  useEffect(() => setChosen(new Map()), [state.keyword, asked]);
  const rows = useSorted(props.rows, columns, state.sort);
  const narrowed = Boolean(state.keyword) || filters.some((name) => state.filter(name));
  const all = rows?.length ? rows.every((row) => chosen.has(rowKey(row))) : false;
  const choose = (list: Row[], on: boolean) => {
    const next = new Map(chosen);
    for (const row of list) on ? next.set(rowKey(row), row) : next.delete(rowKey(row));
    setChosen(next);
  };
  const head = headOf(columns);
  const span = columns.length + (props.bulk ? 1 : 0) + (props.actions ? 1 : 0);
  return (
    <div className={`table ${head && columns.length > 1 ? "table--cards" : ""}`}>
      <ListBar {...props} />
      {props.bulk && chosen.size > 0 && (
        <div className="table__bulk">
          <span>{t("table.selected", { count: chosen.size })}</span>
          {props.bulk([...chosen.values()], () => setChosen(new Map()))}
          <Button kind="text" onClick={() => setChosen(new Map())}>
            {t("table.clear")}
          </Button>
        </div>
      )}
      {props.error ? (
        <ErrorNote error={props.error} onRetry={props.onRetry} />
      ) : (
        <div className="table__scroll" aria-busy={props.stale || !rows}>
          <table aria-label={props.label} className={props.stale ? "is-stale" : undefined}>
            <thead>
              <tr>
                {props.bulk && (
                  <th className="table__check">
                    <Checkbox
                      hideLabel
                      label={t("table.selectAll")}
                      checked={all}
                      some={chosen.size > 0}
                      onChange={(on) => choose(rows ?? [], on)}
                    />
                  </th>
                )}
                {columns.map((column) => (
                  <Head key={column.key} column={column} state={state} />
                ))}
                {props.actions && (
                  <th className="table__actions">
                    <span className="visually-hidden">{t("table.actions")}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows?.map((row) => (
                <tr key={rowKey(row)} data-chosen={chosen.has(rowKey(row))}>
                  {props.bulk && (
                    <td className="table__check">
                      <Checkbox
                        hideLabel
                        label={t("table.select", { name: rowKey(row) })}
                        checked={chosen.has(rowKey(row))}
                        onChange={(on) => choose([row], on)}
                      />
                    </td>
                  )}
                  {columns.map((column) => (
                    <td key={column.key} data-title={column.title} className={classOf(column, column === head)}>
                      <div className="table__cell">{column.render(row)}</div>
                    </td>
                  ))}
                  {props.actions && (
                    <td className="table__actions">
                      <div className="row row--tight row--end">{props.actions(row)}</div>
                    </td>
                  )}
                </tr>
              ))}
              {!rows && <Waiting span={span} />}
            </tbody>
          </table>
          {rows?.length === 0 &&
            (narrowed ? (
              <Empty title={t("table.nothingFound")} about={t("table.nothingFoundAbout")}>
                <Button onClick={() => state.set({ q: "", ...Object.fromEntries(filters.map((name) => [name, ""])) })}>
                  {t("table.showAll")}
                </Button>
              </Empty>
            ) : (
              props.empty
            ))}
        </div>
      )}
      {props.paging && !props.error && <Pager paging={props.paging} state={state} shown={rows?.length ?? 0} />}
    </div>
  );
}

function classOf<Row>({ number, role }: Column<Row>, head: boolean): string | undefined {
  const own = number ? "is-number" : role && `is-${role}`;
  return head ? `${own ?? ""} is-head`.trim() : own;
}

/** What heads a row's card on a phone: the person, else the ID, else the first column that says what the row is. */
function headOf<Row>(columns: Column<Row>[]): Column<Row> | undefined {
  const says = ({ role, number }: Column<Row>) => !number && role !== "time" && role !== "detail";
  return (
    columns.find(({ role }) => role === "person") ??
    columns.slice(0, 1).find(says) ??
    columns.find(({ role }) => role === "id") ??
    columns.find(says)
  );
}

function useSorted<Row>(rows: Row[] | undefined, columns: Column<Row>[], sort: string): Row[] | undefined {
  return useMemo(() => {
    const by = columns.find((column) => column.key === sort.replace(/^-/, ""))?.sort;
    if (!rows || !by) return rows;
    const sign = sort.startsWith("-") ? -1 : 1;
    const order = (a: string | number, b: string | number) =>
      typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    return [...rows].sort((a, b) => sign * order(by(a), by(b)));
  }, [rows, columns, sort]);
}

function Head<Row>({ column, state }: { column: Column<Row>; state: TableState }) {
  const style = column.width ? { width: column.width } : undefined;
  if (!column.sort && !column.sorted) {
    return (
      <th scope="col" style={style} className={column.number ? "is-number" : undefined}>
        {column.title}
      </th>
    );
  }
  const up = state.sort === column.key;
  const down = state.sort === `-${column.key}`;
  return (
    <th
      scope="col"
      style={style}
      className={column.number ? "is-number" : undefined}
      aria-sort={up ? "ascending" : down ? "descending" : "none"}
    >
      <button
        type="button"
        className="table__sort"
        onClick={() =>
          state.set({
            sort: up ? `-${column.key}` : down ? "" : column.key,
            ...(column.sorted ? { page: "", after: "" } : {}),
          })
        }
      >
        {column.title}
        {up && <ArrowUpIcon />}
        {down && <ArrowDownIcon />}
      </button>
    </th>
  );
}

interface BarProps {
  state: TableState;
  search?: string;
  filters?: Filter[];
  tools?: ReactNode;
}

/** Search and filters above a list, kept in the address. */
export function ListBar({ search, filters = [], tools, state }: BarProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useTyped(state.keyword, (q) => state.set({ q }));
  if (!search && !filters.length && !tools) return null;
  return (
    <div className="table__bar">
      {search && (
        <label className="table__search">
          <SearchIcon />
          <span className="visually-hidden">{search}</span>
          <input type="search" value={typed} placeholder={search} onChange={(event) => setTyped(event.target.value)} />
        </label>
      )}
      {filters.map(({ name, label, options }) => (
        <BareSelect
          key={name}
          small
          label={label}
          value={state.filter(name)}
          options={[{ value: "", label: t("table.all", { label }) }, ...options]}
          onChange={(value) => state.set({ [name]: value })}
        />
      ))}
      {tools && <div className="table__tools row">{tools}</div>}
    </div>
  );
}

function Waiting({ span }: { span: number }) {
  return [88, 64, 76, 58, 70].map((width) => (
    <tr key={width} className="table__waiting">
      <td colSpan={span}>
        <span className="skeleton__bar" style={{ display: "block", width: `${width}%` }} />
      </td>
    </tr>
  ));
}
