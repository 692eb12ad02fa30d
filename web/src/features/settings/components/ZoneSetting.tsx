import { useTranslation } from "react-i18next";
import { SelectField } from "../../../ui/Field";
import { SettingCard } from "../../../ui/Page";
import { type Setting, useSetting } from "../api";
import { NeedsPlan } from "./NeedsPlan";

const HOURS = Array.from({ length: 27 }, (_, at) => at - 12);
/** Whole hours from UTC, then the places that the browser knows, whose clocks may change in summer. */
const ZONES = [
  ...HOURS.map((hour) => `${hour < 0 ? "-" : "+"}${String(Math.abs(hour)).padStart(2, "0")}:00`),
  ...(Intl.supportedValuesOf?.("timeZone") ?? []).filter((name) => name.includes("/")),
];

/** A time zone: a card of its own. It acts at once and can be taken back. */
export function ZoneSetting({ app, setting }: { app: number; setting: Setting }) {
  const { t } = useTranslation("settings");
  const { apply, busy } = useSetting(app);
  const name = setting.Setting;
  const before = String(setting.Value);
  const zones = ZONES.includes(before) ? ZONES : [before, ...ZONES];
  return (
    <SettingCard title={t(`${name}.name`)} lead={t(`${name}.about`)}>
      <NeedsPlan app={app} setting={setting}>
        {(lock) => (
          <SelectField
            label={t(`${name}.label`)}
            value={before}
            disabled={lock.disabled || busy}
            options={zones.map((zone) => ({ value: zone, label: /^[+-]/.test(zone) ? `UTC${zone}` : zone }))}
            onChange={(next) => apply({ [name]: next }, t(`${name}.changed`, { name: next }), { [name]: before })}
          />
        )}
      </NeedsPlan>
    </SettingCard>
  );
}
