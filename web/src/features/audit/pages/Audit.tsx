import "../audit.css";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../../api/hooks";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { BareSelect } from "../../../ui/Field";
import { TimeText } from "../../../ui/format";
import { DownloadIcon } from "../../../ui/icons";
import { JobProgress } from "../../../ui/JobProgress";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag, type Tone } from "../../../ui/Tag";
import { sayError } from "../../../ui/Toasts";
import { useTableState, useTyped } from "../../../ui/tableState";
import { type AuditEvent, type Filters, useEvents, useExportEvents } from "../api";
import { EventDetails } from "../components/EventDetails";

const TONES: Record<string, Tone> = { ok: "success", refused: "warning", failed: "danger" };
const SPANS = { hour: 3600, day: 86400, week: 7 * 86400, month: 30 * 86400 };

/** Who did what, when, from where, and what it changed. */
export function Audit() {
  const { t } = useTranslation("audit");
  const state = useTableState();
  const span = state.filter("span") as keyof typeof SPANS | "";
  // The begin is fixed when the span is chosen: a moving one would be another question at every render.
  const [chosenAt, setChosenAt] = useState(() => Math.floor(Date.now() / 1000));
  const filters: Filters = {
    Keyword: state.keyword || undefined,
    Outcome: (state.filter("outcome") || undefined) as Filters["Outcome"],
    Action: state.filter("action") || undefined,
    SDKAppID: Number(state.filter("app")) || undefined,
    From: span ? chosenAt - SPANS[span] : undefined,
  };
  const { data, error, refetch, isPlaceholderData } = useEvents(filters, Number(state.after) || 0, state.size);
  const [shown, setShown] = useState<AuditEvent>();
  const [job, setJob] = useState("");
  const exporting = useExportEvents();
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
            tools={<MoreFilters span={span} onSpan={() => setChosenAt(Math.floor(Date.now() / 1000))} />}
            filters={[
              {
                name: "outcome",
                label: t("outcome"),
                options: ["ok", "refused", "failed"].map((value) => ({ value, label: t(`outcomes.${value}`) })),
              },
            ]}
            rows={data?.Events}
            rowKey={(row) => String(row.EventId)}
            paging={{ kind: "cursor", next: data?.Next ? String(data.Next) : "" }}
            error={error}
            onRetry={() => refetch()}
            stale={isPlaceholderData}
            columns={[
              { key: "time", title: t("time"), render: (row) => <TimeText at={row.Time / 1000} /> },
              { key: "who", title: t("who"), render: (row) => row.Name || t("server") },
              { key: "action", title: t("action_"), render: (row) => <code className="break">{row.Action}</code> },
              {
                key: "app",
                title: "SDKAppID",
                render: (row) =>
                  row.SDKAppID ? <span className="mono">{row.SDKAppID}</span> : <span className="quiet">–</span>,
              },
              {
                key: "outcome",
                title: t("outcome"),
                render: (row) => <Tag tone={TONES[row.Outcome]}>{t(`outcomes.${row.Outcome}`)}</Tag>,
              },
              { key: "edge", title: t("edge"), render: (row) => t(`edges.${row.Edge}`) },
              { key: "ip", title: t("ip"), render: (row) => <span className="mono">{row.Ip || "–"}</span> },
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

function MoreFilters({ span, onSpan }: { span: string; onSpan: () => void }) {
  const { t } = useTranslation("audit");
  const state = useTableState();
  const apps = useRead("im/DescribeIMAppList", { Limit: 100 }).data?.Apps ?? [];
  const [action, setAction] = useTyped(state.filter("action"), (value) => state.set({ action: value }));
  return (
    <>
      <label className="table__search audit__action">
        <span className="visually-hidden">{t("filterAction")}</span>
        <input
          type="search"
          placeholder={t("filterAction")}
          value={action}
          onChange={(event) => setAction(event.target.value)}
        />
      </label>
      <BareSelect
        small
        label={t("app")}
        value={state.filter("app")}
        options={[
          { value: "", label: t("table.all", { label: t("app") }) },
          ...apps.map((one) => ({ value: String(one.SDKAppID), label: one.Name })),
        ]}
        onChange={(app) => state.set({ app })}
      />
      <BareSelect
        small
        label={t("time")}
        value={span}
        options={[
          { value: "", label: t("table.all", { label: t("time") }) },
          ...Object.keys(SPANS).map((value) => ({ value, label: t(`spans.${value}`) })),
        ]}
        onChange={(value) => {
          onSpan();
          state.set({ span: value });
        }}
      />
    </>
  );
}
