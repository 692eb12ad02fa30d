import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { Pager } from "../../../ui/Pager";
import { ListBar } from "../../../ui/ResourceTable";
import { Skeleton } from "../../../ui/Skeleton";
import { useTableState } from "../../../ui/tableState";
import { useApps } from "../api";
import { AppCardView } from "../components/AppCardView";
import { ComparePlans } from "../components/ComparePlans";
import { CreateApp } from "../components/CreateApp";
import "../apps.css";

/** The home page: every app that one may see. */
export function AppCards() {
  const { t } = useTranslation("apps");
  const format = useFormat();
  const state = useTableState();
  const [open, setOpen] = useState<"create" | "compare" | "">("");
  const asked = state.filter("create") === "1";
  const filters = {
    Keyword: state.keyword || undefined,
    Status: (state.filter("status") || undefined) as never,
    Plan: (state.filter("plan") || undefined) as never,
    Offset: (state.page - 1) * state.size,
    Limit: state.size,
  };
  const { data, error, refetch } = useApps(filters);
  const narrowed = filters.Keyword || filters.Status || filters.Plan;
  const create = (
    <Locked action="im:RegisterIMApp">
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setOpen("create")}>
          {t("create.open")}
        </Button>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.apps")}
      lead={data ? t("lead", { count: data.TotalCount, max: format.number(data.MaxApps) }) : t("leadShort")}
      actions={
        <>
          <ApiCallButton
            calls={[{ title: t("api.list"), call: { cloud: "im/DescribeIMAppList", body: { Limit: 20 } } }]}
          />
          <Button onClick={() => setOpen("compare")}>{t("compare.open")}</Button>
          {create}
        </>
      }
    >
      <ListBar
        state={state}
        search={t("search")}
        filters={[
          {
            name: "status",
            label: t("status"),
            options: ["enabled", "disabled", "expired", "deleting"].map((value) => ({
              value,
              label: t(`app.status.${value}`),
            })),
          },
          {
            name: "plan",
            label: t("plan"),
            options: ["Trial", "Pro", "Flagship"].map((value) => ({ value, label: t(`app.plan.${value}`) })),
          },
        ]}
      />
      {error && <ErrorNote error={error} onRetry={() => refetch()} />}
      {!data && !error && <Skeleton rows={6} />}
      {data && data.Apps.length > 0 && (
        <ul className="appcards">
          {data.Apps.map((app) => (
            <AppCardView key={app.SDKAppID} app={app} />
          ))}
        </ul>
      )}
      {data?.Apps.length === 0 && (
        <section className="card">
          {narrowed ? (
            <Empty title={t("table.nothingFound")} about={t("table.nothingFoundAbout")}>
              <Button onClick={() => state.set({ q: "", status: "", plan: "" })}>{t("table.showAll")}</Button>
            </Empty>
          ) : (
            <Empty title={t("empty.title")} about={t("empty.about")}>
              {create}
            </Empty>
          )}
        </section>
      )}
      {data && data.TotalCount > 20 && (
        <Pager paging={{ kind: "offset", total: data.TotalCount }} state={state} shown={data.Apps.length} />
      )}
      {(open === "create" || asked) && (
        <CreateApp
          onClose={() => {
            setOpen("");
            if (asked) state.set({ create: "" });
          }}
        />
      )}
      {open === "compare" && <ComparePlans onClose={() => setOpen("")} />}
    </Page>
  );
}
