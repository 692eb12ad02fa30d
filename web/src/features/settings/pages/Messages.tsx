import { useTranslation } from "react-i18next";
import { SectionForm } from "../components/SectionForm";
import { SettingsPage } from "../components/SettingsPage";

export function Messages() {
  const { t } = useTranslation("settings");
  return (
    <SettingsPage
      title={t("nav.messages")}
      lead={t("messages.lead")}
      change={{ action: "SetAbilityConfInfo", body: { FriendCheck: true } }}
    >
      {(ability, app) => <SectionForm app={app} ability={ability} sections={["login", "messages", "accounts"]} />}
    </SettingsPage>
  );
}
