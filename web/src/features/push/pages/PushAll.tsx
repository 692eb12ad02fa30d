import { useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Page } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { Attributes } from "../components/Attributes";
import { Composer, EMPTY } from "../components/Composer";
import { Tasks } from "../components/Tasks";
import "../push.css";

const TABS = ["compose", "report", "attributes"] as const;

/** Pushes to everyone, by tag or by attribute. */
export function PushAll() {
  const { t } = useTranslation("push");
  const app = Number(useParams({ strict: false }).app);
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const tab = TABS.find((one) => one === wanted) ?? "compose";
  const [draft, setDraft] = useState(EMPTY);
  const rest = (name: string, command: string, body: object) => ({
    title: t(`api.${name}`),
    call: { rest: command, app, body },
  });
  const calls = {
    compose: [
      rest("push", "timpush/push", {
        MsgRandom: 771204,
        Condition: { TagsOr: ["river"] },
        OfflinePushInfo: { Title: t("api.sampleTitle"), Desc: t("api.sampleText") },
      }),
      rest("plan", "timpush/add_sched_task", {
        Type: "Tag",
        SchedAt: "2027-01-01 09:00:00",
        Content: {
          MsgRandom: 771206,
          Condition: { TagsOr: ["river"] },
          OfflinePushInfo: { Title: t("api.sampleTitle"), Desc: t("api.sampleText") },
        },
      }),
      rest("message", "all_member_push/im_push", {
        MsgRandom: 771205,
        MsgLifeTime: 3600,
        MsgBody: [{ MsgType: "TIMTextElem", MsgContent: { Text: t("api.sampleText") } }],
      }),
    ],
    report: [
      rest("report", "openim/im_get_push_report", { TaskIds: [`${app}_144115_1764582215310_771204`] }),
      rest("revoke", "timpush/revoke", {
        TaskId: `${app}_144115_1764582215310_771204`,
        OfflinePushInfo: { Title: t("api.sampleTitle"), Desc: t("revoke.sample") },
      }),
    ],
    attributes: [
      rest("names", "all_member_push/im_set_attr_name", { AttrNames: { "0": "tier", "1": "city" } }),
      rest("attrs", "all_member_push/im_set_attr", { UserAttrs: [{ To_Account: "user1", Attrs: { tier: "gold" } }] }),
      rest("tags", "all_member_push/im_add_tag", { UserTags: [{ To_Account: "user1", Tags: ["river"] }] }),
    ],
  };
  return (
    <Page
      title={t("nav.pushAll")}
      lead={t("lead.all")}
      wide={tab !== "attributes"}
      actions={<ApiCallButton calls={calls[tab]} />}
    >
      <Tabs label={t("nav.pushAll")} current={tab} tabs={TABS.map((key) => ({ key, title: t(`tabs.${key}`) }))} />
      {tab === "compose" && <Composer key={app} app={app} draft={draft} onDraft={setDraft} />}
      {tab === "report" && <Tasks app={app} />}
      {tab === "attributes" && <Attributes app={app} />}
    </Page>
  );
}
