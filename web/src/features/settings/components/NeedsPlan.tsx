import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton } from "../../../ui/Button";
import { Locked, LockedNote } from "../../../ui/Locked";
import type { Setting } from "../api";

interface Props {
  app: number;
  setting: Setting;
  children: (lock: { disabled: boolean; title?: string }) => ReactNode;
}

/** What changes a setting; where the app's plan lacks it, the plan that has it instead. */
export function NeedsPlan({ app, setting, children }: Props) {
  const { t } = useTranslation("settings");
  if (!setting.NeedsPlan) {
    return (
      <Locked action="im:SetAbilityConfInfo" app={app}>
        {children}
      </Locked>
    );
  }
  return (
    <>
      <LockedNote>{t("locked.plan", { plan: t(`app.plan.${setting.NeedsPlan}`) })}</LockedNote>
      <LinkButton to="/apps/$app/plan" params={{ app: String(app) }}>
        {t("locked.upgrade")}
      </LinkButton>
    </>
  );
}
