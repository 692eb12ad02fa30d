import { useTranslation } from "react-i18next";
import type { AuditEvent } from "../api";

/** Who it was: a user, the server itself, or a name that somebody tried to sign in with and that nobody has. */
export function Actor({ event, number }: { event: AuditEvent; number?: boolean }) {
  const { t } = useTranslation("audit");
  if (!event.Name) return event.Edge === "server" ? t("server") : <span className="quiet">{t("unknown")}</span>;
  if (event.Uin) return <span className="break">{number ? `${event.Name} (${event.Uin})` : event.Name}</span>;
  return (
    <span className="break">
      {event.Name} <span className="quiet">{t("noSuchUser")}</span>
    </span>
  );
}
