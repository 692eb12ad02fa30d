import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { type Official, useOfficials } from "../api";
import { EditOfficial } from "../components/EditOfficial";

/** Every official account of one app. */
export function Officials() {
  const { t } = useTranslation("officials");
  const format = useFormat();
  const navigate = useNavigate();
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const list = useOfficials(app, state.keyword, state.after, state.size);
  const [making, setMaking] = useState(false);
  const create = (
    <Locked action="im:CreateOfficialAccount" app={app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setMaking(true)}>
          {t("create.open")}
        </Button>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.officials")}
      lead={t("lead")}
      wide
      actions={
        <>
          <ApiCallButton
            calls={[
              {
                title: t("api.create"),
                call: {
                  rest: "official_account_open_http_svc/create_official_account",
                  app,
                  body: { Owner_Account: "mina", Name: "News", OfficialAccountUserID: "@TOA#_news" },
                },
              },
              {
                title: t("api.list"),
                call: { cloud: "im/DescribeOfficialAccounts", body: { SDKAppID: app, Limit: 100 } },
              },
            ]}
          />
          {create}
        </>
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<Official>
            label={t("nav.officials")}
            state={state}
            search={t("search")}
            rows={list.data?.Accounts}
            rowKey={(row) => row.Account}
            paging={{ kind: "cursor", next: list.data?.Cursor ?? "" }}
            error={list.error}
            onRetry={() => list.refetch()}
            stale={list.isPlaceholderData}
            columns={[
              {
                key: "account",
                title: t("account"),
                role: "person",
                render: (row) => (
                  <span className="person">
                    <Avatar src={row.FaceUrl} name={row.Name} size={28} />
                    <span className="person__names">
                      <span className="person__nick">{row.Name}</span>
                      <span className="oneline">
                        <Link
                          to="/apps/$app/officials/$account"
                          params={{ app: String(app), account: row.Account }}
                          className="mono"
                          title={row.Account}
                        >
                          {row.Account}
                        </Link>
                        <CopyButton text={row.Account} />
                      </span>
                    </span>
                  </span>
                ),
              },
              {
                key: "owner",
                title: t("owner"),
                role: "detail",
                render: ({ Owner }) =>
                  Owner.UserID ? (
                    <PersonCell app={app} user={Owner.UserID} nick={Owner.Nick} src={Owner.FaceUrl} />
                  ) : (
                    <span className="quiet">{t("noOwner")}</span>
                  ),
              },
              {
                key: "subscribers",
                title: t("subscribers.title"),
                number: true,
                render: (row) => format.number(row.SubscriberNum),
              },
              {
                key: "last",
                title: t("lastMsg"),
                role: "time",
                render: (row) => <TimeText at={row.LastMsgTime} />,
              },
              { key: "created", title: t("created"), role: "time", render: (row) => <TimeText at={row.CreateTime} /> },
            ]}
            empty={
              <Empty title={t("empty")} about={t("emptyAbout")}>
                {create}
              </Empty>
            }
          />
        </div>
      </section>
      {making && (
        <EditOfficial
          app={app}
          onClose={() => setMaking(false)}
          onDone={(account) =>
            void navigate({ to: "/apps/$app/officials/$account", params: { app: String(app), account } })
          }
        />
      )}
    </Page>
  );
}
