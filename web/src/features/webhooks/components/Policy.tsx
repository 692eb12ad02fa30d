import { useTranslation } from "react-i18next";
import { ChoiceField } from "../../../ui/Field";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { say, sayError } from "../../../ui/Toasts";
import { type Config, useSet } from "../api";

const CHOICES = [
  ["C2CFailure", ["deliver", "refuse"]],
  ["GroupFailure", ["deliver", "refuse"]],
  ["Retry", ["lasting", "original"]],
] as const;

/** What becomes of messages and events when the app's server does not answer. */
export function Policy({ app, config }: { app: number; config: Config }) {
  const { t } = useTranslation("webhooks");
  const set = useSet(app);
  const apply = (name: string, next: string, before?: string) =>
    set.mutate(
      { [name]: next },
      {
        onSuccess: () => say(t(`policy.${name}.${next}`), before ? () => apply(name, before) : undefined),
        onError: sayError,
      },
    );
  return (
    <SettingCard title={t("policy.title")} lead={t("policy.lead")}>
      <Locked action="im:SetCallBack" app={app}>
        {(lock) => (
          <div className="stack">
            {CHOICES.map(([name, values]) => (
              <ChoiceField<string>
                key={name}
                label={t(`policy.${name}.name`)}
                value={config[name]}
                disabled={lock.disabled || set.isPending}
                hint={lock.title}
                options={values.map((value) => ({
                  value,
                  label: t(`policy.${name}.${value}`),
                  about: t(`policy.${name}.${value}About`),
                }))}
                onChange={(next) => apply(name, next, config[name])}
              />
            ))}
          </div>
        )}
      </Locked>
    </SettingCard>
  );
}
