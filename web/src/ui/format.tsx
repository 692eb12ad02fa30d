import { useTranslation } from "react-i18next";

const locales: Record<string, string> = { ko: "ko-KR", en: "en-GB", zh: "zh-CN" };

export function useFormat() {
  const { i18n, t } = useTranslation();
  const locale = locales[i18n.language] ?? "en-GB";
  return {
    number: (value: number) => new Intl.NumberFormat(locale).format(value),
    time: (seconds: number) =>
      new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(seconds * 1000),
    minute: (seconds: number) =>
      new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000),
    date: (seconds: number) => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(seconds * 1000),
    money: (hundredths: number, currency: string) =>
      new Intl.NumberFormat(locale, { style: "currency", currency }).format(hundredths / 100),
    bytes(value: number) {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
      const step = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), units.length - 1);
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: units[step],
        // A sign for bytes alone is no word in every language.
        unitDisplay: step ? "short" : "long",
        maximumFractionDigits: step ? 1 : 0,
      }).format(value / 1024 ** step);
    },
    /** A length of time in its largest whole unit: 120 is "2 minutes". */
    span(seconds: number) {
      const steps = [
        [86400, "day"],
        [3600, "hour"],
        [60, "minute"],
        [1, "second"],
      ] as const;
      const [size, unit] = steps.find(([length]) => seconds % length === 0 && seconds >= length) ?? steps[3];
      return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
    },
    none: t("none"),
  };
}

/**
 * Local time to the minute, or to the second where many things happen within one; on hover whole, with UTC and unix
 * seconds. `at` is in seconds, 0 means never.
 */
export function TimeText({ at, dateOnly, exact }: { at: number; dateOnly?: boolean; exact?: boolean }) {
  const format = useFormat();
  if (!at) return <span className="quiet">–</span>;
  const utc = new Date(at * 1000).toISOString().replace(".000Z", "Z");
  return (
    <time dateTime={utc} title={`${format.time(at)} · ${utc} · ${Math.floor(at)}`} className="nowrap">
      {dateOnly ? format.date(at) : exact ? format.time(at) : format.minute(at)}
    </time>
  );
}

/** Access management tells times as text in UTC; to seconds, 0 if there is none. */
export function utcSeconds(text: string | undefined): number {
  const value = text ? Date.parse(`${text.replace(" ", "T")}Z`) : Number.NaN;
  return Number.isNaN(value) ? 0 : value / 1000;
}

/** What a field for date and time takes: local time to the minute; `at` is in milliseconds. */
export const localMinute = (at: number): string =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** The local time's distance from UTC at that unix second: "UTC+9", "UTC+5:30". */
export function zoneOf(at: number): string {
  const minutes = -new Date(at * 1000).getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "-" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/** A text that cannot be the address of a picture; none at all can. */
export const badUrl = (text: string): boolean => text !== "" && !/^https?:\/\/./.test(text);

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Version/", "Safari"],
] as const;
const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"];

/** A browser's name for itself, short: "Chrome 142, Linux"; whatever is no browser stays as it is, to 60 letters. */
export function agentName(agent: string): string {
  const found = BROWSERS.find(([mark]) => agent.includes(mark));
  if (!found || !agent.startsWith("Mozilla/")) return agent.length > 60 ? `${agent.slice(0, 59)}…` : agent;
  const version = agent.split(found[0])[1]?.match(/^\d+/)?.[0] ?? "";
  return [`${found[1]} ${version}`.trim(), SYSTEMS.find((name) => agent.includes(name))].filter(Boolean).join(", ");
}
