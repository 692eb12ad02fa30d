import { useTranslation } from "react-i18next";
import { CopyButton } from "../../../ui/CopyText";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { useAdvice } from "../../troubleshooting/useAdvice";
import type { Answer } from "../api";

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What came back, with its code explained. */
export function AnswerCard({ answer }: { answer: Answer }) {
  const { t } = useTranslation("explorer");
  const { title, cure } = useAdvice()(answer);
  const text = pretty(answer.Answer);
  return (
    <SettingCard title={t("answer.title")} actions={<CopyButton text={text} label={t("action.copy")} />}>
      <div className="stack" role="status">
        <p className="row">
          <Tag tone={answer.ErrorCode ? "danger" : "success"}>{answer.ErrorCode || t("answer.ok")}</Tag>
          <span className="quiet">{t("answer.millis", { count: answer.Millis })}</span>
        </p>
        {answer.ErrorCode !== 0 && (title || cure) && (
          <Note tone="error">
            <p className="note__title">{title}</p>
            {cure && <p>{cure}</p>}
          </Note>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre className="pre" tabIndex={0}>
          {text}
        </pre>
      </div>
    </SettingCard>
  );
}
