import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { MenuItem, MoreButton } from "../../../ui/Menu";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { type Official, useOfficials } from "../api";
import { DestroyOfficial } from "../components/DestroyOfficial";
import { EditOfficial } from "../components/EditOfficial";
import { SendOfficial } from "../components/SendOfficial";

interface Open {
  what: "send" | "edit" | "destroy";
  row: Official;
}

/** Every official account of one app. */
export function Officials() {
  const { t } = useTranslation("officials");
  const format = useFormat();
  const navigate = useNavigate();
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const list = useOfficials(app, state.keyword, state.after, state.size);
  const [making, setMaking] = useState(false);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
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
                      <span className="person__nick" title={row.Name}>
                        {row.Name}
                      </span>
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
            actions={(row) => (
              <MoreButton label={t("rowMenu", { name: row.Name })} width={200}>
                {(close) => (
                  <RowMenu
                    app={app}
                    act={(what) => {
                      close();
                      setOpen({ what, row });
                    }}
                  />
                )}
              </MoreButton>
            )}
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
      {open?.what === "send" && <SendOfficial place={{ app, account: open.row.Account }} onClose={close} />}
      {open?.what === "edit" && <EditOfficial app={app} official={open.row} onClose={close} />}
      {open?.what === "destroy" && (
        <DestroyOfficial
          place={{ app, account: open.row.Account }}
          name={open.row.Name || open.row.Account}
          onClose={close}
          onDone={close}
        />
      )}
    </Page>
  );
}

/** What can be done with one of them, without opening it. */
function RowMenu({ app, act }: { app: number; act: (what: Open["what"]) => void }) {
  const { t } = useTranslation("officials");
  const maySend = useAllowed("im:SendOfficialMsg", app);
  const mayEdit = useAllowed("im:ModifyOfficialAccount", app);
  const mayDestroy = useAllowed("im:DestroyOfficialAccount", app);
  return (
    <>
      <MenuItem disabled={maySend === false} onClick={() => act("send")}>
        {t("send.open")}
      </MenuItem>
      <MenuItem disabled={mayEdit === false} onClick={() => act("edit")}>
        {t("action.edit")}
      </MenuItem>
      <MenuItem danger disabled={mayDestroy === false} onClick={() => act("destroy")}>
        {t("destroy.open")}
      </MenuItem>
    </>
  );
}
