import { useTranslation } from "react-i18next";
import { LinkButton } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Empty } from "../ui/Page";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty title={t("notFound.title")} about={t("notFound.about")}>
      <LinkButton to="/" kind="primary">
        {t("nav.apps")}
      </LinkButton>
    </Empty>
  );
}

export function PageFailure({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="page">
      <ErrorNote error={error} onRetry={reset} />
    </div>
  );
}
