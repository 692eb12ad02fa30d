import { useTranslation } from "react-i18next";
import { SettingRow } from "../../../ui/Page";
import { Switch } from "../../../ui/Switch";
import { type Setting, useSetting } from "../api";
import { NeedsPlan } from "./NeedsPlan";
import { Trace } from "./Trace";

/** A switch that acts at once and can be taken back. */
export function SwitchSetting({ app, setting }: { app: number; setting: Setting }) {
  const { t } = useTranslation("settings");
  const { apply, busy } = useSetting(app);
  const name = setting.Setting;
  const on = setting.Value === true;
  const words = (value: boolean) => t(`${name}.${value ? "on" : "off"}`);
  return (
    <SettingRow
      name={t(`${name}.name`)}
      about={
        <>
          {words(on)}
          <Trace app={app} setting={setting} words={(value: boolean) => t(`trace.${value ? "on" : "off"}`)} />
        </>
      }
    >
      <NeedsPlan app={app} setting={setting}>
        {(lock) => (
          <span title={lock.title}>
            <Switch
              on={on}
              label={t(`${name}.name`)}
              busy={busy}
              disabled={lock.disabled}
              onChange={(next) => apply({ [name]: next }, words(next), { [name]: on })}
            />
          </span>
        )}
      </NeedsPlan>
    </SettingRow>
  );
}
