import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import i18next from "i18next";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../../api/hooks";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Avatar } from "../../../ui/Avatar";
import { Button, LinkButton } from "../../../ui/Button";
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
import {
  type Account as AccountData,
  type AccountState,
  isOfficial,
  typeOf,
  useAccount,
  useAccountState,
  useKick,
} from "../api";
import { type AccountTab, accountCalls } from "../apiCalls";
import { DeleteAccounts } from "../components/DeleteAccounts";
import { EditProfile } from "../components/EditProfile";
import { MakeUserSig } from "../components/MakeUserSig";
import { ProfileValue } from "../components/ProfileValue";
import { profileFields } from "../components/profileFields";
import { useFieldName } from "../components/useFieldName";
import "../accounts.css";

const Relations = lazy(async () => {
  const [module] = await Promise.all([import("../../relations/pages/Relations"), i18next.loadNamespaces("relations")]);
  return { default: module.Relations };
});

const Groups = lazy(async () => {
  const [module] = await Promise.all([import("../../groups/components/OfAccount"), i18next.loadNamespaces("groups")]);
  return { default: module.OfAccount };
});

const Push = lazy(async () => {
  const [module] = await Promise.all([import("../../push/components/OfAccount"), i18next.loadNamespaces("push")]);
  return { default: module.OfAccount };
});

const TABS: AccountTab[] = ["profile", "groups", "friends", "lists", "requests", "blacklist", "follow", "push"];

/** One account: its profile and everything that ties it to others. */
export function Account() {
  const { t } = useTranslation("accounts");
  const params = useParams({ strict: false }) as { app: string; user: string };
  const app = Number(params.app);
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const tab = TABS.find((one) => one === wanted) ?? "profile";
  const account = useAccount(app, params.user);
  const ties = useAccountState(app, params.user);
  const navigate = useNavigate();
  const [open, setOpen] = useState<"kick" | "delete" | "sign" | "">("");
  return (
    <Page
      title={account.data?.Nick || params.user}
      crumb={params.user}
      media={<Avatar src={account.data?.FaceUrl} name={account.data?.Nick || params.user} size={56} />}
      parents={[{ title: t("nav.accounts"), to: "/apps/$app/accounts" }]}
      lead={account.data && <Summary account={account.data} state={ties.data} />}
      actions={
        <>
          <ApiCallButton
            calls={accountCalls(tab, app, params.user).map(({ name, call }) => ({ title: t(`api.${name}`), call }))}
          />
          {account.data && !isOfficial(params.user) && (
            <LinkButton to="/apps/$app/overview" params={{ app: params.app }} search={{ as: params.user } as never}>
              {t("chat")}
            </LinkButton>
          )}
          <Locked action="im:CreateSecretUserSig" app={app}>
            {(lock) => (
              <Button {...lock} disabled={lock.disabled || !account.data} onClick={() => setOpen("sign")}>
                {t("sign.open")}
              </Button>
            )}
          </Locked>
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
      {isOfficial(params.user) && (
        <p className="quiet">
          {t("officialAbout")}{" "}
          <Link to="/apps/$app/officials/$account" params={{ app: params.app, account: params.user }}>
            {t("types.official")}
          </Link>
        </p>
      )}
      <Tabs
        label={params.user}
        current={tab}
        tabs={TABS.map((key) => ({ key, title: t(`tabs.${key}`), count: countOf(key, ties.data) }))}
      />
      {tab === "profile" ? (
        <Loaded query={account} rows={8}>
          {(data) => <Profile app={app} account={data} />}
        </Loaded>
      ) : (
        <Suspense fallback={<Skeleton />}>
          {tab === "groups" ? (
            <Groups app={app} user={params.user} />
          ) : tab === "push" ? (
            <Push app={app} user={params.user} />
          ) : (
            <Relations app={app} user={params.user} tab={tab} />
          )}
        </Suspense>
      )}
      {open === "sign" && <MakeUserSig app={app} user={params.user} onClose={() => setOpen("")} />}
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

/** What is behind each tab, as far as the server counts it. */
function countOf(tab: AccountTab, state: AccountState | undefined): number | undefined {
  if (!state) return undefined;
  const counts: Partial<Record<AccountTab, number>> = {
    groups: state.Groups,
    friends: state.Friends,
    lists: state.FriendGroups,
    requests: state.FriendRequests,
    blacklist: state.Blacklist,
    follow: state.Following,
  };
  return counts[tab];
}

function Summary({ account, state }: { account: AccountData; state: AccountState | undefined }) {
  const { t } = useTranslation("accounts");
  return (
    <span className="profile__head">
      <CopyText text={account.UserID} />
      <Tag tone={account.Type === "administrator" ? "primary" : "default"}>{t(typeOf(account))}</Tag>
      {state && (
        <Tag tone={state.Online ? "success" : "default"}>{t(state.Online ? "state.online" : "state.offline")}</Tag>
      )}
      {state?.Devices.map(({ Platform, LoginTime }) => (
        <span key={`${Platform}${LoginTime}`}>
          {Platform}: {t("state.since")} <TimeText at={LoginTime} />
        </span>
      ))}
      <span>
        {t("created")} <TimeText at={account.CreateTime} />
      </span>
    </span>
  );
}

/** A signature takes a line of its own once it needs one. */
const isLong = (name: string, { Profile: values }: AccountData) =>
  name === "SelfSignature" && String(values.Tag_Profile_IM_SelfSignature ?? "").length > 40;

function Profile({ app, account }: { app: number; account: AccountData }) {
  const { t } = useTranslation("accounts");
  const nameOf = useFieldName();
  const { edit } = useSearch({ strict: false }) as { edit?: string };
  const [open, setOpen] = useState(Boolean(edit));
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
              <div key={field.tag} className={isLong(field.name, account) ? "facts__wide" : undefined}>
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
