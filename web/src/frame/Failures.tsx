import { useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { LinkButton } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Empty } from "../ui/Page";
import { usePageTitle } from "./crumbs";

/** Pages whose code could not be fetched: each asks for it once more. */
export const fetchAgain = new Set<() => Promise<unknown> | undefined>();

/** An address that leads to no page. */
export function NotFound() {
  const { t } = useTranslation();
  usePageTitle(t("notFound.title"));
  return (
    <div className="page">
      <section className="card">
        <Empty level={1} title={t("notFound.title")} about={t("notFound.about")}>
          <LinkButton to="/" kind="primary">
            {t("nav.apps")}
          </LinkButton>
        </Empty>
      </section>
    </div>
  );
}

/** A page that cannot be shown. Who may not come from this address may still come as root. */
export function PageFailure({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  const router = useRouter();
  const retry = async () => {
    const pages = [...fetchAgain];
    fetchAgain.clear();
    await Promise.all(pages.map((again) => again()));
    await router.invalidate();
    reset();
  };
  return (
    <div className="page">
      <ErrorNote error={error} onRetry={() => void retry()} />
      {error instanceof ApiError && error.code.startsWith("Ip") && (
        <div className="row">
          <LinkButton to="/login">{t("error.otherUser")}</LinkButton>
        </div>
      )}
    </div>
  );
}

/** What goes wrong before there is a frame: the name of the place, and in the middle what happened. */
export function Outside(props: { error: unknown; reset: () => void }) {
  return (
    <Bare>
      <PageFailure {...props} />
    </Bare>
  );
}

export function Nowhere() {
  return (
    <Bare>
      <NotFound />
    </Bare>
  );
}

function Bare({ children }: { children: ReactNode }) {
  return (
    <main className="bare">
      <a className="brand" href="/console/">
        <img src="/console/favicon.svg" alt="" />
        Sodam
      </a>
      <div className="bare__middle">{children}</div>
    </main>
  );
}
