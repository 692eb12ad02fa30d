import i18next from "i18next";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { AppStatus, PlanTag } from "../../../ui/AppTags";
import { Button, LinkButton } from "../../../ui/Button";
import { TimeText } from "../../../ui/format";
import { SettingCard } from "../../../ui/Page";
import { say, sayError } from "../../../ui/Toasts";
import { useSetStatus } from "../../apps/api";
import type { App } from "../api";

const AppMenu = lazy(async () => {
  const [module] = await Promise.all([import("../../apps/components/AppMenu"), i18next.loadNamespaces("apps")]);
  return { default: module.AppMenu };
});

export function PlanBlock({ app }: { app: App }) {
  const { t } = useTranslation("basic");
  const status = useSetStatus();
  const set = (Status: "enabled" | "expired") =>
    status.mutate({ SDKAppID: app.SDKAppID, Status }, { onSuccess: () => say(t("action.saved")), onError: sayError });
  return (
    <SettingCard
      title={t("plan.title")}
      actions={
        <>
          {app.Plan !== "Trial" && app.Status === "enabled" && (
            <Button onClick={() => set("expired")}>{t("plan.expire")}</Button>
          )}
          {app.Status === "expired" && <Button onClick={() => set("enabled")}>{t("plan.unexpire")}</Button>}
          <LinkButton to="/apps/$app/plan" params={{ app: String(app.SDKAppID) }} kind="primary">
            {app.Plan === "Trial" ? t("plan.upgrade") : t("plan.change")}
          </LinkButton>
          <Suspense>
            <AppMenu app={app} />
          </Suspense>
        </>
      }
    >
      <dl className="facts">
        <div>
          <dt>{t("plan.name")}</dt>
          <dd>
            <PlanTag plan={app.Plan} />
          </dd>
        </div>
        <div>
          <dt>{t("plan.status")}</dt>
          <dd>
            <AppStatus status={app.Status} />
          </dd>
        </div>
        <div>
          <dt>{t("plan.expires")}</dt>
          <dd>{app.ExpireTime ? <TimeText at={app.ExpireTime} /> : t("never")}</dd>
        </div>
      </dl>
    </SettingCard>
  );
}
