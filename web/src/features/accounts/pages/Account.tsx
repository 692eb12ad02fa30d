import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import i18next from "i18next";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../../api/hooks";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { TimeText } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page, SettingCard } from "../../../ui/Page";
import { Skeleton } from "../../../ui/Skeleton";
import { Tabs } from "../../../ui/Tabs";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { type Account as AccountData, useAccount, useKick } from "../api";
import { type AccountTab, accountCalls } from "../apiCalls";
import { DeleteAccounts } from "../components/DeleteAccounts";
import { EditProfile } from "../components/EditProfile";
import { ProfileValue } from "../components/ProfileValue";
import { profileFields } from "../components/profileFields";
import { useFieldName } from "../components/useFieldName";
import "../accounts.css";

const Relations = lazy(async () => {
  const [module] = await Promise.all([import("../../relations/pages/Relations"), i18next.loadNamespaces("relations")]);
  return { default: module.Relations };
});

const TABS: AccountTab[] = ["profile", "friends", "lists", "requests", "blacklist", "follow"];

/** One account: its profile and everything that ties it to others. */
export function Account() {
  const { t } = useTranslation("accounts");
  const params = useParams({ strict: false }) as { app: string; user: string };
  const app = Number(params.app);
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const tab = TABS.find((one) => one === wanted) ?? "profile";
  const account = useAccount(app, params.user);
  const navigate = useNavigate();
  const [open, setOpen] = useState<"kick" | "delete" | "">("");
  return (
    <Page
      title={params.user}
      parents={[{ title: t("nav.accounts"), to: "/apps/$app/accounts" }]}
      lead={account.data && <Summary account={account.data} />}
      actions={
        <>
          <ApiCallButton
            calls={accountCalls(tab, app, params.user).map(({ name, call }) => ({ title: t(`api.${name}`), call }))}
          />
          <Locked action="im:KickAccount" app={app}>
            {(lock) => (
              <Button {...lock} disabled={lock.disabled || !account.data} onClick={() => setOpen("kick")}>
                {t("kick.open")}
              </Button>
            )}
          </Locked>
          {account.data && (
            <Locked action="im:RemoveUser" app={app}>
              {(lock) => (
                <Button
                  kind="textDanger"
                  disabled={lock.disabled || account.data.Type === "administrator"}
                  title={lock.title}
                  onClick={() => setOpen("delete")}
                >
                  {t("action.delete")}
                </Button>
              )}
            </Locked>
          )}
        </>
      }
    >
      {account.data?.Type === "administrator" && (
        <p className="quiet">
          {t("delete.adminFirst")}{" "}
          <Link to="/apps/$app/basic" params={{ app: params.app }}>
            {t("nav.basic")}
          </Link>
        </p>
      )}
      <Tabs label={params.user} current={tab} tabs={TABS.map((key) => ({ key, title: t(`tabs.${key}`) }))} />
      {tab === "profile" ? (
        <Loaded query={account} rows={8}>
          {(data) => <Profile app={app} account={data} />}
        </Loaded>
      ) : (
        <Suspense fallback={<Skeleton />}>
          <Relations app={app} user={params.user} tab={tab} />
        </Suspense>
      )}
      {open === "kick" && <Kick app={app} user={params.user} onClose={() => setOpen("")} />}
      {open === "delete" && (
        <DeleteAccounts
          app={app}
          users={[params.user]}
          onClose={() => setOpen("")}
          onDone={() => void navigate({ to: "/apps/$app/accounts", params: { app: params.app } })}
        />
      )}
    </Page>
  );
}

function Summary({ account }: { account: AccountData }) {
  const { t } = useTranslation("accounts");
  return (
    <span className="profile__head">
      <Avatar src={account.FaceUrl} name={account.Nick || account.UserID} size={32} />
      <span>{account.Nick || t("noNick")}</span>
      <Tag tone={account.Type === "administrator" ? "primary" : "default"}>{t(`types.${account.Type}`)}</Tag>
      <span>
        {t("created")} <TimeText at={account.CreateTime} />
      </span>
    </span>
  );
}

function Profile({ app, account }: { app: number; account: AccountData }) {
  const { t } = useTranslation("accounts");
  const nameOf = useFieldName();
  const [open, setOpen] = useState(false);
  const ability = useRead("im/DescribeAbilityConfInfo", { SDKAppID: app });
  return (
    <SettingCard
      title={t("tabs.profile")}
      actions={
        <Locked action="im:ModifyAccountProfile" app={app}>
          {(lock) => (
            <Button
              icon={<EditIcon />}
              disabled={lock.disabled || !ability.data}
              title={lock.title}
              onClick={() => setOpen(true)}
            >
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      <Loaded query={ability} rows={8}>
        {(data) => (
          <dl className="facts">
            <div>
              <dt>UserID</dt>
              <dd>
                <CopyText text={account.UserID} />
              </dd>
            </div>
            {profileFields(data).map((field) => (
              <div key={field.tag} className={field.name === "SelfSignature" ? "facts__wide" : undefined}>
                <dt title={field.tag}>{nameOf(field)}</dt>
                <dd>
                  <ProfileValue field={field} value={account.Profile[field.tag]} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Loaded>
      {open && ability.data && (
        <EditProfile app={app} account={account} ability={ability.data} onClose={() => setOpen(false)} />
      )}
    </SettingCard>
  );
}

function Kick({ app, user, onClose }: { app: number; user: string; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const kick = useKick();
  return (
    <Confirm
      title={t("kick.title", { id: user })}
      submit={t("kick.open")}
      busy={kick.isPending}
      error={kick.error}
      onClose={onClose}
      onConfirm={() =>
        kick.mutate(
          { SDKAppID: app, UserID: user },
          {
            onSuccess: () => {
              say(t("kick.done", { id: user }));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("kick.about")}</p>
    </Confirm>
  );
}
