import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Confirm, ConfirmByTyping } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { TimeText } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { type App, type Secret, useCreateSecret, useDeleteSecret, useMoveToHmac, useShowSecrets } from "../api";
import "../basic.css";

type Key = App["Keys"][number];

/** The keys that verify UserSigs: shown on demand, a second one to rotate, the move away from ECDSA. */
export function Keys({ app }: { app: App }) {
  const { t } = useTranslation("basic");
  const [shown, setShown] = useState<Secret[]>([]);
  const [open, setOpen] = useState<"create" | "move" | "">("");
  const [withdraw, setWithdraw] = useState<Key>();
  const show = useShowSecrets();
  const create = useCreateSecret();
  const move = useMoveToHmac();
  const hmac = app.Keys.filter((key) => key.Algorithm === "HMAC-SHA256");
  const ecdsa = app.Keys.some((key) => key.Algorithm === "ECDSA-SHA256");
  const onDone = (key: Secret, text: string) => {
    setShown([...shown, key]);
    setOpen("");
    say(text);
  };
  return (
    <SettingCard
      title={t("key.title")}
      lead={t("key.lead")}
      actions={
        <>
          {shown.length > 0 ? (
            <Button onClick={() => setShown([])}>{t("key.hide")}</Button>
          ) : (
            <Locked action="im:DescribeSecret" app={app.SDKAppID}>
              {(lock) => (
                <Button
                  {...lock}
                  busy={show.isPending}
                  onClick={() =>
                    show.mutate(
                      { SDKAppID: app.SDKAppID },
                      { onSuccess: ({ Keys }) => setShown(Keys), onError: sayError },
                    )
                  }
                >
                  {t("key.show")}
                </Button>
              )}
            </Locked>
          )}
          {hmac.length === 1 && (
            <Locked action="im:CreateSecret" app={app.SDKAppID}>
              {(lock) => (
                <Button {...lock} onClick={() => setOpen("create")}>
                  {t("key.second")}
                </Button>
              )}
            </Locked>
          )}
          {ecdsa && hmac.length === 0 && (
            <Locked action="im:ToggleSecretVersion" app={app.SDKAppID}>
              {(lock) => (
                <Button kind="primary" {...lock} onClick={() => setOpen("move")}>
                  {t("key.move")}
                </Button>
              )}
            </Locked>
          )}
        </>
      }
    >
      <div className="stack">
        {shown.length > 0 && <Note tone="warning">{t("key.keepSecret")}</Note>}
        {ecdsa && hmac.length > 0 && <Note>{t("key.moving")}</Note>}
        <ul className="keys">
          {app.Keys.map((key) => (
            <KeyView
              key={key.KeyId}
              app={app.SDKAppID}
              value={key}
              secret={shown.find(({ KeyId }) => KeyId === key.KeyId)}
              onWithdraw={app.Keys.length > 1 ? () => setWithdraw(key) : undefined}
            />
          ))}
        </ul>
      </div>
      {open === "create" && (
        <Confirm
          title={t("key.secondTitle")}
          submit={t("key.second")}
          danger={false}
          busy={create.isPending}
          error={create.error}
          onClose={() => setOpen("")}
          onConfirm={() =>
            create.mutate({ SDKAppID: app.SDKAppID }, { onSuccess: ({ Key }) => onDone(Key, t("key.secondDone")) })
          }
        >
          <p>{t("key.secondAbout")}</p>
        </Confirm>
      )}
      {open === "move" && (
        <Confirm
          title={t("key.moveTitle")}
          submit={t("key.move")}
          danger={false}
          busy={move.isPending}
          error={move.error}
          onClose={() => setOpen("")}
          onConfirm={() =>
            move.mutate({ SDKAppID: app.SDKAppID }, { onSuccess: ({ Key }) => onDone(Key, t("key.moveDone")) })
          }
        >
          <p>{t("key.moveAbout")}</p>
        </Confirm>
      )}
      {withdraw && <Withdraw app={app} value={withdraw} onClose={() => setWithdraw(undefined)} />}
    </SettingCard>
  );
}

interface KeyProps {
  app: number;
  value: Key;
  secret?: Secret;
  onWithdraw?: () => void;
}

function KeyView({ app, value, secret, onWithdraw }: KeyProps) {
  const { t } = useTranslation("basic");
  return (
    <li className="keys__one">
      <div className="row row--between">
        <span className="row">
          <Tag>{value.Algorithm}</Tag>
          <span className="quiet">
            {t("key.number", { id: value.KeyId })} · <TimeText at={value.CreateTime} />
          </span>
        </span>
        {onWithdraw && (
          <Locked action="im:DeleteSecret" app={app}>
            {(lock) => (
              <Button kind="textDanger" small {...lock} onClick={onWithdraw}>
                {t("key.withdraw")}
              </Button>
            )}
          </Locked>
        )}
      </div>
      {!secret && <span className="mono">{value.Masked}</span>}
      {secret && !secret.PublicKey && <CopyText text={secret.Secret} />}
      {secret?.PublicKey && (
        <div className="stack stack--tight">
          <span className="quiet">{t("key.public")}</span>
          <Pem text={secret.PublicKey} />
          {secret.Secret && <span className="quiet">{t("key.private")}</span>}
          {secret.Secret && <Pem text={secret.Secret} />}
        </div>
      )}
    </li>
  );
}

function Pem({ text }: { text: string }) {
  return (
    <div className="keys__pem">
      <CopyText text={text} />
    </div>
  );
}

function Withdraw({ app, value, onClose }: { app: App; value: Key; onClose: () => void }) {
  const { t } = useTranslation("basic");
  const remove = useDeleteSecret();
  return (
    <ConfirmByTyping
      title={t("key.withdrawTitle", { id: value.KeyId })}
      name={String(app.SDKAppID)}
      submit={t("key.withdraw")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { SDKAppID: app.SDKAppID, KeyId: value.KeyId },
          {
            onSuccess: () => {
              say(t("key.withdrawn"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("key.withdrawAbout")}</p>
    </ConfirmByTyping>
  );
}
