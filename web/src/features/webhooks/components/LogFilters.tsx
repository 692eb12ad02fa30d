import { useTranslation } from "react-i18next";
import { PeriodFilter, TextFilter } from "../../../ui/filters";
import type { TableState } from "../../../ui/tableState";

/** Filters beside event and outcome. They stand in the address, as the list's own do. */
export const ALSO = ["id", "url", "from", "to"] as const;

export function LogFilters({ state }: { state: TableState }) {
  const { t } = useTranslation("webhooks");
  return (
    <>
      <TextFilter state={state} name="id" label={t("log.event")} />
      <TextFilter state={state} name="url" label={t("log.url")} />
      <PeriodFilter state={state} from={t("log.from")} to={t("log.to")} backwards={t("log.backwards")} />
    </>
  );
}
