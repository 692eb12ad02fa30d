import { useTranslation } from "react-i18next";
import { SettingCard } from "../../../ui/Page";
import type { Ability, Section, Setting } from "../api";
import { ChoiceSetting } from "./ChoiceSetting";
import { NumberSetting } from "./NumberSetting";
import { SwitchSetting } from "./SwitchSetting";
import { ZoneSetting } from "./ZoneSetting";

/** The settings of some sections, as the server declares them: a new one needs its texts and nothing here. */
export function SectionForm({ app, ability, sections }: { app: number; ability: Ability; sections: Section[] }) {
  const { t } = useTranslation("settings");
  const all = sections.flatMap((name) => ability.Sections.find((one) => one.Section === name)?.Settings ?? []);
  const rows = all.filter((one) => one.Type !== "choice" && one.Type !== "zone");
  const headings = [...new Set(rows.map((one) => one.Heading))];
  return (
    <>
      {all
        .filter((one) => one.Type === "choice")
        .map((one) => (
          <ChoiceSetting key={one.Setting} app={app} setting={one} />
        ))}
      {headings.map((heading) => (
        <SettingCard key={heading} title={t(`headings.${heading}`)}>
          {rows
            .filter((one) => one.Heading === heading)
            .map((one) => (
              <Row key={one.Setting} app={app} setting={one} />
            ))}
        </SettingCard>
      ))}
      {all
        .filter((one) => one.Type === "zone")
        .map((one) => (
          <ZoneSetting key={one.Setting} app={app} setting={one} />
        ))}
    </>
  );
}

function Row({ app, setting }: { app: number; setting: Setting }) {
  return setting.Type === "switch" ? (
    <SwitchSetting app={app} setting={setting} />
  ) : (
    <NumberSetting app={app} setting={setting} />
  );
}
