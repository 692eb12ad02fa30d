import { useState } from "react";
import { useTranslation } from "react-i18next";
import { BareSelect } from "../../../ui/Field";
import { type TableState, useTyped } from "../../../ui/tableState";
import { SPANS } from "../api";

/** UserID, receiver and code: what both the search and the live page are narrowed by. */
export function IdFilters({ state }: { state: TableState }) {
  const { t } = useTranslation("troubleshooting");
  return (
    <>
      <Typed state={state} name="user" label={t("filterUser")} />
      <Typed state={state} name="receiver" label={t("filterReceiver")} />
      <Typed state={state} name="code" label={t("filterCode")} />
    </>
  );
}

export function Period({ state, onSpan }: { state: TableState; onSpan: () => void }) {
  const { t } = useTranslation("troubleshooting");
  const span = state.filter("span") || "days";
  const [from, to] = [Number(state.filter("from")), Number(state.filter("to"))];
  return (
    <>
      <BareSelect
        small
        label={t("time")}
        value={span}
        options={[...Object.keys(SPANS), "free"].map((value) => ({ value, label: t(`spans.${value}`) }))}
        onChange={(value) => {
          onSpan();
          const day = Math.floor(Date.now() / 1000) - SPANS.day;
          state.set({ span: value === "days" ? "" : value, from: value === "free" ? day - (day % 60) : "", to: "" });
        }}
      />
      {span === "free" && (
        <div className="row troubles__period">
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
    <label className="table__search troubles__typed">
      <span className="visually-hidden">{label}</span>
      <input type="search" placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </label>
  );
}

/** Seconds as the browser's field for local times writes them. */
const local = (at: number) => new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000).toISOString();

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
      <span className="table__search troubles__when">
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
