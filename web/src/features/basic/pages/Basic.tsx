import { useParams } from "@tanstack/react-router";
import i18next from "i18next";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useApp } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Loaded, Page } from "../../../ui/Page";
import { Admins } from "../components/Admins";
import { Info } from "../components/Info";
import { Keys } from "../components/Keys";
import { Limits } from "../components/Limits";
import { PlanBlock } from "../components/PlanBlock";
import { Tags } from "../components/Tags";

/** It belongs to the settings, whose texts arrive with it. */
const CallsForm = lazy(async () => {
  const [module] = await Promise.all([
    import("../../settings/components/CallsForm"),
    i18next.loadNamespaces("settings"),
  ]);
  return { default: module.CallsForm };
});

/** Everything about the app itself, block by block in the order that operators know. */
export function Basic() {
  const { t } = useTranslation("basic");
  const id = Number(useParams({ strict: false }).app);
  const app = useApp(id);
  return (
    <Page
      title={t("nav.basic")}
      lead={t("lead")}
      actions={
        <ApiCallButton
          calls={[
            { title: t("api.read"), call: { cloud: "im/DescribeSdkAppInfo", body: { SDKAppID: id } } },
            { title: t("api.edit"), call: { cloud: "im/ModifyAppInfo", body: { SDKAppID: id, Name: app.data?.Name } } },
          ]}
        />
      }
    >
      <Loaded query={app} rows={8}>
        {(one) => (
          <>
            <PlanBlock app={one} />
            <Info app={one} />
            <Keys app={one} />
            <Admins app={one} />
            <Suspense>
              <CallsForm app={id} />
            </Suspense>
            <Tags app={one} />
            <Limits app={one} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
