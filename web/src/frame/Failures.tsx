import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
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

/** A page that cannot be shown. Who may not come from this address may still come as root. */
export function PageFailure({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="page">
      <ErrorNote error={error} onRetry={reset} />
      {error instanceof ApiError && error.code.startsWith("Ip") && (
        <div className="row">
          <LinkButton to="/login">{t("error.otherUser")}</LinkButton>
        </div>
      )}
    </div>
  );
}
