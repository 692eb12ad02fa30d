import { useTranslation } from "react-i18next";
import { Locked } from "../../../ui/Locked";
import { SettingRow } from "../../../ui/Page";
import { Switch } from "../../../ui/Switch";
import { type Ability, useSetting } from "../api";

interface Props {
  app: number;
  ability: Ability;
  setting: "BlacklistCheck" | "FriendCheck" | "AllowAccountDeletion";
}

/** A switch that acts at once and can be taken back. */
export function SwitchSetting({ app, ability, setting }: Props) {
  const { t } = useTranslation("settings");
  const { apply, busy } = useSetting(app);
  const on = ability[setting];
  const words = (value: boolean) => t(`${setting}.${value ? "on" : "off"}`);
  return (
    <SettingRow name={t(`${setting}.name`)} about={words(on)}>
      <Locked action="im:SetAbilityConfInfo" app={app}>
        {(lock) => (
          <span title={lock.title}>
            <Switch
              on={on}
              label={t(`${setting}.name`)}
              busy={busy}
              disabled={lock.disabled}
              onChange={(next) => apply({ [setting]: next }, words(next), { [setting]: on })}
            />
          </span>
        )}
      </Locked>
    </SettingRow>
  );
}
