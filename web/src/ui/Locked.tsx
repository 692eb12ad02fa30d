import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../api/hooks";
import { useAllowed } from "../api/session";
import { CopyText } from "./CopyText";
import { LockOnIcon } from "./icons";
import { MenuButton } from "./Menu";
import { Loaded } from "./Page";

interface Props {
  /** The policy action that is needed, as `im:RegisterIMApp`. */
  action: string;
  app?: number;
  children: (state: { disabled: boolean; title?: string }) => ReactNode;
}

/** Hands its child whether policy forbids the act; a lock beside it, which the keyboard reaches, says why. */
export function Locked({ action, app, children }: Props) {
  const { t } = useTranslation();
  const allowed = useAllowed(action, app);
  if (allowed !== false) return children({ disabled: false });
  const missing = t("locked.policy", { action: `name/${action}`, resource: app ? `sdkappid/${app}` : "*" });
  return (
    <span className="locked">
      {children({ disabled: true, title: missing })}
      <WhyLocked action={action} app={app} />
    </span>
  );
}

/** Says what is missing, to be copied for who may grant it, or which statement denies it. */
export function WhyLocked({ action, app }: { action: string; app?: number }) {
  const { t } = useTranslation();
  return (
    <MenuButton
      label={t("locked.why")}
      triggerClass="iconbtn iconbtn--small locked__why"
      width={360}
      trigger={<LockOnIcon />}
    >
      {() => <Why action={action} app={app} />}
    </MenuButton>
  );
}

function Why({ action, app }: { action: string; app?: number }) {
  const { t } = useTranslation();
  const query = useRead("session/ExplainPermission", { Action: action, SDKAppID: app ?? 0 });
  return (
    <div className="locked__box">
      <Loaded query={query} rows={3}>
        {(found) => (
          <>
            <p>
              <strong>
                {t(found.DeniedBy.length ? "locked.denied" : found.Allowed ? "locked.free" : "locked.missing")}
              </strong>
            </p>
            {found.DeniedBy.map(({ PolicyName, Statement }) => (
              <p key={`${PolicyName}-${Statement}`}>{t("locked.by", { policy: PolicyName, index: Statement })}</p>
            ))}
            <p className="quiet">{t(found.DeniedBy.length ? "locked.noPolicyHelps" : "locked.ask")}</p>
            <dl>
              <dt className="quiet">{t("locked.action")}</dt>
              <dd>
                <CopyText text={found.Action} />
              </dd>
              <dt className="quiet">{t("locked.resource")}</dt>
              <dd>
                <CopyText text={found.Resource} />
              </dd>
            </dl>
          </>
        )}
      </Loaded>
    </div>
  );
}

/** Says why a setting cannot be changed. */
export function LockedNote({ children }: { children: ReactNode }) {
  return (
    <span className="row row--tight quiet">
      <LockOnIcon /> {children}
    </span>
  );
}
