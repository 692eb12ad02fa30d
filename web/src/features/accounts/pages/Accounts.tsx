import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon, DeleteIcon, DownloadIcon, EditIcon, UploadIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { MenuItem, MoreButton } from "../../../ui/Menu";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { type AccountRow, type ListRequest, typeOf, useAccounts } from "../api";
import { CreateAccount } from "../components/CreateAccount";
import { DeleteAccounts } from "../components/DeleteAccounts";
import { ExportAccounts } from "../components/ExportAccounts";
import { ImportAccounts } from "../components/ImportAccounts";
import "../accounts.css";

type Open =
  | { what: "create" | "import" }
  | { what: "export"; users: string[]; clear?: () => void }
  | { what: "delete"; users: string[]; spared?: string[]; clear?: () => void };

/** Every account of one app. */
export function Accounts() {
  const { t } = useTranslation("accounts");
  const format = useFormat();
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const request: ListRequest = {
    SDKAppID: app,
    Keyword: state.keyword || undefined,
    After: state.after || undefined,
    Limit: state.size,
    Type: (state.filter("type") as ListRequest["Type"]) || undefined,
    Sort: (state.sort as ListRequest["Sort"]) || undefined,
  };
  const { data, error, refetch, isPlaceholderData } = useAccounts(request);
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
      lead={
        data && (state.keyword || !request.Type)
          ? t(state.keyword ? "hits" : "lead", {
              count: data.TotalCount,
              number: `${format.number(data.TotalCount)}${data.Exact ? "" : "+"}`,
              keyword: state.keyword,
            })
          : t("leadShort")
      }
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
            filters={[
              {
                name: "type",
                label: t("type"),
                options: (["ordinary", "administrator"] as const).map((value) => ({
                  value,
                  label: t(`types.${value}`),
                })),
              },
            ]}
            rows={data?.Accounts}
            rowKey={(row) => row.UserID}
            paging={{
              kind: "cursor",
              next: data?.Next ?? "",
              total: (!state.keyword && request.Type === "ordinary") || !data?.Exact ? undefined : data.TotalCount,
            }}
            error={error}
            onRetry={() => refetch()}
            stale={isPlaceholderData}
            columns={[
              {
                key: "UserID",
                title: "UserID",
                role: "person",
                sorted: true,
                render: (row) => <PersonCell app={app} user={row.UserID} nick={row.Nick} src={row.FaceUrl} />,
              },
              {
                key: "type",
                title: t("type"),
                role: "state",
                render: (row) =>
                  row.Type === "administrator" ? <Tag tone="primary">{t("types.administrator")}</Tag> : t(typeOf(row)),
              },
              {
                key: "CreateTime",
                title: t("created"),
                role: "time",
                sorted: true,
                render: (row) => <TimeText at={row.CreateTime} />,
              },
            ]}
            actions={(row) => (
              <MoreButton label={t("rowMenu", { name: row.UserID })} width={200}>
                {(close) => <RowMenu app={app} row={row} close={close} open={setOpen} />}
              </MoreButton>
            )}
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
                        onClick={() => {
                          const named = (some: AccountRow[]) => some.map((row) => row.UserID);
                          const admins = rows.filter(({ Type }) => Type === "administrator");
                          const others = rows.filter(({ Type }) => Type !== "administrator");
                          setOpen({ what: "delete", users: named(others), spared: named(admins), clear });
                        }}
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
        <DeleteAccounts
          app={app}
          users={open.users}
          spared={open.spared}
          onClose={close}
          onDone={open.clear ?? close}
        />
      )}
    </Page>
  );
}

interface RowMenuProps {
  app: number;
  row: AccountRow;
  close: () => void;
  open: (what: Open) => void;
}

/** What can be done with one account, without opening it. */
function RowMenu({ app, row, close, open }: RowMenuProps) {
  const { t } = useTranslation("accounts");
  const navigate = useNavigate();
  const mayExport = useAllowed("im:ExportAccounts", app);
  const mayEdit = useAllowed("im:ModifyAccountProfile", app);
  const mayDelete = useAllowed("im:RemoveUser", app);
  const act = (doing: () => void) => () => {
    close();
    doing();
  };
  return (
    <>
      <MenuItem
        icon={<EditIcon />}
        disabled={mayEdit === false}
        onClick={act(() => {
          const params = { app: String(app), user: row.UserID };
          void navigate({ to: "/apps/$app/accounts/$user", params, search: { edit: "1" } as never });
        })}
      >
        {t("action.edit")}
      </MenuItem>
      <MenuItem
        icon={<DownloadIcon />}
        disabled={mayExport === false}
        onClick={act(() => open({ what: "export", users: [row.UserID] }))}
      >
        {t("action.export")}
      </MenuItem>
      <MenuItem
        danger
        icon={<DeleteIcon />}
        disabled={mayDelete === false || row.Type === "administrator"}
        title={row.Type === "administrator" ? t("delete.adminFirst") : undefined}
        onClick={act(() => open({ what: "delete", users: [row.UserID] }))}
      >
        {t("action.delete")}
      </MenuItem>
    </>
  );
}
