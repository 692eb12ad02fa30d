import { useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Page } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { CertificateList } from "../components/CertificateList";
import { Failures } from "../components/Failures";
import "../push.css";

const TABS = ["certificates", "failures"] as const;

/** The credentials with which the server pushes through the vendors' services, and what those did not take. */
export function Certificates() {
  const { t } = useTranslation("push");
  const app = Number(useParams({ strict: false }).app);
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const tab = TABS.find((one) => one === wanted) ?? "certificates";
  const cloud = (name: string, action: string, body: object) => ({
    title: t(`api.${name}`),
    call: { cloud: `im/${action}`, body: { SDKAppID: app, ...body } },
  });
  return (
    <Page
      title={t("nav.pushCertificates")}
      lead={t("lead.certificates")}
      wide
      actions={
        <ApiCallButton
          calls={
            tab === "failures"
              ? [cloud("failures", "DescribePushFailures", { Limit: 50 })]
              : [
                  cloud("list", "DescribePushCertificates", {}),
                  cloud("put", "PutPushCertificate", {
                    Vendor: "xiaomi",
                    Fields: { PackageName: "com.example.chat", AppId: "2882303", AppSecret: "..." },
                  }),
                  cloud("delete", "DeletePushCertificate", { CertificateId: 10001 }),
                ]
          }
        />
      }
    >
      <Tabs
        label={t("nav.pushCertificates")}
        current={tab}
        tabs={TABS.map((key) => ({ key, title: t(`tabs.${key}`) }))}
      />
      {tab === "failures" ? <Failures app={app} /> : <CertificateList app={app} />}
    </Page>
  );
}
