import i18next from "i18next";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { AppStatus, PlanTag } from "../../../ui/AppTags";
import { Button, LinkButton } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { TimeText } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
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
  const [asking, setAsking] = useState(false);
  const unexpire = () =>
    status.mutate(
      { SDKAppID: app.SDKAppID, Status: "enabled" },
      { onSuccess: () => say(t("plan.unexpired")), onError: sayError },
    );
  // A refusal is shown in the dialog that asked.
  const expire = () =>
    status.mutate(
      { SDKAppID: app.SDKAppID, Status: "expired" },
      {
        onSuccess: () => {
          setAsking(false);
          say(t("plan.expired"), unexpire);
        },
      },
    );
  const paid = app.Plan !== "Trial";
  return (
    <SettingCard
      title={t("plan.title")}
      actions={
        <>
          {paid && app.Status !== "deleting" && (
            <Locked action="sodam:ModifyAppStatus" app={app.SDKAppID}>
              {(lock) =>
                app.Status === "enabled" ? (
                  <Button
                    {...lock}
                    onClick={() => {
                      status.reset();
                      setAsking(true);
                    }}
                  >
                    {t("plan.expire")}
                  </Button>
                ) : (
                  <Button {...lock} busy={status.isPending} onClick={unexpire}>
                    {t("plan.unexpire")}
                  </Button>
                )
              }
            </Locked>
          )}
          <LinkButton to="/apps/$app/plan" params={{ app: String(app.SDKAppID) }} kind="primary">
            {paid ? t("plan.change") : t("plan.upgrade")}
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
          <dd>
            {app.Status === "expired" ? (
              t("app.status.expired")
            ) : app.ExpireTime ? (
              <TimeText at={app.ExpireTime} />
            ) : (
              t("noEnd")
            )}
          </dd>
        </div>
        {app.DisableTime > 0 && (
          <div>
            <dt>{t("plan.disables")}</dt>
            <dd>
              <TimeText at={app.DisableTime} />
            </dd>
          </div>
        )}
      </dl>
      {asking && (
        <Confirm
          title={t("plan.expireTitle", { name: app.Name })}
          submit={t("plan.expire")}
          busy={status.isPending}
          error={status.error}
          onClose={() => setAsking(false)}
          onConfirm={expire}
        >
          <p>{t("plan.expireAbout")}</p>
        </Confirm>
      )}
    </SettingCard>
  );
}
