import { useState } from "react";
import { useTranslation } from "react-i18next";
import { BareSelect } from "../../../ui/Field";
import { type TableState, useTyped } from "../../../ui/tableState";
import { type Filters, SPANS } from "../api";
import { AppFilter } from "./AppFilter";

/** Filters beside search and outcome. They stand in the address, as the list's own do. */
export const ALSO = ["user", "action", "app", "span", "from", "to"] as const;

/** What the address asks for. `now`, in seconds, is fixed: a moving begin would be another question at every render. */
export function filtersOf(state: TableState, now: number): Filters {
  const span = state.filter("span");
  const user = state.filter("user").trim();
  const uin = /^\d{6,15}$/.test(user);
  const free = span === "free";
  const preset = SPANS[span as keyof typeof SPANS];
  return {
    Keyword: state.keyword || undefined,
    Outcome: (state.filter("outcome") || undefined) as Filters["Outcome"],
    Uin: uin ? Number(user) : undefined,
    User: uin ? undefined : user || undefined,
    Action: state.filter("action") || undefined,
    SDKAppID: Number(state.filter("app")) || undefined,
    From: free ? Number(state.filter("from")) || undefined : preset && now - preset,
    To: (free && Number(state.filter("to"))) || undefined,
  };
}

export function EventFilters({ state, onSpan }: { state: TableState; onSpan: () => void }) {
  const { t } = useTranslation("audit");
  const span = state.filter("span");
  const [from, to] = [Number(state.filter("from")), Number(state.filter("to"))];
  return (
    <>
      <Typed state={state} name="user" label={t("filterUser")} />
      <Typed state={state} name="action" label={t("filterAction")} />
      <AppFilter app={Number(state.filter("app")) || 0} onChange={(app) => state.set({ app: app || "" })} />
      <BareSelect
        small
        label={t("time")}
        value={span}
        options={[
          { value: "", label: t("table.all", { label: t("time") }) },
          ...[...Object.keys(SPANS), "free"].map((value) => ({ value, label: t(`spans.${value}`) })),
        ]}
        onChange={(value) => {
          onSpan();
          const day = Math.floor(Date.now() / 1000) - SPANS.day;
          state.set({ span: value, from: value === "free" ? day - (day % 60) : "", to: "" });
        }}
      />
      {span === "free" && (
        <div className="row audit__period">
          <When label={t("from")} at={from} onChange={(at) => state.set({ from: at || "" })} />
          <When label={t("to")} at={to} onChange={(at) => state.set({ to: at ? at + 59 : "" })} />
          {from > 0 && to > 0 && from > to && (
            <p className="field__error" role="alert">
              {t("backwards")}
            </p>
          )}
        </div>
      )}
    </>
  );
}

function Typed({ state, name, label }: { state: TableState; name: string; label: string }) {
  const [typed, setTyped] = useTyped(state.filter(name), (value) => state.set({ [name]: value }));
  return (
    <label className="table__search audit__typed">
      <span className="visually-hidden">{label}</span>
      <input type="search" placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </label>
  );
}

/** Seconds as the browser's field for local times writes them. */
const local = (at: number) => new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000).toISOString();

/** A minute in local time; `at` is in unix seconds, 0 for none. A half-typed time changes nothing yet. */
function When({ label, at, onChange }: { label: string; at: number; onChange: (at: number) => void }) {
  const shown = at ? local(at).slice(0, 16) : "";
  const [typed, setTyped] = useState(shown);
  const [told, setTold] = useState(shown);
  if (shown !== told) {
    setTold(shown);
    setTyped(shown);
  }
  return (
    <label className="row row--tight">
      <span className="quiet">{label}</span>
      <span className="table__search audit__when">
        <input
          type="datetime-local"
          value={typed}
          onChange={(event) => {
            const { value } = event.target;
            setTyped(value);
            const seconds = Math.floor(new Date(value).getTime() / 1000);
            if (!value || seconds > 0) onChange(value ? seconds : 0);
          }}
        />
      </span>
    </label>
  );
}
