import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { ByGenerator } from "../components/ByGenerator";
import { BySyntax } from "../components/BySyntax";
import { ByTag } from "../components/ByTag";

const WAYS = { generator: ByGenerator, syntax: BySyntax, tag: ByTag };
type Way = keyof typeof WAYS;

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
