import { useState } from "react";
import { localMinute } from "./format";
import { type TableState, useTyped } from "./tableState";

/** A filter that one types, kept in the address under `name`. Spaces around it are nobody's wish. */
export function TextFilter({ state, name, label }: { state: TableState; name: string; label: string }) {
  const [typed, setTyped] = useTyped(state.filter(name), (value) => state.set({ [name]: value.trim() }));
  return (
    <label className="table__search filter__text">
      <span className="visually-hidden">{label}</span>
      <input type="search" placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </label>
  );
}

/** Filters `from` and `to`, in unix seconds: whole minutes, of which the last one counts to its end. */
export function PeriodFilter({ state, from: fromLabel, to: toLabel, backwards }: PeriodProps) {
  const [from, to] = [Number(state.filter("from")), Number(state.filter("to"))];
  return (
    <div className="row filter__period">
      <MinuteFilter label={fromLabel} at={from} onChange={(at) => state.set({ from: at || "" })} />
      <MinuteFilter label={toLabel} at={to} onChange={(at) => state.set({ to: at ? at + 59 : "" })} />
      {from > 0 && to > 0 && from > to && (
        <p className="field__error" role="alert">
          {backwards}
        </p>
      )}
    </div>
  );
}

interface PeriodProps {
  state: TableState;
  from: string;
  to: string;
  /** What is said where the end lies before the begin. */
  backwards: string;
}

/** A minute in local time; `at` is in unix seconds, 0 for none. A half-typed time changes nothing yet. */
function MinuteFilter({ label, at, onChange }: { label: string; at: number; onChange: (at: number) => void }) {
  const shown = at ? localMinute(at * 1000) : "";
  const [typed, setTyped] = useState(shown);
  const [known, setKnown] = useState(shown);
  if (shown !== known) {
    setKnown(shown);
    setTyped(shown);
  }
  return (
    <label className="row row--tight">
      <span className="quiet">{label}</span>
      <span className="table__search filter__minute">
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
