import { useTranslation } from "react-i18next";
import { CopyText } from "../../../ui/CopyText";
import { Dialog } from "../../../ui/Dialog";
import { TimeText, useFormat } from "../../../ui/format";
import { Tag } from "../../../ui/Tag";
import type { Task } from "../api";
import { Progress, TONES, Whom } from "./taskParts";

/** One push to many, whole: its words, whom it was for, how far it came. */
export function TaskFacts({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const texts = [
    ["compose.title", task.Title],
    ["compose.desc", task.Desc],
    ["compose.text", task.Text],
    ["compose.from", task.From],
  ] as const;
  const times = [
    ["report.made", task.State === "planned" ? 0 : task.CreateTime],
    [task.State === "planned" ? "report.begins" : "report.began", task.StartTime],
    ["report.ended", task.EndTime],
    ["report.taken", task.RevokeTime],
  ] as const;
  return (
    <Dialog title={task.Title || task.Desc || task.Text} at="right" onClose={onClose}>
      <div className="stack">
        <div className="row">
          <Tag tone={TONES[task.State]}>{t(`state.${task.State}`)}</Tag>
          <Progress task={task} />
        </div>
        {task.State !== "planned" && (
          <p className="quiet">
            {t("report.devicesAbout", { count: task.Devices, number: format.number(task.Devices) })}
          </p>
        )}
        {task.Results.length > 0 && <Results results={task.Results} />}
        <dl className="facts">
          {texts
            .filter(([, text]) => text)
            .map(([name, text]) => (
              <div key={name} className="facts__wide">
                <dt>{t(name)}</dt>
                <dd className="push__words">{text}</dd>
              </div>
            ))}
          <div className="facts__wide">
            <dt>{t("whom.label")}</dt>
            <dd>
              <Whom condition={task.Condition} />
            </dd>
          </div>
          {times
            .filter(([, at]) => at)
            .map(([name, at]) => (
              <div key={name}>
                <dt>{t(name)}</dt>
                <dd>
                  <TimeText at={at} exact />
                </dd>
              </div>
            ))}
          {[task.TaskId, task.Revokes].filter(Boolean).map((id, index) => (
            <div key={id} className="facts__wide">
              <dt>{t(index ? "report.revoking" : "report.id")}</dt>
              <dd>
                <CopyText text={id} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}

/** What push services said: how many of which, with what to do. */
function Results({ results }: { results: Task["Results"] }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  return (
    <div className="table">
      <div className="table__scroll">
        <table aria-label={t("report.results")}>
          <thead>
            <tr>
              <th scope="col">{t("report.answer")}</th>
              <th scope="col">{t("vendor.label")}</th>
              <th scope="col" className="is-number">
                {t("report.pushes")}
              </th>
            </tr>
          </thead>
          <tbody>
            {results.map(({ Vendor, Result, Code, Reason, Cause, Pushes }) => (
              <tr key={`${Vendor} ${Result} ${Code}`}>
                <td data-title={t("report.answer")}>
                  {Result === "ok" ? (
                    t("report.accepted")
                  ) : (
                    <>
                      {t(`cause.${Cause}.title`)}
                      <br />
                      <span className="quiet break">
                        {[Code, Reason].filter(Boolean).join(": ") || t("report.others")}
                      </span>
                    </>
                  )}
                </td>
                <td data-title={t("vendor.label")}>{t(`vendor.${Vendor}`)}</td>
                <td data-title={t("report.pushes")} className="is-number">
                  {format.number(Pushes)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
