import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { TimeText, utcSeconds } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { type Credentials, type User, useSummary, useUsers } from "../api";
import { AddUser } from "../components/AddUser";
import { CredentialsDialog } from "../components/CredentialsDialog";
import { PasswordRules } from "../components/PasswordRules";

/** Everyone who may use this console beside root. */
export function Users() {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useUsers();
  const summary = useSummary().data;
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Credentials>();
  const word = state.keyword.toLowerCase();
  const rows = data?.Data.filter(({ Name, Remark, Uin }) => `${Name} ${Remark} ${Uin}`.toLowerCase().includes(word));
  const loginUrl = summary ? location.origin + summary.LoginUrl : "";
  const add = (
    <Locked action="cam:AddUser">
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setAdding(true)}>
          {t("users.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.users")}
      lead={t("users.lead")}
      parents={[{ title: t("nav.access") }]}
      actions={
        <>
          <ApiCallButton
            calls={[
              {
                title: t("users.add"),
                call: {
                  cloud: "cam/AddUser",
                  body: { Name: "mina", ConsoleLogin: 1, UseApi: 0, NeedResetPassword: 1 },
                },
              },
              { title: t("users.list"), call: { cloud: "cam/ListUsers", body: {} } },
            ]}
          />
          {add}
        </>
      }
    >
      {loginUrl && (
        <SettingCard title={t("users.login")} lead={t("users.loginAbout")}>
          <CopyText text={loginUrl} />
        </SettingCard>
      )}
      <section className="card">
        <div className="card__body">
          <ResourceTable<User>
            label={t("nav.users")}
            state={state}
            search={t("users.search")}
            rows={rows}
            rowKey={(row) => String(row.Uin)}
            error={error}
            onRetry={() => refetch()}
            columns={[
              {
                key: "name",
                title: t("users.name"),
                sort: (row) => row.Name,
                render: (row) => (
                  <Link to="/access/users/$name" params={{ name: row.Name }}>
                    {row.Name}
                  </Link>
                ),
              },
              {
                key: "uin",
                title: "Uin",
                sort: (row) => row.Uin,
                render: (row) => <CopyText text={String(row.Uin)} />,
              },
              { key: "remark", title: t("remark"), render: (row) => row.Remark || <span className="quiet">–</span> },
              {
                key: "console",
                title: t("users.console"),
                sort: (row) => row.ConsoleLogin,
                render: (row) =>
                  row.ConsoleLogin ? (
                    <span className="row row--tight">
                      <Tag tone="success">{t("allowed")}</Tag>
                      {row.MFA && <Tag tone="primary">TOTP</Tag>}
                    </span>
                  ) : (
                    <span className="quiet">{t("no")}</span>
                  ),
              },
              {
                key: "last",
                title: t("users.lastLogin"),
                sort: (row) => row.RecentlyLoginTime,
                render: (row) => <TimeText at={utcSeconds(row.RecentlyLoginTime)} />,
              },
              {
                key: "created",
                title: t("created"),
                sort: (row) => row.CreateTime,
                render: (row) => <TimeText at={utcSeconds(row.CreateTime)} />,
              },
            ]}
            empty={
              <Empty title={t("users.empty")} about={t("users.emptyAbout")}>
                {add}
              </Empty>
            }
          />
        </div>
      </section>
      <PasswordRules />
      {adding && <AddUser onClose={() => setAdding(false)} onMade={setMade} />}
      {made && (
        <CredentialsDialog
          title={t("users.made", { name: made.Name })}
          file={`${made.Name}.csv`}
          facts={[
            [t("users.name"), made.Name],
            ["Uin", String(made.Uin)],
            [t("password"), made.Password],
            [t("users.login"), loginUrl],
            ["SecretId", made.SecretId],
            ["SecretKey", made.SecretKey],
          ]}
          onClose={() => setMade(undefined)}
        />
      )}
    </Page>
  );
}
