import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import common from "../locale/en.json";
import refusals from "../locale/refusals/en.json";
import { ResourceTable } from "./ResourceTable";
import type { TableState } from "./tableState";

interface Row {
  id: string;
  size: number;
}

const ROWS: Row[] = [
  { id: "b", size: 2 },
  { id: "a", size: 10 },
];
const COLUMNS = [
  { key: "id", title: "ID", render: (row: Row) => row.id, sort: (row: Row) => row.id },
  { key: "size", title: "Size", render: (row: Row) => row.size, sort: (row: Row) => row.size },
];

function stateOf(changes: Partial<TableState> = {}): TableState {
  return { keyword: "", page: 1, size: 20, after: "", sort: "", filter: () => "", set: vi.fn(), ...changes };
}

function show(props: Partial<Parameters<typeof ResourceTable<Row>>[0]> = {}) {
  const state = props.state ?? stateOf();
  render(
    <ResourceTable<Row>
      label="Things"
      columns={COLUMNS}
      rows={ROWS}
      rowKey={(row) => row.id}
      empty={<p>Make the first</p>}
      {...props}
      state={state}
    />,
  );
  return state;
}

const ids = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.textContent);

beforeAll(async () => {
  const resources = { en: { common, refusals, results: {}, numbers: {} } };
  await i18next.use(initReactI18next).init({ lng: "en", resources, defaultNS: "common" });
});

describe("ResourceTable", () => {
  it("heads a card with the person, else with what the row is, never with its time", () => {
    const of = (roles: Record<string, "id" | "person" | "time" | "state" | undefined>) => {
      const columns = Object.entries(roles).map(([key, role]) => ({ key, title: key, role, render: () => key }));
      show({ columns, rows: ROWS.slice(0, 1) });
      const heads = [...document.querySelectorAll("td.is-head")].map((cell) => cell.textContent);
      cleanup();
      return heads;
    };
    expect(of({ number: undefined, who: "person", time: "time" })).toEqual(["who"]);
    expect(of({ time: "time", who: undefined, action: "id" })).toEqual(["action"]);
    expect(of({ kind: "state", progress: undefined })).toEqual(["kind"]);
    expect(of({ time: "time", what: undefined })).toEqual(["what"]);
  });

  it("sorts numbers as numbers, both ways, from the address", () => {
    show({ state: stateOf({ sort: "-size" }) });
    expect(ids()).toEqual(["a10", "b2"]);
  });

  it("asks for the next direction by the column's button", () => {
    const state = show({ state: stateOf({ sort: "id" }) });
    fireEvent.click(screen.getByRole("button", { name: /ID/ }));
    expect(state.set).toHaveBeenCalledWith({ sort: "-id" });
  });

  it("hands the selected rows to the bulk bar", () => {
    const bulk = vi.fn(() => <span>bulk</span>);
    show({ bulk });
    fireEvent.click(screen.getByLabelText("Select a"));
    expect(screen.getByText("1 selected")).toBeTruthy();
    expect(bulk.mock.lastCall?.[0 as never]).toEqual([ROWS[1]]);
    fireEvent.click(screen.getByLabelText("Select all on this page"));
    expect(screen.getByText("2 selected")).toBeTruthy();
  });

  it("teaches when there is nothing, and offers all when nothing was found", () => {
    show({ rows: [] });
    expect(screen.getByText("Make the first")).toBeTruthy();
    const state = show({ rows: [], state: stateOf({ keyword: "zz" }) });
    fireEvent.click(screen.getByText("Show all"));
    expect(state.set).toHaveBeenCalledWith({ q: "" });
  });

  it("shows why a list could not be read, with the request's id and Retry", () => {
    const onRetry = vi.fn();
    const error = new ApiError(500, "req-1", { Code: "InternalError", Message: "boom" });
    show({ rows: undefined, error, onRetry });
    expect(screen.getByText("The server ran into an error")).toBeTruthy();
    expect(screen.getByText("req-1")).toBeTruthy();
    fireEvent.click(screen.getByText("Retry"));
    expect(onRetry).toHaveBeenCalled();
  });

  it("says that a filter found nothing, also one of the page's own, and takes them all away", () => {
    const state = stateOf({ filter: (name) => (name === "span" ? "hour" : "") });
    show({ rows: [], state, also: ["span", "user"] });
    expect(screen.queryByText("Make the first")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: common.table.showAll }));
    expect(state.set).toHaveBeenCalledWith({ q: "", span: "", user: "" });
  });
});
