import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { useChange, useRead } from "../../../api/hooks";
import { useWho } from "../../../api/session";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { agentName, TimeText } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { Loaded, Page, SettingCard, SettingRow } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { MfaSetup } from "../components/MfaSetup";
import { useNewSession } from "../newSession";

type PasswordRules = Data<"session/DescribePasswordRules">;
type Session = Data<"session/DescribeSessions">["Sessions"][number];

/** Who I am, my password, my one-time code, and where I am signed in. */
export function Me() {
  const { t } = useTranslation("session");
  const who = useWho();
  const [open, setOpen] = useState<"password" | "mfa" | "mfaOff" | "" | undefined>();
  if (!who) return null;
  const shown = open ?? (who.MustChangePassword ? "password" : "");
  return (
    <Page title={t("me.title")} lead={t("me.lead")}>
      {who.MustChangePassword && <Note tone="warning">{t("me.mustChange")}</Note>}
      <SettingCard>
        <dl className="facts">
          <div>
            <dt>{t("login.name")}</dt>
            <dd>
              {who.Name} <Tag>{t(`me.type.${who.Type}`)}</Tag>
            </dd>
          </div>
          <div>
            <dt>Uin</dt>
            <dd>
              <CopyText text={String(who.Uin)} />
            </dd>
          </div>
          <div>
            <dt>{t("me.lastLogin")}</dt>
            <dd>
              <TimeText at={who.LastLoginTime} /> <span className="mono quiet">{who.LastLoginIp}</span>
            </dd>
          </div>
        </dl>
      </SettingCard>
      <SettingCard title={t("me.security")}>
        <SettingRow name={t("login.password")} about={t("me.passwordAbout")}>
          <Button onClick={() => setOpen("password")}>{t("me.changePassword")}</Button>
        </SettingRow>
        <SettingRow name={t("me.mfa")} about={t("me.mfaAbout")}>
          <Tag tone={who.MFA ? "success" : "default"}>{who.MFA ? t("me.on") : t("me.off")}</Tag>
          {who.MFA ? (
            <Button onClick={() => setOpen("mfaOff")}>{t("me.mfaDisable")}</Button>
          ) : (
            <Button onClick={() => setOpen("mfa")}>{t("me.mfaEnable")}</Button>
          )}
        </SettingRow>
      </SettingCard>
      <Sessions />
      {shown === "password" && <ChangePassword onClose={() => setOpen("")} />}
      {open === "mfa" && <MfaSetup onClose={() => setOpen("")} />}
      {open === "mfaOff" && <MfaOff onClose={() => setOpen("")} />}
    </Page>
  );
}

/** What the server wants of a password, said before it refuses one. */
function rulesText(t: TFunction<"session">, { MinimumLength, MaximumLength, MustContain }: PasswordRules): string {
  const kinds = MustContain.map((kind) => t(`me.kinds.${kind}`)).join(", ");
  return t(kinds ? "me.rulesWith" : "me.rules", { min: MinimumLength, max: MaximumLength, kinds });
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("session");
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const change = useChange("session/ChangePassword");
  const take = useNewSession();
  const rules = useRead("session/DescribePasswordRules", {}).data;
  const differs = again !== "" && again !== fresh;
  return (
    <FormDialog
      title={t("me.changePassword")}
      submit={t("me.changePassword")}
      busy={change.isPending}
      disabled={!old || !fresh || again !== fresh}
      error={change.error}
      onClose={onClose}
      onSubmit={() =>
        change.mutate(
          { OldPassword: old, NewPassword: fresh },
          {
            onSuccess: (who) => {
              take(who);
              say(t("me.passwordChanged"));
              onClose();
            },
          },
        )
      }
    >
      <TextField
        label={t("me.oldPassword")}
        type="password"
        value={old}
        onChange={setOld}
        autoComplete="current-password"
      />
      <TextField
        label={t("me.newPassword")}
        type="password"
        value={fresh}
        onChange={setFresh}
        autoComplete="new-password"
        hint={rules && rulesText(t, rules)}
      />
      <TextField
        label={t("me.again")}
        type="password"
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
        error={differs ? t("me.differs") : undefined}
      />
    </FormDialog>
  );
}

function MfaOff({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("session");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const disable = useChange("session/DisableMFA");
  const take = useNewSession();
  return (
    <FormDialog
      title={t("me.mfaDisable")}
      submit={t("me.mfaDisable")}
      danger
      busy={disable.isPending}
      disabled={!password || !code}
      error={disable.error}
      onClose={onClose}
      onSubmit={() =>
        disable.mutate(
          { Password: password, Code: code },
          {
            onSuccess: (who) => {
              take(who);
              say(t("me.mfaDisabled"));
              onClose();
            },
          },
        )
      }
    >
      <TextField label={t("login.password")} type="password" value={password} onChange={setPassword} />
      <TextField label={t("login.code")} value={code} onChange={setCode} inputMode="numeric" mono />
    </FormDialog>
  );
}

function Sessions() {
  const { t } = useTranslation("session");
  const state = useTableState();
  const query = useRead("session/DescribeSessions", {});
  const end = useChange("session/EndSession", ["session/DescribeSessions"]);
  return (
    <SettingCard title={t("me.sessions")} lead={t("me.sessionsAbout")}>
      <Loaded query={query}>
        {(data) => (
          <ResourceTable<Session>
            label={t("me.sessions")}
            state={state}
            rows={data.Sessions}
            rowKey={(row) => row.Id}
            columns={[
              {
                key: "agent",
                title: t("me.browser"),
                render: (row) => (
                  <span className="row">
                    <span title={row.UserAgent}>{agentName(row.UserAgent) || "–"}</span>
                    {row.Current && <Tag tone="success">{t("me.thisOne")}</Tag>}
                  </span>
                ),
              },
              { key: "ip", title: t("me.address"), render: (row) => <span className="mono">{row.Ip}</span> },
              { key: "seen", title: t("me.seen"), render: (row) => <TimeText at={row.LastSeen} /> },
            ]}
            actions={(row) =>
              !row.Current && (
                <Button kind="text" small busy={end.isPending} onClick={() => end.mutate({ Id: row.Id })}>
                  {t("me.end")}
                </Button>
              )
            }
            empty={null}
          />
        )}
      </Loaded>
    </SettingCard>
  );
}
