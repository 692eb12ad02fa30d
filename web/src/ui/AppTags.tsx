import { useTranslation } from "react-i18next";
import { Tag, type Tone } from "./Tag";

const tones: Record<string, Tone> = { enabled: "success", disabled: "danger", expired: "warning", deleting: "warning" };

/** Whether an app may be used. `quiet` leaves the usual state out. */
export function AppStatus({ status, quiet }: { status: string; quiet?: boolean }) {
  const { t } = useTranslation();
  if (quiet && status === "enabled") return null;
  return <Tag tone={tones[status]}>{t(`app.status.${status}`)}</Tag>;
}

export function PlanTag({ plan }: { plan: string }) {
  const { t } = useTranslation();
  return <Tag tone={plan === "Trial" ? "default" : "primary"}>{t(`app.plan.${plan}`)}</Tag>;
}
