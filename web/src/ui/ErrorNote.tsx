import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { CopyText } from "./CopyText";
import { ErrorCircleFilledIcon } from "./icons";
import "./notes.css";
import { useWords, type Words } from "./words";

/** What an error means and what to do about it, in the reader's language. */
export function useErrorText(error: unknown): Words & { code: string; requestId: string } {
  const { t } = useTranslation();
  const words = useWords();
  if (!(error instanceof ApiError)) {
    const own = { title: t("error.Console.title"), cure: t("error.Console.cure") };
    return { ...own, said: "", code: String(error), requestId: "" };
  }
  const { body, requestId } = error;
  if (body.Code === "Network") {
    return { title: t("error.Network.title"), cure: t("error.Network.cure"), said: "", code: body.Code, requestId };
  }
  if (body.Code.startsWith("Http")) {
    const title = t("error.Http.title", { status: error.status });
    return { title, cure: t("error.Http.cure"), said: body.Message, code: body.Code, requestId };
  }
  return { ...words(body), code: body.ErrorCode ? `${body.Code} · ${body.ErrorCode}` : body.Code, requestId };
}

/** The server's own English, marked as such, where no text here is as exact. */
export function ServerWords({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <p className="note__said">
      <span>{t("error.said")}</span> <code className="break">{text}</code>
    </p>
  );
}

/** One refusal: its meaning, the cure, the code and the request's id. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, cure, said, code, requestId } = useErrorText(error);
  return (
    <div className="note note--error" role="alert">
      <ErrorCircleFilledIcon className="note__icon" />
      <div className="grow">
        <p className="note__title">{title}</p>
        {cure && <p>{cure}</p>}
        {said && <ServerWords text={said} />}
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
