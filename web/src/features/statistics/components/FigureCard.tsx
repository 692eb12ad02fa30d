import { useTranslation } from "react-i18next";
import { useFormat } from "../../../ui/format";
import { Change } from "./Change";

interface Props {
  title: string;
  /** null: nothing is known. */
  value: number | null;
  /** Compared with it; null where nothing was counted then. Left out: nothing is compared. */
  before?: number | null;
  /** What it is compared with, in words. */
  than?: string;
}

/** One number that stands out, with how it changed. */
export function FigureCard({ title, value, before, than }: Props) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  return (
    <section className="card figure" aria-label={title}>
      <p className="figure__title">{title}</p>
      <p className="figure__value">{value === null ? "–" : format.number(value)}</p>
      {than && (
        <p className="figure__change">
          {before === null || value === null ? (
            <span className="quiet">{t("change.unknown")}</span>
          ) : (
            <>
              <Change value={value} before={before} /> <span className="quiet">{than}</span>
            </>
          )}
        </p>
      )}
    </section>
  );
}
