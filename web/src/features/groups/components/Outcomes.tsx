import { useTranslation } from "react-i18next";
import { Dialog } from "../../../ui/Dialog";
import { useFormat } from "../../../ui/format";
import { useWords } from "../../../ui/words";

export interface Outcome {
  /** UserID, GroupID, TopicID or sequence. */
  name: string;
  ErrorCode: number;
  ErrorInfo: string;
}

interface Answer {
  Results: {
    UserID?: string;
    GroupId?: string;
    TopicId?: string;
    MsgSeq?: number;
    ErrorCode: number;
    ErrorInfo: string;
  }[];
}

export const outcomesOf = (answer: Answer, key: "UserID" | "GroupId" | "TopicId" | "MsgSeq"): Outcome[] =>
  answer.Results.map((one) => ({ name: String(one[key] ?? ""), ErrorCode: one.ErrorCode, ErrorInfo: one.ErrorInfo }));
export const refusedOf = (outcomes: Outcome[]) => outcomes.filter(({ ErrorCode }) => ErrorCode !== 0);

/** Numbers that many rules share: the server's own words say which it was. */
const SAYS_LESS = new Set([10004, 10007]);

/** What came of an act on many, where some were refused: who was done, and of each other one why not. */
export function Outcomes({ title, all, onClose }: { title: string; all: Outcome[]; onClose: () => void }) {
  const { t } = useTranslation("groups");
  const words = useWords();
  const format = useFormat();
  const refused = refusedOf(all);
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">
        <p>
          {t("outcome.partly", {
            done: format.number(all.length - refused.length),
            failed: format.number(refused.length),
          })}
        </p>
        <ul className="stack stack--tight">
          {refused.map((one) => (
            <li key={one.name} className="break">
              <code>{one.name}</code>: {words({ ErrorCode: one.ErrorCode, Message: one.ErrorInfo }).title}{" "}
              {SAYS_LESS.has(one.ErrorCode) && <span className="quiet">{one.ErrorInfo}</span>}{" "}
              <code>({one.ErrorCode})</code>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
