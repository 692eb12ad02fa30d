import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { LinkButton } from "../../../ui/Button";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { tagText } from "../../../ui/TagsInUse";
import { useTableState } from "../../../ui/tableState";
import { type AppCard, useApps, useEveryApp } from "../../apps/api";

interface Row {
  Key: string;
  Value: string;
  apps: AppCard[];
}

/** Every tag that apps have, with those apps. */
function tagsOf(apps: AppCard[]): Row[] {
  const rows = new Map<string, Row>();
  for (const app of apps) {
    for (const { Key, Value } of app.Tags) {
      const row = rows.get(tagText({ Key, Value })) ?? { Key, Value, apps: [] };
      row.apps.push(app);
      rows.set(tagText(row), row);
    }
  }
  return [...rows.values()];
}

export function Tags() {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useApps({ Offset: 0, Limit: 1 });
  const apps = useEveryApp();
  const word = state.keyword.toLowerCase();
  const rows = tagsOf(apps).filter((row) => tagText(row).toLowerCase().includes(word));
  return (
    <Page
      title={t("nav.tags")}
      lead={t("tags.lead")}
      parents={[{ title: t("nav.access") }]}
      actions={
        <ApiCallButton
          calls={[{ title: t("tags.api"), call: { cloud: "im/DescribeIMAppList", body: { Limit: 100 } } }]}
        />
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<Row>
            label={t("nav.tags")}
            state={state}
            search={t("tags.search")}
            rows={data && (apps.length || !data.TotalCount ? rows : undefined)}
            rowKey={tagText}
            error={error}
            onRetry={() => refetch()}
            columns={[
              { key: "key", title: t("tag.key"), role: "id", sort: (row) => row.Key, render: (row) => row.Key },
              {
                key: "value",
                title: t("tag.value"),
                role: "id",
                sort: (row) => row.Value,
                render: (row) => row.Value || <span className="quiet">–</span>,
              },
              {
                key: "apps",
                title: t("nav.apps"),
                sort: (row) => row.apps.length,
                render: (row) => <Apps apps={row.apps} />,
              },
            ]}
            actions={(row) => (
              <Locked action="cam:CreatePolicy">
                {(lock) => (
                  <LinkButton
                    to="/access/policies/new"
                    search={{ tab: "tag", tag: tagText(row) } as never}
                    kind="text"
                    aria-disabled={lock.disabled}
                  >
                    {t("tags.policy")}
                  </LinkButton>
                )}
              </Locked>
            )}
            empty={<Empty title={t("tags.empty")} about={t("tags.emptyAbout")} />}
          />
        </div>
      </section>
    </Page>
  );
}

function Apps({ apps }: { apps: AppCard[] }) {
  return (
    <span className="row row--tight">
      {apps.slice(0, 5).map(({ SDKAppID, Name }) => (
        <Link key={SDKAppID} to="/apps/$app/basic" params={{ app: String(SDKAppID) }}>
          {Name}
        </Link>
      ))}
      {apps.length > 5 && <span className="quiet">+{apps.length - 5}</span>}
    </span>
  );
}
