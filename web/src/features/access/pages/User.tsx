import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { Confirm, ConfirmByTyping } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { Checkbox } from "../../../ui/Field";
import { TimeText, utcSeconds } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page, SettingCard, SettingRow } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { type User as UserData, useClearMfa, useDeleteUser, useUser } from "../api";
import { Boundary } from "../components/Boundary";
import { EditUser } from "../components/EditUser";
import { KeyTable } from "../components/KeyTable";
import { ResetPassword } from "../components/ResetPassword";
import { Simulate } from "../components/Simulate";
import { UserGroups } from "../components/UserGroups";
import { UserPolicies } from "../components/UserPolicies";

const TABS = ["details", "policies", "groups", "keys", "simulate"] as const;

/** One sub-user: who, what it may do and why, its groups and keys. */
export function User() {
  const { t } = useTranslation("access");
  const { name = "" } = useParams({ strict: false }) as { name?: string };
  const { tab: wanted } = useSearch({ strict: false }) as { tab?: string };
  const tab = TABS.find((one) => one === wanted) ?? "details";
  const user = useUser(name);
  const [deleting, setDeleting] = useState(false);
  return (
    <Page
      title={name}
      lead={user.data?.Remark}
      parents={[{ title: t("nav.access") }, { title: t("nav.users"), to: "/access/users" }]}
      actions={
        <>
          <ApiCallButton
            calls={[
              { title: t("user.read"), call: { cloud: "cam/GetUser", body: { Name: name } } },
              {
                title: t("user.attach"),
                call: { cloud: "cam/AttachUserPolicy", body: { PolicyId: 1, AttachUin: user.data?.Uin ?? 0 } },
              },
            ]}
          />
          <Locked action="cam:DeleteUser">
            {(lock) => (
              <Button kind="textDanger" {...lock} onClick={() => setDeleting(true)}>
                {t("action.delete")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <Tabs label={name} current={tab} tabs={TABS.map((key) => ({ key, title: t(`user.tabs.${key}`) }))} />
      <Loaded query={user} rows={6}>
        {(data) => (
          <>
            {tab === "details" && <Details user={data} />}
            {tab === "policies" && (
              <>
                <UserPolicies user={data} />
                <Boundary user={data} />
              </>
            )}
            {tab === "groups" && <UserGroups user={data} />}
            {tab === "keys" && <KeyTable uin={data.Uin} name={data.Name} />}
            {tab === "simulate" && <Simulate user={data} />}
            {deleting && <DeleteUser user={data} onClose={() => setDeleting(false)} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Details({ user }: { user: UserData }) {
  const { t } = useTranslation("access");
  const [open, setOpen] = useState<"edit" | "reset" | "mfa" | "">("");
  const clear = useClearMfa();
  const blank = <span className="quiet">–</span>;
  return (
    <>
      <SettingCard
        title={t("user.tabs.details")}
        actions={
          <Locked action="cam:UpdateUser">
            {(lock) => (
              <Button icon={<EditIcon />} {...lock} onClick={() => setOpen("edit")}>
                {t("action.edit")}
              </Button>
            )}
          </Locked>
        }
      >
        <dl className="facts">
          <div>
            <dt>{t("users.name")}</dt>
            <dd>{user.Name}</dd>
          </div>
          <div>
            <dt>Uin</dt>
            <dd>
              <CopyText text={String(user.Uin)} />
            </dd>
          </div>
          <div>
            <dt>{t("remark")}</dt>
            <dd>{user.Remark || blank}</dd>
          </div>
          <div>
            <dt>{t("users.email")}</dt>
            <dd>{user.Email || blank}</dd>
          </div>
          <div>
            <dt>{t("created")}</dt>
            <dd>
              <TimeText at={utcSeconds(user.CreateTime)} />
            </dd>
          </div>
          <div>
            <dt>{t("users.lastLogin")}</dt>
            <dd>
              <TimeText at={utcSeconds(user.RecentlyLoginTime)} />{" "}
              <span className="mono quiet">{user.RecentlyLoginIP}</span>
            </dd>
          </div>
        </dl>
      </SettingCard>
      <SettingCard title={t("user.security")}>
        <SettingRow name={t("users.console")} about={t("user.consoleAbout")}>
          <Tag tone={user.ConsoleLogin ? "success" : "default"}>{user.ConsoleLogin ? t("allowed") : t("no")}</Tag>
          <Locked action="cam:ResetPassword">
            {(lock) => (
              <Button {...lock} onClick={() => setOpen("reset")}>
                {t("user.reset")}
              </Button>
            )}
          </Locked>
        </SettingRow>
        <SettingRow name={t("user.mfa")} about={t("user.mfaAbout")}>
          <Tag tone={user.MFA ? "success" : "default"}>{user.MFA ? t("user.on") : t("user.off")}</Tag>
          {user.MFA && <Button onClick={() => setOpen("mfa")}>{t("user.mfaClear")}</Button>}
        </SettingRow>
      </SettingCard>
      {open === "edit" && <EditUser user={user} onClose={() => setOpen("")} />}
      {open === "reset" && <ResetPassword user={user} onClose={() => setOpen("")} />}
      {open === "mfa" && (
        <Confirm
          title={t("user.mfaClear")}
          submit={t("user.mfaClear")}
          busy={clear.isPending}
          error={clear.error}
          onClose={() => setOpen("")}
          onConfirm={() =>
            clear.mutate(
              { OpUin: user.Uin, LoginFlag: { Stoken: 0 } },
              {
                onSuccess: () => {
                  say(t("action.saved"));
                  setOpen("");
                },
              },
            )
          }
        >
          <p>{t("user.mfaClearAbout", { name: user.Name })}</p>
        </Confirm>
      )}
    </>
  );
}

function DeleteUser({ user, onClose }: { user: UserData; onClose: () => void }) {
  const { t } = useTranslation("access");
  const navigate = useNavigate();
  const [force, setForce] = useState(false);
  const remove = useDeleteUser();
  const done = () => {
    onClose();
    say(t("user.deleted", { name: user.Name }));
    void navigate({ to: "/access/users" });
  };
  return (
    <ConfirmByTyping
      title={t("user.deleteTitle", { name: user.Name })}
      name={user.Name}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ Name: user.Name, Force: force ? 1 : 0 }, { onSuccess: done })}
    >
      <p>{t("user.deleteAbout")}</p>
      <Checkbox checked={force} onChange={setForce} label={t("user.deleteKeys")} />
    </ConfirmByTyping>
  );
}
