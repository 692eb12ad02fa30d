import { useTranslation } from "react-i18next";
import { BareSelect } from "../../../ui/Field";
import { PeriodFilter, TextFilter } from "../../../ui/filters";
import type { TableState } from "../../../ui/tableState";

/** Filters beside event and outcome. They stand in the address, as the list's own do. */
export const ALSO = ["id", "url", "span", "from", "to"] as const;
const SPANS = { hour: 3_600, day: 86_400 } as const;

/** The period that the address asks for, in unix milliseconds; `now`, in seconds, is fixed. A link may give it whole. */
export function periodOf(state: TableState, now: number): { Since: number; Until: number } {
  const preset = SPANS[state.filter("span") as keyof typeof SPANS];
  const [from, to] = [Number(state.filter("from")) || 0, Number(state.filter("to")) || 0];
  return { Since: (preset ? now - preset : from) * 1000, Until: !preset && to ? to * 1000 + 999 : 0 };
}

export function LogFilters({ state, onSpan }: { state: TableState; onSpan: () => void }) {
  const { t } = useTranslation("webhooks");
  const free = state.filter("from") || state.filter("to") ? "free" : "";
  const span = state.filter("span") || free;
  return (
    <>
      <BareSelect
        small
        label={t("log.time")}
        value={span}
        options={[
          { value: "", label: t("table.all", { label: t("log.time") }) },
          ...["hour", "day", "free"].map((value) => ({ value, label: t(`spans.${value}`) })),
        ]}
        onChange={(value) => {
          onSpan();
          const hour = Math.floor(Date.now() / 1000) - SPANS.hour;
          state.set({ span: value, from: value === "free" ? hour - (hour % 60) : "", to: "" });
        }}
      />
      <TextFilter state={state} name="id" label={t("log.event")} />
      <TextFilter state={state} name="url" label={t("log.url")} />
      {span === "free" && (
        <PeriodFilter state={state} from={t("log.from")} to={t("log.to")} backwards={t("log.backwards")} />
      )}
    </>
  );
}
