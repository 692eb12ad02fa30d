import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Loaded, Page } from "../../../ui/Page";
import { type Ability, useAbility } from "../api";

interface Props {
  title: string;
  lead: string;
  /** The call that does what this page does, besides reading the settings. */
  change: { action: string; body: object };
  actions?: ReactNode;
  children: (ability: Ability, app: number) => ReactNode;
}

/** A page of the settings document. */
export function SettingsPage({ title, lead, change, actions, children }: Props) {
  const { t } = useTranslation("settings");
  const app = Number(useParams({ strict: false }).app);
  const ability = useAbility(app);
  return (
    <Page
      title={title}
      lead={lead}
      parents={[{ title: t("nav.features") }]}
      actions={
        <>
          <ApiCallButton
            calls={[
              { title: t("api.read"), call: { cloud: "im/DescribeAbilityConfInfo", body: { SDKAppID: app } } },
              {
                title: t("api.change"),
                call: {
                  cloud: `im/${change.action}`,
                  body: { SDKAppID: app, Version: ability.data?.Version ?? 1, ...change.body },
                },
              },
            ]}
          />
          {actions}
        </>
      }
    >
      <Loaded query={ability} rows={6}>
        {(data) => children(data, app)}
      </Loaded>
    </Page>
  );
}
