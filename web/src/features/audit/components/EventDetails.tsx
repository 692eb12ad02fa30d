import { useTranslation } from "react-i18next";
import { CopyText } from "../../../ui/CopyText";
import { Dialog } from "../../../ui/Dialog";
import { agentName, TimeText } from "../../../ui/format";
import { useWords } from "../../../ui/words";
import type { AuditEvent } from "../api";
import { Actor } from "./Actor";
import "../audit.css";

/** One event with all that is known of it; what changed stands side by side. */
export function EventDetails({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const { t } = useTranslation("audit");
  const facts: [string, React.ReactNode][] = [
    [t("time"), <TimeText key="time" at={event.Time / 1000} />],
    [t("who"), <Actor key="who" event={event} number />],
    [t("outcome"), t(`outcomes.${event.Outcome}`)],
    [t("edge"), t(`edges.${event.Edge}`)],
    [t("resource"), <CopyText key="resource" text={event.Resource} />],
    [t("error.requestId"), <CopyText key="request" text={event.RequestId} />],
    [t("ip"), event.Ip || "–"],
    [t("agent"), agentName(event.UserAgent) || "–"],
  ];
  // A bulk action tells of its items: what was done, and each that was refused with its number.
  const done = event.After.includes('"Refused":{');
  if (event.ErrorCode) facts.splice(3, 0, [t("code"), <Refusal key="code" code={event.ErrorCode} />]);
  return (
    <Dialog title={event.Action} at="right" width={680} onClose={onClose}>
      <div className="stack">
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Changes
          before={event.Before}
          after={event.After}
          title={t(event.Outcome === "ok" ? "after" : event.Outcome === "partly" || done ? "came" : "asked")}
        />
      </div>
    </Dialog>
  );
}

/** The log keeps the code alone: a number of the chat plane, or a name. */
function Refusal({ code }: { code: string }) {
  const number = Number(code);
  const { title } = useWords()(number ? { ErrorCode: number } : { Code: code, Detail: code });
  return (
    <>
      <code>{code}</code> {title}
    </>
  );
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const show = (value: unknown): string =>
  value === undefined || value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value, null, 1);

function Changes({ before, after, title }: { before: string; after: string; title: string }) {
  const { t } = useTranslation("audit");
  const [old, fresh] = [parse(before), parse(after)];
  // What is no object is shown as it is: an event of an older version may end in the middle.
  if ((before && !old) || (after && !fresh)) return <Raw before={before} after={after} />;
  const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(fresh ?? {})])];
  if (!names.length) return null;
  return (
    <table className="changes">
      <caption className="visually-hidden">{t("changes")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("field_")}</th>
          <th scope="col">{t("before")}</th>
          <th scope="col">{title}</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name} data-changed={show(old?.[name]) !== show(fresh?.[name])}>
            <th scope="row">{name}</th>
            <td>
              <code className="break">{show(old?.[name])}</code>
            </td>
            <td>
              <code className="break">{show(fresh?.[name])}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Raw({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation("audit");
  return (
    <dl className="facts">
      {[[t("before"), before] as const, [t("after"), after] as const]
        .filter(([, text]) => text)
        .map(([name, text]) => (
          <div key={name} className="facts__wide">
            <dt>{name}</dt>
            <dd>
              <code className="break">{text}</code>
            </dd>
          </div>
        ))}
    </dl>
  );
}
