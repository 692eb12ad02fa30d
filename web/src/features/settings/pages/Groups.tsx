import { useTranslation } from "react-i18next";
import { GroupFields } from "../components/GroupFields";
import { SectionForm } from "../components/SectionForm";
import { SettingsPage } from "../components/SettingsPage";

export function Groups() {
  const { t } = useTranslation("settings");
  return (
    <SettingsPage
      title={t("nav.groupSettings")}
      lead={t("groups.lead")}
      change={{ action: "SetAbilityConfInfo", body: { RoomMessageRate: 40 } }}
    >
      {(ability, app) => (
        <>
          <GroupFields app={app} ability={ability} kind="member" />
          <GroupFields app={app} ability={ability} kind="group" />
          <SectionForm app={app} ability={ability} sections={["groups"]} />
        </>
      )}
    </SettingsPage>
  );
}
