import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button, IconButton } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { AddIcon, CloseIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { type App, useModifyAdmins } from "../api";
import "../basic.css";

export function Admins({ app }: { app: App }) {
  const { t } = useTranslation("basic");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState("");
  const full = app.Admins.length >= app.MaxAdmins;
  return (
    <SettingCard
      title={t("admin.title")}
      lead={t("admin.lead", { count: app.MaxAdmins })}
      actions={
        <Locked action="im:ModifyAccountInfo" app={app.SDKAppID}>
          {(lock) => (
            <Button
              icon={<AddIcon />}
              disabled={lock.disabled || full}
              title={lock.title ?? (full ? t("admin.full") : undefined)}
              onClick={() => setAdding(true)}
            >
              {t("admin.add")}
            </Button>
          )}
        </Locked>
      }
    >
      <ul className="chips">
        {app.Admins.map((name) => (
          <li key={name} className={`chip ${name === app.DefaultAdmin ? "chip--fixed" : ""}`}>
            <span className="mono">{name}</span>
            {name === app.DefaultAdmin ? (
              <span className="quiet">&nbsp;· {t("admin.default")}</span>
            ) : (
              <Locked action="im:ModifyAccountInfo" app={app.SDKAppID}>
                {(lock) => (
                  <IconButton
                    small
                    icon={<CloseIcon />}
                    label={t("admin.remove", { name })}
                    {...lock}
                    onClick={() => setRemoving(name)}
                  />
                )}
              </Locked>
            )}
          </li>
        ))}
      </ul>
      {adding && <AddAdmin app={app} onClose={() => setAdding(false)} />}
      {removing && <RemoveAdmin app={app} name={removing} onClose={() => setRemoving("")} />}
    </SettingCard>
  );
}

function AddAdmin({ app, onClose }: { app: App; onClose: () => void }) {
  const { t } = useTranslation("basic");
  const [name, setName] = useState("");
  const modify = useModifyAdmins();
  const { max } = limitOf("im/CreateAccount", "UserID");
  const known = app.Admins.includes(name);
  const badId = /[^ -~]/.test(name);
  return (
    <FormDialog
      title={t("admin.add")}
      submit={t("action.add")}
      busy={modify.isPending}
      disabled={!name || name.length > max || known || badId}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          { SDKAppID: app.SDKAppID, Add: [name] },
          {
            onSuccess: () => {
              say(t("admin.added", { name }));
              onClose();
            },
          },
        )
      }
    >
      <ByteInput
        label="UserID"
        required
        mono
        autoFocus
        max={max}
        value={name}
        onChange={setName}
        hint={t("admin.hint")}
        error={known ? t("admin.known") : badId ? t("admin.badId") : undefined}
      />
    </FormDialog>
  );
}

function RemoveAdmin({ app, name, onClose }: { app: App; name: string; onClose: () => void }) {
  const { t } = useTranslation("basic");
  const modify = useModifyAdmins();
  const done = () => {
    onClose();
    say(t("admin.removed", { name }), () => modify.mutate({ SDKAppID: app.SDKAppID, Add: [name] }));
  };
  return (
    <Confirm
      title={t("admin.removeTitle", { name })}
      submit={t("action.remove")}
      busy={modify.isPending}
      error={modify.error}
      onClose={onClose}
      onConfirm={() => modify.mutate({ SDKAppID: app.SDKAppID, Remove: [name] }, { onSuccess: done })}
    >
      <p>{t("admin.removeAbout")}</p>
    </Confirm>
  );
}
