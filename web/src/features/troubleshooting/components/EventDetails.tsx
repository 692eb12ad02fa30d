import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CopyText } from "../../../ui/CopyText";
import { Dialog } from "../../../ui/Dialog";
import { ServerWords } from "../../../ui/ErrorNote";
import { TimeText } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import type { Trouble } from "../api";
import { useAdvice } from "../useAdvice";

/** One event with all that is known of it; of a failure cause and cure first. */
export function EventDetails({ event, onClose }: { event: Trouble; onClose: () => void }) {
  const { t } = useTranslation("troubleshooting");
  const { title, cure } = useAdvice()(event);
  const id = (text: string) => (text ? <CopyText text={text} /> : "–");
  const facts: [string, ReactNode][] = [
    [t("time"), <TimeText key="time" at={event.Time / 1000} exact />],
    [t("event"), t(`events.${event.Event}`)],
    [t("command"), id(event.Command)],
    [t("userId"), id(event.UserID)],
    [t("receiver"), id(event.Receiver)],
    [t("platform"), event.Platform || "–"],
    [t("address"), id(event.Address)],
    [t("millis"), event.Millis || "–"],
    [t("node"), id(event.Node)],
  ];
  return (
    <Dialog title={t("details")} at="right" width={560} onClose={onClose}>
      <div className="stack">
        {event.Failed && (
          <Note tone="error">
            <p className="note__title">
              <code>{event.ErrorCode}</code> {title || t("unknown")}
            </p>
            {cure && <p>{cure}</p>}
            {event.ErrorInfo && <ServerWords text={event.ErrorInfo} />}
          </Note>
        )}
        <dl className="facts">
          {facts.map(([name, value]) => (
            <Fragment key={name}>
              <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            </Fragment>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
