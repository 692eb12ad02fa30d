import { useTranslation } from "react-i18next";
import type { Data } from "../api/client";
import { useRead } from "../api/hooks";
import { Bar } from "./Bar";
import { HrefButton } from "./Button";
import { ErrorNote, ServerWords } from "./ErrorNote";
import { useFormat } from "./format";
import { DownloadIcon } from "./icons";
import { Tag, type Tone } from "./Tag";
import { useWords } from "./words";
import "./job.css";

export type Job = Data<"im/DescribeJob">;
export const isOver = (job: Job) => ["done", "failed", "cancelled"].includes(job.State);
/** It has failed, or, while it runs, its last attempt has: a message is there only then. */
const inTrouble = (job: Job) => job.State === "failed" || !isOver(job);
const tones: Record<Job["State"], Tone> = {
  queued: "default",
  running: "primary",
  done: "success",
  failed: "danger",
  cancelled: "warning",
};

export function JobState({ job }: { job: Job }) {
  const { t } = useTranslation();
  return <Tag tone={tones[job.State]}>{t(`job.state.${job.State}`)}</Tag>;
}

/** How far a job is. The bar is empty and moving while the whole is not known. */
export function JobBar({ job }: { job: Job }) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = job.Total > 0;
  const part = known ? Math.min(1, job.Done / job.Total) : job.State === "done" ? 1 : 0;
  const words = known
    ? t("job.progress", { done: format.number(job.Done), total: format.number(job.Total) })
    : format.number(job.Done);
  return (
    <Bar
      label={t(`job.kind.${job.Kind}`)}
      words={words}
      part={part}
      state={job.State}
      unknown={!known && !isOver(job)}
    />
  );
}

/** What came of a job: how much was done, or why it failed. */
export function JobResult({ job }: { job: Job }) {
  const words = useWords();
  if (!job.Message) return <span className="quiet">–</span>;
  const { title, cure, said } = words({ Detail: job.Detail, Params: job.Params, Message: job.Message });
  return (
    <div className={inTrouble(job) ? "danger" : undefined}>
      <p>
        {title} {cure}
      </p>
      {said && <ServerWords text={said} />}
    </div>
  );
}

/** A job that follows itself until it is over, with what it left: a file, refused rows, a reason. */
export function JobProgress({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data: seen, error, refetch } = useRead("im/DescribeJob", { JobId: id });
  const { data: job = seen } = useRead("im/DescribeJob", { JobId: id }, { every: seen && isOver(seen) ? false : 700 });
  if (!job) return error ? <ErrorNote error={error} onRetry={() => refetch()} /> : null;
  return (
    <div className="stack stack--tight">
      <div className="row row--between">
        <strong>{t(`job.kind.${job.Kind}`)}</strong>
        <JobState job={job} />
      </div>
      <JobBar job={job} />
      {job.Message && inTrouble(job) && <JobResult job={job} />}
      {job.Refused > 0 && <p>{t("job.refused", { count: job.Refused })}</p>}
      {job.File && (
        <div>
          <HrefButton href={job.File} download icon={<DownloadIcon />}>
            {t("action.download")}
          </HrefButton>
        </div>
      )}
      {!isOver(job) && <p className="quiet">{t("job.stays")}</p>}
    </div>
  );
}
