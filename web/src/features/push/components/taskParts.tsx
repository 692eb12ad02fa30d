import { useTranslation } from "react-i18next";
import { Bar } from "../../../ui/Bar";
import { useFormat } from "../../../ui/format";
import type { Tone } from "../../../ui/Tag";
import { type Condition, isUnderWay, type Task } from "../api";

export const TONES: Record<Task["State"], Tone> = {
  planned: "primary",
  waiting: "default",
  running: "primary",
  done: "success",
  revoked: "warning",
};

/** Whom a push is for, on one line. */
export function Whom({ condition }: { condition: Condition }) {
  const { t } = useTranslation("push");
  const { TagsOr, TagsAnd, TagsNot, AttrsOr, AttrsAnd } = condition;
  const tags = (
    [
      ["or", TagsOr],
      ["and", TagsAnd],
      ["not", TagsNot],
    ] as const
  ).flatMap(([name, some]) => (some?.length ? [`${t(`whom.${name}`)}: ${some.join(", ")}`] : []));
  const attrs = [AttrsOr, AttrsAnd].flatMap((some) =>
    Object.entries(some ?? {}).map(([name, value]) => `${name} = ${value}`),
  );
  const lines = [...tags, ...attrs].join(" · ") || t("whom.all");
  return (
    <span className="push__said quiet" title={lines}>
      {lines}
    </span>
  );
}

/** How far it is; a bar while it moves. */
export function Progress({ task }: { task: Task }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  if (task.State === "planned") return <span className="quiet">–</span>;
  const words = t("job.progress", { done: format.number(task.Done), total: format.number(task.Total) });
  if (!isUnderWay(task)) return <span className="nowrap">{words}</span>;
  const part = task.Total ? Math.min(1, task.Done / task.Total) : 0;
  return <Bar label={t("report.accounts")} words={words} part={part} state={task.State} />;
}
