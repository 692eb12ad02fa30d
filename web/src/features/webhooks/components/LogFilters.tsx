import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type TableState, useTyped } from "../../../ui/tableState";

/** Filters beside event and outcome. They stand in the address, as the list's own do. */
export const ALSO = ["id", "url", "from", "to"] as const;

export function LogFilters({ state }: { state: TableState }) {
  const { t } = useTranslation("webhooks");
  return (
    <>
      <Typed state={state} name="id" label={t("log.event")} />
      <Typed state={state} name="url" label={t("log.url")} />
      <When label={t("log.from")} at={Number(state.filter("from"))} onChange={(at) => state.set({ from: at || "" })} />
      <When label={t("log.to")} at={Number(state.filter("to"))} onChange={(at) => state.set({ to: at || "" })} />
    </>
  );
}

function Typed({ state, name, label }: { state: TableState; name: string; label: string }) {
  const [typed, setTyped] = useTyped(state.filter(name), (value) => state.set({ [name]: value.trim() }));
  return (
    <label className="table__search">
      <span className="visually-hidden">{label}</span>
      <input type="search" placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </label>
  );
}

/** Seconds as the browser's field for local times writes them. */
const local = (at: number) =>
  new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** A minute in local time; `at` is in unix seconds, 0 for none. A half-typed time changes nothing yet. */
function When({ label, at, onChange }: { label: string; at: number; onChange: (at: number) => void }) {
  const shown = at ? local(at) : "";
  const [typed, setTyped] = useState(shown);
  const [told, setTold] = useState(shown);
  if (shown !== told) {
    setTold(shown);
    setTyped(shown);
  }
  return (
    <label className="row row--tight">
      <span className="quiet">{label}</span>
      <span className="table__search">
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
