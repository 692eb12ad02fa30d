import { useTranslation } from "react-i18next";
import { ChoiceField } from "../../../ui/Field";
import { SettingCard } from "../../../ui/Page";
import { type Setting, useSetting } from "../api";
import { NeedsPlan } from "./NeedsPlan";
import { Trace } from "./Trace";

/** One of a few values, each with its sentence: a card of its own. It acts at once and can be taken back. */
export function ChoiceSetting({ app, setting }: { app: number; setting: Setting }) {
  const { t } = useTranslation("settings");
  const { apply, busy } = useSetting(app);
  const name = setting.Setting;
  const before = String(setting.Value);
  return (
    <SettingCard title={t(`${name}.name`)} lead={t(`${name}.about`)}>
      <NeedsPlan app={app} setting={setting}>
        {(lock) => (
          <ChoiceField
            label={t(`${name}.label`)}
            value={before}
            disabled={lock.disabled || busy}
            hint={lock.title}
            options={setting.Values.map((value) => ({
              value,
              label: t(`${name}.values.${value}.name`),
              about: t(`${name}.values.${value}.about`),
            }))}
            onChange={(next) =>
              apply({ [name]: next }, t(`${name}.changed`, { name: t(`${name}.values.${next}.name`) }), {
                [name]: before,
              })
            }
          />
        )}
      </NeedsPlan>
      <Trace app={app} setting={setting} words={(value: string) => t(`${name}.values.${value}.name`)} />
    </SettingCard>
  );
}
