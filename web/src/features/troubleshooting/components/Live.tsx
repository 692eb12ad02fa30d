import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Note } from "../../../ui/Note";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { ALSO, EVENTS, type Trouble } from "../api";
import { MOST, useLive } from "../live";
import { useAdvice } from "../useAdvice";
import { columns } from "./columns";
import { EventDetails } from "./EventDetails";
import { IdFilters } from "./Filters";

/** Events of all nodes as they happen, newest first. */
export function Live({ app }: { app: number }) {
  const { t } = useTranslation("troubleshooting");
  const state = useTableState();
  const advise = useAdvice();
  const [paused, setPaused] = useState(false);
  const [shown, setShown] = useState<Trouble>();
  const wanted = {
    Event: state.filter("event"),
    UserID: state.filter("user"),
    Receiver: state.filter("receiver"),
    ErrorCode: state.filter("code"),
    FailedOnly: state.filter("result") === "failed" ? "true" : "",
  };
  const filters = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
  const { events, waiting, status, clear } = useLive(app, filters, paused);
  return (
    <SettingCard
      title={t("live.title")}
      lead={t("live.about", { most: MOST })}
      actions={
        <>
          <Button onClick={() => setPaused(!paused)}>{t(paused ? "action.resume" : "action.pause")}</Button>
          <Button onClick={clear}>{t("action.clear")}</Button>
        </>
      }
    >
      <div className="stack">
        <p role="status" className="quiet">
          {paused
            ? t("live.paused", { count: waiting })
            : status === "connecting"
              ? t("live.connecting")
              : status === "open"
                ? t("live.waiting")
                : ""}
        </p>
        {status === "ended" && <Note tone="warning">{t("live.ended")}</Note>}
        {typeof status === "object" && (
          <Note tone="error">
            <p className="note__title">{t("live.refused")}</p>
            <p>{status.Message}</p>
          </Note>
        )}
        <ResourceTable<Trouble>
          label={t("live.title")}
          state={state}
          tools={<IdFilters state={state} />}
          also={ALSO}
          filters={[
            {
              name: "event",
              label: t("event"),
              options: EVENTS.map((value) => ({ value, label: t(`events.${value}`) })),
            },
            { name: "result", label: t("result"), options: [{ value: "failed", label: t("results.failed") }] },
          ]}
          rows={events}
          rowKey={(row) => String(row.EventId)}
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
    </SettingCard>
  );
}
