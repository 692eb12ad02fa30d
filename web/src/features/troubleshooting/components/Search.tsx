import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { Empty, RefreshButton } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { ALSO, askedOf, EVENTS, type Trouble, useTroubles } from "../api";
import { useAdvice } from "../useAdvice";
import { columns } from "./columns";
import { EventDetails } from "./EventDetails";
import { IdFilters, Period } from "./Filters";

/** The log of a period, newest first. */
export function Search({ app }: { app: number }) {
  const { t } = useTranslation("troubleshooting");
  const format = useFormat();
  const state = useTableState();
  const advise = useAdvice();
  const [now, setNow] = useState(() => Math.floor(Date.now() / 1000));
  const [shown, setShown] = useState<Trouble>();
  const { data, error, refetch, isPlaceholderData, isFetching } = useTroubles(askedOf(app, state, now));
  const again = () => setNow(Math.floor(Date.now() / 1000));
  return (
    <section className="card">
      <div className="card__body stack">
        {data && data.Omitted > 0 && !state.after && (
          <Note tone="warning">{t("omitted", { count: data.Omitted, number: format.number(data.Omitted) })}</Note>
        )}
        <ResourceTable<Trouble>
          label={t("nav.troubleshooting")}
          state={state}
          tools={
            <>
              <IdFilters state={state} />
              <Period state={state} onSpan={again} />
              <RefreshButton busy={isFetching} onClick={again} />
            </>
          }
          also={ALSO}
          filters={[
            {
              name: "event",
              label: t("event"),
              options: EVENTS.map((value) => ({ value, label: t(`events.${value}`) })),
            },
            { name: "result", label: t("result"), options: [{ value: "failed", label: t("results.failed") }] },
          ]}
          rows={data?.Events}
          rowKey={(row) => String(row.EventId)}
          paging={{ kind: "cursor", next: data?.Next ?? "" }}
          error={error}
          onRetry={() => refetch()}
          stale={isPlaceholderData}
          columns={columns(t, advise)}
          actions={(row) => (
            <Button kind="text" small onClick={() => setShown(row)}>
              {t("action.details")}
            </Button>
          )}
          empty={<Empty title={t("empty.title")} about={t("empty.about")} />}
        />
      </div>
      {shown && <EventDetails event={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
}
