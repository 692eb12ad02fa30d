import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { CopyText } from "./CopyText";
import { ErrorCircleFilledIcon } from "./icons";
import "./notes.css";

/** What to do about an error, in the reader's language: the server's cure, or the console's own for known codes. */
export function useErrorText(error: unknown): { title: string; cure: string; code: string; requestId: string } {
  const { t, i18n } = useTranslation();
  if (!(error instanceof ApiError)) {
    return { title: t("error.Console.title"), cure: t("error.Console.cure"), code: String(error), requestId: "" };
  }
  const { body } = error;
  const names = [body.Code, body.Code.split(".")[0] ?? ""];
  // The chat plane's number says more than the console's class of error.
  const number = `errorCode.${body.ErrorCode ?? 0}`;
  const known = names.find((name) => i18n.exists(`error.${name.replaceAll(".", "_")}.title`));
  const key = i18n.exists(`${number}.title`) ? number : known && `error.${known.replaceAll(".", "_")}`;
  const values = { action: body.Action ?? "", resource: body.Resource ?? "", plan: body.Plan ?? "" };
  return {
    title: key ? t(`${key}.title`, values) : body.Message,
    cure: key && i18n.exists(`${key}.cure`) ? t(`${key}.cure`, values) : (body.Cure ?? ""),
    code: body.ErrorCode ? `${body.Code} · ${body.ErrorCode}` : body.Code,
    requestId: error.requestId,
  };
}

/** One refusal: its meaning, what the server said, the cure, the code and the request's id. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, cure, code, requestId } = useErrorText(error);
  const said = error instanceof ApiError ? error.body.Message : "";
  return (
    <div className="note note--error" role="alert">
      <ErrorCircleFilledIcon className="note__icon" />
      <div className="grow">
        <p className="note__title">{title}</p>
        {said && said !== title && <p className="break">{said}</p>}
        {cure && cure !== title && <p>{cure}</p>}
        <p className="note__ids">
          <code className="break">{code}</code>
          {requestId && (
            <span className="row row--tight">
              {t("error.requestId")} <CopyText text={requestId} />
            </span>
          )}
        </p>
        {onRetry && (
          <button type="button" className="linklike" onClick={onRetry}>
            {t("action.retry")}
          </button>
        )}
      </div>
    </div>
  );
}
