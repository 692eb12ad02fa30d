import { useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Loaded, Page } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { useConfig } from "../api";
import { Address } from "../components/Address";
import { Events } from "../components/Events";
import { Log } from "../components/Log";
import { MutualTls } from "../components/MutualTls";
import { Policy } from "../components/Policy";

const TABS = ["config", "log"] as const;

/** The app's own server: where events go, which ones, and what came of each. */
export function Callbacks() {
  const { t } = useTranslation("webhooks");
  const app = Number(useParams({ strict: false }).app);
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const tab = TABS.find((one) => one === wanted) ?? "config";
  const query = useConfig(app);
  const cloud = (name: string, action: string, body: object) => ({
    title: t(`api.${name}`),
    call: { cloud: `im/${action}`, body: { SDKAppID: app, ...body } },
  });
  const Version = query.data?.Version ?? 1;
  return (
    <Page
      title={t("nav.callbacks")}
      lead={t("lead")}
      wide={tab === "log"}
      actions={
        <ApiCallButton
          calls={
            tab === "log"
              ? [
                  cloud("log", "DescribeCallbackLog", { Limit: 20, FailedOnly: true }),
                  cloud("resend", "ResendCallback", { DeliveryId: 1 }),
                  cloud("resendSince", "ResendCallback", { Since: 1764582215310 }),
                ]
              : [
                  cloud("read", "DescribeCallBack", {}),
                  cloud("set", "SetCallBack", {
                    Version,
                    Url: "https://back.example/im",
                    Commands: ["C2C.CallbackAfterSendMsg"],
                  }),
                  cloud("certificates", "DownloadAuthenticateMutually", {}),
                  cloud("test", "SendTestCallback", { Command: "C2C.CallbackAfterSendMsg" }),
                ]
          }
        />
      }
    >
      <Tabs label={t("nav.callbacks")} current={tab} tabs={TABS.map((key) => ({ key, title: t(`tabs.${key}`) }))} />
      <Loaded query={query} rows={8}>
        {(config) =>
          tab === "log" ? (
            <Log app={app} config={config} />
          ) : (
            <>
              <Address app={app} config={config} />
              <MutualTls app={app} />
              <Events app={app} config={config} />
              <Policy app={app} config={config} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
