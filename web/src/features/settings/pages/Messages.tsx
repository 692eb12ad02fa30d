import { useTranslation } from "react-i18next";
import { SettingCard } from "../../../ui/Page";
import { NumberSetting } from "../components/NumberSetting";
import { SettingsPage } from "../components/SettingsPage";
import { SwitchSetting } from "../components/SwitchSetting";

export function Messages() {
  const { t } = useTranslation("settings");
  return (
    <SettingsPage
      title={t("nav.messages")}
      lead={t("messages.lead")}
      change={{ action: "SetAbilityConfInfo", body: { FriendCheck: true } }}
    >
      {(ability, app) => (
        <>
          <SettingCard title={t("messages.kept")}>
            <NumberSetting
              app={app}
              ability={ability}
              setting="HistoryDays"
              unit={86400}
              from={ability.HistoryDaysChangeableFrom}
              warning={t("HistoryDays.shorter")}
            />
            <NumberSetting app={app} ability={ability} setting="RecallSeconds" unit={1} />
          </SettingCard>
          <SettingCard title={t("messages.who")}>
            <SwitchSetting app={app} ability={ability} setting="BlacklistCheck" />
            <SwitchSetting app={app} ability={ability} setting="FriendCheck" />
          </SettingCard>
          <SettingCard title={t("messages.accounts")}>
            <SwitchSetting app={app} ability={ability} setting="AllowAccountDeletion" />
            <NumberSetting app={app} ability={ability} setting="DeletedIdDays" unit={86400} />
          </SettingCard>
        </>
      )}
    </SettingsPage>
  );
}
