import { useTranslation } from "react-i18next";
import { BareSelect } from "../../../ui/Field";
import { PeriodFilter, TextFilter } from "../../../ui/filters";
import type { TableState } from "../../../ui/tableState";
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
  return (
    <>
      <TextFilter state={state} name="user" label={t("filterUser")} />
      <TextFilter state={state} name="action" label={t("filterAction")} />
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
      {span === "free" && <PeriodFilter state={state} from={t("from")} to={t("to")} backwards={t("backwards")} />}
    </>
  );
}
