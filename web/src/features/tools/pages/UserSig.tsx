import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Page } from "../../../ui/Page";
import { Generator } from "../components/Generator";
import { MapKey } from "../components/MapKey";
import { Verifier } from "../components/Verifier";
import "../tools.css";

export function UserSig() {
  const { t } = useTranslation("tools");
  const app = Number(useParams({ strict: false }).app);
  return (
    <Page
      title={t("nav.usersig")}
      lead={t("lead")}
      actions={
        <ApiCallButton
          calls={[
            {
              title: t("generate.title"),
              call: { cloud: "im/CreateSecretUserSig", body: { SDKAppID: app, UserID: "user1", Expire: 15552000 } },
            },
            {
              title: t("verify.title"),
              call: { cloud: "im/VerifySecretUserSig", body: { SDKAppID: app, UserID: "user1", UserSig: "eJw..." } },
            },
          ]}
        />
      }
    >
      <div className="tools">
        <Generator app={app} />
        <Verifier app={app} />
        <MapKey app={app} />
      </div>
    </Page>
  );
}
