import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon, DeleteIcon, DownloadIcon, UploadIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { type AccountRow, useAccounts } from "../api";
import { CreateAccount } from "../components/CreateAccount";
import { DeleteAccounts } from "../components/DeleteAccounts";
import { ExportAccounts } from "../components/ExportAccounts";
import { ImportAccounts } from "../components/ImportAccounts";
import "../accounts.css";

type Open = { what: "create" | "import" } | { what: "export" | "delete"; users: string[]; clear?: () => void };

/** Every account of one app. */
export function Accounts() {
  const { t } = useTranslation("accounts");
  const format = useFormat();
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useAccounts(app, state.keyword, state.after, state.size);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const create = (
    <Locked action="im:CreateAccount" app={app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setOpen({ what: "create" })}>
          {t("create.open")}
        </Button>
      )}
    </Locked>
  );
  const importing = (
    <Locked action="im:ImportAccounts" app={app}>
      {(lock) => (
        <Button icon={<UploadIcon />} {...lock} onClick={() => setOpen({ what: "import" })}>
          {t("action.import")}
        </Button>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.accounts")}
      lead={data ? t("lead", { count: data.TotalCount, number: format.number(data.TotalCount) }) : t("leadShort")}
      wide
      actions={
        <>
          <ApiCallButton
            calls={[
              {
                title: t("api.import"),
                call: { rest: "im_open_login_svc/account_import", app, body: { UserID: "user1", Nick: "Mina" } },
              },
              {
                title: t("api.list"),
                call: {
                  cloud: "im/DescribeAccountList",
                  body: { SDKAppID: app, Keyword: state.keyword, Limit: state.size },
                },
              },
            ]}
          />
          {importing}
          <Locked action="im:ExportAccounts" app={app}>
            {(lock) => (
              <Button icon={<DownloadIcon />} {...lock} onClick={() => setOpen({ what: "export", users: [] })}>
                {t("action.export")}
              </Button>
            )}
          </Locked>
          {create}
        </>
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<AccountRow>
            label={t("nav.accounts")}
            state={state}
            search={t("search")}
            rows={data?.Accounts}
            rowKey={(row) => row.UserID}
            paging={{ kind: "cursor", next: data?.Next ?? "", total: state.keyword ? undefined : data?.TotalCount }}
            error={error}
            onRetry={() => refetch()}
            stale={isPlaceholderData}
            columns={[
              {
                key: "id",
                title: "UserID",
                render: (row) => (
                  <span className="copytext">
                    <Link
                      to="/apps/$app/accounts/$user"
                      params={{ app: String(app), user: row.UserID }}
                      className="mono break"
                    >
                      {row.UserID}
                    </Link>
                    <CopyButton text={row.UserID} />
                  </span>
                ),
              },
              {
                key: "nick",
                title: t("nick"),
                render: (row) => (
                  <span className="row row--tight nowrap-wide">
                    <Avatar src={row.FaceUrl} name={row.Nick || row.UserID} />
                    <span className="break">{row.Nick || <span className="quiet">–</span>}</span>
                  </span>
                ),
              },
              {
                key: "type",
                title: t("type"),
                render: (row) =>
                  row.Type === "administrator" ? (
                    <Tag tone="primary">{t("types.administrator")}</Tag>
                  ) : (
                    t("types.ordinary")
                  ),
              },
              { key: "created", title: t("created"), render: (row) => <TimeText at={row.CreateTime} /> },
            ]}
            bulk={(rows, clear) => {
              const users = rows.map((row) => row.UserID);
              return (
                <>
                  <Locked action="im:ExportAccounts" app={app}>
                    {(lock) => (
                      <Button
                        icon={<DownloadIcon />}
                        {...lock}
                        onClick={() => setOpen({ what: "export", users, clear })}
                      >
                        {t("action.export")}
                      </Button>
                    )}
                  </Locked>
                  <Locked action="im:RemoveUser" app={app}>
                    {(lock) => (
                      <Button
                        icon={<DeleteIcon />}
                        kind="textDanger"
                        {...lock}
                        onClick={() => setOpen({ what: "delete", users, clear })}
                      >
                        {t("action.delete")}
                      </Button>
                    )}
                  </Locked>
                </>
              );
            }}
            empty={
              <Empty title={t("empty.title")} about={t("empty.about")}>
                {create}
                {importing}
              </Empty>
            }
          />
        </div>
      </section>
      {open?.what === "create" && <CreateAccount app={app} onClose={close} />}
      {open?.what === "import" && <ImportAccounts app={app} onClose={close} />}
      {open?.what === "export" && (
        <ExportAccounts app={app} users={open.users} keyword={open.users.length ? "" : state.keyword} onClose={close} />
      )}
      {open?.what === "delete" && (
        <DeleteAccounts app={app} users={open.users} onClose={close} onDone={open.clear ?? close} />
      )}
    </Page>
  );
}
