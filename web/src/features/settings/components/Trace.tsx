import { useTranslation } from "react-i18next";
import { useRead } from "../../../api/hooks";
import { useAllowed } from "../../../api/session";
import { TimeText } from "../../../ui/format";
import type { Setting } from "../api";

const plain = (name: string) => name.replaceAll("_", "").toLowerCase();

interface Event {
  Name: string;
  Time: number;
  After: string;
}

/** The last of these events, newest first, that set it; the audit log has settings by the names in the document. */
export function lastOf<E extends Event>(events: E[], setting: string): E | undefined {
  return events.find(({ After }) => {
    try {
      return Object.keys(JSON.parse(After || "{}")).some((name) => plain(name) === plain(setting));
    } catch {
      return false;
    }
  });
}

/** What a setting was before anybody touched it, and who did last, as far as one may know. */
export function Trace({ app, setting, words }: { app: number; setting: Setting; words: (value: never) => string }) {
  const { t } = useTranslation("settings");
  const mayKnow = useAllowed("cloudaudit:DescribeEvents");
  const events = useRead(
    "cloudaudit/DescribeEvents",
    { SDKAppID: app, Action: "SetAbilityConfInfo", Outcome: "ok", Limit: 100 },
    { enabled: mayKnow === true },
  ).data?.Events;
  const last = events && lastOf(events, setting.Setting);
  const other = setting.Value !== setting.Default;
  if (!last && !other) return null;
  return (
    <span className="setting__trace">
      {other && <span>{t("trace.default", { value: words(setting.Default as never) })}</span>}
      {last && (
        <span>
          {t("trace.by", { name: last.Name })} <TimeText at={Math.floor(last.Time / 1000)} />
        </span>
      )}
    </span>
  );
}
