import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../api/session";
import { LockOnIcon } from "./icons";

interface Props {
  /** The policy action that is needed, as `im:RegisterIMApp`. */
  action: string;
  app?: number;
  children: (state: { disabled: boolean; title?: string }) => ReactNode;
}

/** Hands its child whether policy forbids the act and, if so, which action is missing, to be shown on hover. */
export function Locked({ action, app, children }: Props) {
  const { t } = useTranslation();
  const allowed = useAllowed(action, app);
  const missing = t("locked.policy", { action: `name/${action}`, resource: app ? `sdkappid/${app}` : "*" });
  return children(allowed === false ? { disabled: true, title: missing } : { disabled: false });
}

/** Says why a setting cannot be changed. */
export function LockedNote({ children }: { children: ReactNode }) {
  return (
    <span className="row row--tight quiet">
      <LockOnIcon /> {children}
    </span>
  );
}
