import { useTranslation } from "react-i18next";
import { BareSelect } from "../../../ui/Field";
import { PeriodFilter, TextFilter } from "../../../ui/filters";
import type { TableState } from "../../../ui/tableState";
import { SPANS } from "../api";

/** UserID, receiver and code: what both the search and the live page are narrowed by. */
export function IdFilters({ state }: { state: TableState }) {
  const { t } = useTranslation("troubleshooting");
  return (
    <>
      <TextFilter state={state} name="user" label={t("filterUser")} />
      <TextFilter state={state} name="receiver" label={t("filterReceiver")} />
      <TextFilter state={state} name="code" label={t("filterCode")} />
    </>
  );
}

export function Period({ state, onSpan }: { state: TableState; onSpan: () => void }) {
  const { t } = useTranslation("troubleshooting");
  const span = state.filter("span") || "days";
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
      {span === "free" && <PeriodFilter state={state} from={t("from")} to={t("to")} backwards={t("backwards")} />}
    </>
  );
}
