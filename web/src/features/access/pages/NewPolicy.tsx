import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import type { CloudCall } from "../../../ui/curl";
import { Page } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { ByGenerator } from "../components/ByGenerator";
import { BySyntax } from "../components/BySyntax";
import { ByTag } from "../components/ByTag";

const WAYS = { generator: ByGenerator, syntax: BySyntax, tag: ByTag };
type Way = keyof typeof WAYS;

const PolicyDocument = JSON.stringify({
  version: "2.0",
  statement: [{ effect: "allow", action: ["name/im:Describe*"], resource: "*" }],
});
const CREATE = { cloud: "cam/CreatePolicy", body: { PolicyName: "chat-readers", PolicyDocument } };
/** What each way calls, for an example. */
const CALLS: Record<Way, CloudCall[]> = {
  generator: [
    {
      cloud: "cam/BuildPolicyDocument",
      body: { Statements: [{ Effect: "allow", Actions: ["name/im:Describe*"], Resources: ["*"] }] },
    },
    CREATE,
  ],
  syntax: [{ cloud: "cam/CheckPolicySyntax", body: { PolicyDocument } }, CREATE],
  tag: [
    {
      cloud: "cam/CreateTagPolicy",
      body: { PolicyName: "team-post", Actions: ["name/im:*"], Tags: [{ Key: "team", Value: "post" }], Uins: [] },
    },
  ],
};

/** A new policy: put together, written, or by tags. */
export function NewPolicy() {
  const { t } = useTranslation("access");
  const { tab = "" } = useSearch({ strict: false }) as { tab?: string };
  const way: Way = tab in WAYS ? (tab as Way) : "generator";
  const Editor = WAYS[way];
  return (
    <Page
      title={t("policies.create")}
      lead={t(`new.${way}.lead`)}
      parents={[{ title: t("nav.access") }, { title: t("nav.policies"), to: "/access/policies" }]}
      actions={<ApiCallButton calls={CALLS[way].map((call) => ({ title: t(`new.api.${call.cloud}`), call }))} />}
    >
      <Tabs
        label={t("policies.create")}
        current={way}
        tabs={(Object.keys(WAYS) as Way[]).map((key) => ({ key, title: t(`new.${key}.title`) }))}
      />
      <Editor />
    </Page>
  );
}
