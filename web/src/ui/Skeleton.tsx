import { useTranslation } from "react-i18next";
import "./page.css";

/** Grey bars in the place of what is still loading. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className="skeleton" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        // The bars have no identity.
        <span key={row} className="skeleton__bar" style={{ width: `${[92, 74, 83, 61][row % 4]}%` }} />
      ))}
    </div>
  );
}
