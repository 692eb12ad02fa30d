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
import { type Credentials, type User, useLoginUrl, useUsers } from "../api";
import { AddUser } from "../components/AddUser";
import { Authorise } from "../components/Authorise";
import { CredentialsDialog } from "../components/CredentialsDialog";
import { createdColumn, remarkColumn, UserLink } from "../components/columns";
import { QuickCreate } from "../components/QuickCreate";

/** Everyone who may use this console beside root. */
export function Users() {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useUsers();
  const loginUrl = useLoginUrl();
  const [adding, setAdding] = useState<"" | "one" | "quick">("");
  const [authorising, setAuthorising] = useState<User>();
  const [made, setMade] = useState<Credentials[]>();
  const word = state.keyword.toLowerCase();
  const rows = data?.Data.filter(({ Name, Remark, Uin }) => `${Name} ${Remark} ${Uin}`.toLowerCase().includes(word));
  const add = (
    <>
      <Locked action="cam:AddUsers">
        {(lock) => (
          <Button {...lock} onClick={() => setAdding("quick")}>
            {t("quick.open")}
          </Button>
        )}
      </Locked>
      <Locked action="cam:AddUser">
        {(lock) => (
          <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setAdding("one")}>
            {t("users.add")}
          </Button>
        )}
      </Locked>
    </>
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
              {
                title: t("quick.title"),
                call: { cloud: "cam/AddUsers", body: { Users: [{ Name: "mina" }, { Name: "joon" }], PolicyId: [] } },
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
                render: (row) => <UserLink name={row.Name} />,
              },
              {
                key: "uin",
                title: "Uin",
                role: "id",
                sort: (row) => row.Uin,
                render: (row) => <CopyText text={String(row.Uin)} />,
              },
              remarkColumn(t),
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
                role: "time",
                sort: (row) => row.RecentlyLoginTime,
                render: (row) => <TimeText at={utcSeconds(row.RecentlyLoginTime)} />,
              },
              { ...createdColumn<User>(t), sort: (row) => row.CreateTime },
            ]}
            actions={(row) => (
              <Locked action="cam:AttachUserPolicy">
                {(lock) => (
                  <Button kind="text" small {...lock} onClick={() => setAuthorising(row)}>
                    {t("users.authorise")}
                  </Button>
                )}
              </Locked>
            )}
            empty={
              <Empty title={t("users.empty")} about={t("users.emptyAbout")}>
                {add}
              </Empty>
            }
          />
        </div>
      </section>
      {adding === "one" && <AddUser onClose={() => setAdding("")} onMade={(one) => setMade([one])} />}
      {authorising && <Authorise user={authorising.Uin} onClose={() => setAuthorising(undefined)} />}
      {adding === "quick" && <QuickCreate onClose={() => setAdding("")} onMade={setMade} />}
      {made && (
        <CredentialsDialog
          title={made.length === 1 ? t("users.made", { name: made[0]?.Name }) : t("quick.made", { count: made.length })}
          file={`${made.length === 1 ? made[0]?.Name : "credentials"}.csv`}
          owners={made.map((one) => [
            [t("users.name"), one.Name],
            ["Uin", String(one.Uin)],
            [t("password"), one.Password],
            [t("users.login"), loginUrl],
            ["SecretId", one.SecretId],
            ["SecretKey", one.SecretKey],
          ])}
          onClose={() => setMade(undefined)}
        />
      )}
    </Page>
  );
}
