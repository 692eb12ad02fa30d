import "../audit.css";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TimeText } from "../../../ui/format";
import { DownloadIcon } from "../../../ui/icons";
import { JobProgress } from "../../../ui/JobProgress";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag, type Tone } from "../../../ui/Tag";
import { sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type AuditEvent, useEvents, useExportEvents } from "../api";
import { Actor } from "../components/Actor";
import { EventDetails } from "../components/EventDetails";
import { ALSO, EventFilters, filtersOf } from "../components/EventFilters";
import { targetOf, useKnown } from "../components/target";

const TONES: Record<string, Tone> = {
  ok: "success",
  partly: "warning",
  challenged: "primary",
  refused: "warning",
  failed: "danger",
};

/** Who did what, when, from where, and what it changed. */
export function Audit() {
  const { t } = useTranslation("audit");
  const state = useTableState();
  const [now, setNow] = useState(() => Math.floor(Date.now() / 1000));
  const filters = filtersOf(state, now);
  const { data, error, refetch, isPlaceholderData } = useEvents(filters, Number(state.after) || 0, state.size);
  const [shown, setShown] = useState<AuditEvent>();
  const [job, setJob] = useState("");
  const exporting = useExportEvents();
  const known = useKnown();
  return (
    <Page
      title={t("nav.audit")}
      lead={t("lead")}
      wide
      actions={
        <>
          <ApiCallButton
            calls={[{ title: t("api"), call: { cloud: "cloudaudit/DescribeEvents", body: { ...filters, Limit: 20 } } }]}
          />
          <Locked action="cloudaudit:ExportEvents">
            {(lock) => (
              <Button
                icon={<DownloadIcon />}
                busy={exporting.isPending}
                {...lock}
                onClick={() =>
                  exporting.mutate(
                    { ...filters, Format: "csv" },
                    { onSuccess: ({ JobId }) => setJob(JobId), onError: sayError },
                  )
                }
              >
                {t("action.export")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<AuditEvent>
            label={t("nav.audit")}
            state={state}
            search={t("search")}
            tools={<EventFilters state={state} onSpan={() => setNow(Math.floor(Date.now() / 1000))} />}
            also={ALSO}
            filters={[
              {
                name: "outcome",
                label: t("outcome"),
                options: Object.keys(TONES).map((value) => ({ value, label: t(`outcomes.${value}`) })),
              },
            ]}
            rows={data?.Events}
            rowKey={(row) => String(row.EventId)}
            paging={{ kind: "cursor", next: data?.Next ? String(data.Next) : "" }}
            error={error}
            onRetry={() => refetch()}
            stale={isPlaceholderData}
            columns={[
              { key: "time", title: t("time"), role: "time", render: (row) => <TimeText at={row.Time / 1000} /> },
              {
                key: "who",
                title: t("who"),
                render: (row) => (
                  <span className="audit__who">
                    <Actor event={row} />
                    {row.Ip && (
                      <span className="mono quiet" title={t("ip")}>
                        {row.Ip}
                      </span>
                    )}
                  </span>
                ),
              },
              {
                key: "action",
                title: t("action_"),
                role: "id",
                render: (row) => <code className="break">{row.Action}</code>,
              },
              {
                key: "target",
                title: t("target"),
                role: "id",
                render: (row) => {
                  const target = targetOf(row, known);
                  return (
                    <code className="break audit__target" title={target || undefined}>
                      {target || "–"}
                    </code>
                  );
                },
              },
              {
                key: "app",
                title: "SDKAppID",
                render: (row) =>
                  row.SDKAppID ? <span className="mono">{row.SDKAppID}</span> : <span className="quiet">–</span>,
              },
              {
                key: "outcome",
                title: t("outcome"),
                role: "state",
                render: (row) => <Tag tone={TONES[row.Outcome]}>{t(`outcomes.${row.Outcome}`)}</Tag>,
              },
            ]}
            actions={(row) => (
              <Button kind="text" small onClick={() => setShown(row)}>
                {t("action.details")}
              </Button>
            )}
            empty={<Empty title={t("empty.title")} about={t("empty.about")} />}
          />
        </div>
      </section>
      {shown && <EventDetails event={shown} onClose={() => setShown(undefined)} />}
      {job && (
        <Dialog title={t("action.export")} onClose={() => setJob("")}>
          <JobProgress id={job} />
        </Dialog>
      )}
    </Page>
  );
}
