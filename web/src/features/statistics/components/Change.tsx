import { useTranslation } from "react-i18next";
import { changeOf } from "../range";

/** By how much a number changed: a direction, an amount, and for screen readers a word. */
export function Change({ value, before }: { value: number; before: number | null | undefined }) {
  const { t, i18n } = useTranslation("statistics");
  const change = changeOf(value, before);
  if (before === null || before === undefined) return <span className="quiet">–</span>;
  if (change === undefined) return <span className="change change--up">{t("change.fromZero")}</span>;
  const way = change > 0 ? "up" : change < 0 ? "down" : "same";
  const part = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 1 }).format(
    Math.abs(change),
  );
  return (
    <span className={`change change--${way}`}>
      <span aria-hidden="true">{{ up: "▲", down: "▼", same: "=" }[way]}</span>
      <span className="visually-hidden">{t(`change.${way}`)}</span> {part}
    </span>
  );
}
