import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { useChange } from "../../../api/hooks";
import { CopyText } from "../../../ui/CopyText";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { useNewSession } from "../newSession";
import { QrCode } from "./QrCode";

/** Two steps: the password buys a secret, a code made from it proves that it arrived. */
export function MfaSetup({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("session");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [secret, setSecret] = useState<Data<"session/BeginMFA">>();
  const begin = useChange("session/BeginMFA");
  const confirm = useChange("session/ConfirmMFA");
  const take = useNewSession();
  if (!secret) {
    return (
      <FormDialog
        title={t("me.mfaTitle")}
        submit={t("action.next")}
        busy={begin.isPending}
        disabled={!password}
        error={begin.error}
        onClose={onClose}
        onSubmit={() => begin.mutate({ Password: password }, { onSuccess: setSecret })}
      >
        <TextField
          label={t("login.password")}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          hint={t("me.mfaPassword")}
        />
      </FormDialog>
    );
  }
  return (
    <FormDialog
      title={t("me.mfaTitle")}
      submit={t("me.mfaConfirm")}
      busy={confirm.isPending}
      disabled={code.length < 6}
      error={confirm.error}
      onClose={onClose}
      onSubmit={() =>
        confirm.mutate(
          { Code: code },
          {
            onSuccess: (who) => {
              take(who);
              say(t("me.mfaEnabled"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("me.mfaScan")}</p>
      <QrCode text={secret.Uri} label={t("me.mfaQr")} />
      <div>
        <p className="quiet">{t("me.mfaSecret")}</p>
        <CopyText text={secret.Secret} />
      </div>
      <TextField
        label={t("login.code")}
        value={code}
        onChange={setCode}
        inputMode="numeric"
        autoComplete="one-time-code"
        mono
      />
    </FormDialog>
  );
}
