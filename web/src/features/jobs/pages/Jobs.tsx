import { useParams } from "@tanstack/react-router";
import i18next from "i18next";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button, HrefButton } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { Dialog } from "../../../ui/Dialog";
import { TimeText } from "../../../ui/format";
import { isOver, JobBar, JobProgress, JobResult, JobState } from "../../../ui/JobProgress";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Skeleton } from "../../../ui/Skeleton";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Job, type JobStateName, useCancel, useJobs } from "../api";

const ImportReport = lazy(async () => {
  const [module] = await Promise.all([
    import("../../accounts/components/ImportReport"),
    i18next.loadNamespaces("accounts"),
  ]);
  return { default: module.ImportReport };
});
const STATES = ["queued", "running", "done", "failed", "cancelled"] as const;

/** Long work on one app: under way and done. */
export function Jobs() {
  const { t } = useTranslation("jobs");
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const { data, error, refetch } = useJobs(
    app,
    state.filter("state") as JobStateName,
    (state.page - 1) * state.size,
    state.size,
  );
  const [shown, setShown] = useState<Job>();
  const [cancelling, setCancelling] = useState<Job>();
  return (
    <Page
      title={t("nav.jobs")}
      lead={t("lead")}
      wide
      actions={
        <ApiCallButton
          calls={[{ title: t("api"), call: { cloud: "im/DescribeJobs", body: { SDKAppID: app, Limit: 20 } } }]}
        />
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<Job>
            label={t("nav.jobs")}
            state={state}
            filters={[
              {
                name: "state",
                label: t("state"),
                options: STATES.map((value) => ({ value, label: t(`job.state.${value}`) })),
              },
            ]}
            rows={data?.Jobs}
            rowKey={(row) => row.JobId}
            paging={{ kind: "offset", total: data?.TotalCount }}
            error={error}
            onRetry={() => refetch()}
            columns={[
              { key: "kind", title: t("kind"), role: "state", render: (row) => t(`job.kind.${row.Kind}`) },
              { key: "state", title: t("state"), role: "state", render: (row) => <JobState job={row} /> },
              { key: "progress", title: t("progress"), render: (row) => <JobBar job={row} />, width: 200 },
              {
                key: "refused",
                title: t("result"),
                width: 230,
                render: (row) =>
                  row.Refused > 0 ? (
                    <span className="danger">{t("job.refused", { count: row.Refused })}</span>
                  ) : (
                    <JobResult job={row} />
                  ),
              },
              { key: "who", title: t("who"), render: (row) => row.Name || <span className="quiet">–</span> },
              { key: "time", title: t("begun"), role: "time", render: (row) => <TimeText at={row.CreateTime} /> },
            ]}
            actions={(row) => (
              <>
                {row.File && (
                  <HrefButton href={row.File} download kind="text" small>
                    {t("action.download")}
                  </HrefButton>
                )}
                <Button kind="text" small onClick={() => setShown(row)}>
                  {t("action.details")}
                </Button>
                {!isOver(row) && row.Kind !== "DeleteApp" && (
                  <Locked action="im:CancelJob" app={app}>
                    {(lock) => (
                      <Button kind="textDanger" small {...lock} onClick={() => setCancelling(row)}>
                        {t("action.cancel")}
                      </Button>
                    )}
                  </Locked>
                )}
              </>
            )}
            empty={<Empty title={t("empty.title")} about={t("empty.about")} />}
          />
        </div>
      </section>
      {shown && (
        <Dialog title={t(`job.kind.${shown.Kind}`)} width={640} onClose={() => setShown(undefined)}>
          <div className="stack">
            <JobProgress id={shown.JobId} />
            {shown.Refused > 0 && (
              <Suspense fallback={<Skeleton />}>
                <ImportReport job={shown.JobId} />
              </Suspense>
            )}
          </div>
        </Dialog>
      )}
      {cancelling && <Cancel job={cancelling} onClose={() => setCancelling(undefined)} />}
    </Page>
  );
}

function Cancel({ job, onClose }: { job: Job; onClose: () => void }) {
  const { t } = useTranslation("jobs");
  const cancel = useCancel();
  return (
    <Confirm
      title={t("cancel.title")}
      submit={t("cancel.submit")}
      busy={cancel.isPending}
      error={cancel.error}
      onClose={onClose}
      onConfirm={() =>
        cancel.mutate(
          { JobId: job.JobId },
          {
            onSuccess: () => {
              say(t("cancel.done"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("cancel.about")}</p>
    </Confirm>
  );
}
