import "../troubles.css";
import { useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Page } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { useTableState } from "../../../ui/tableState";
import { askedOf } from "../api";
import { Live } from "../components/Live";
import { Search } from "../components/Search";

const TABS = ["search", "live"] as const;

/** What happened to calls, callbacks and pushes, and what to do about failures. */
export function Troubleshooting() {
  const { t } = useTranslation("troubleshooting");
  const app = Number(useParams({ strict: false }).app);
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const tab = TABS.find((one) => one === wanted) ?? "search";
  const asked = askedOf(app, useTableState(), Math.floor(Date.now() / 1000));
  return (
    <Page
      title={t("nav.troubleshooting")}
      lead={t("lead")}
      wide
      actions={
        <ApiCallButton calls={[{ title: t("api"), call: { cloud: "im/DescribeTroubleshootingLog", body: asked } }]} />
      }
    >
      <Tabs
        label={t("nav.troubleshooting")}
        current={tab}
        tabs={TABS.map((key) => ({ key, title: t(`tabs.${key}`) }))}
      />
      {tab === "live" ? <Live app={app} /> : <Search app={app} />}
    </Page>
  );
}
