import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { type Config, useSet } from "../api";

/** A key as Standard Webhooks writes it. */
function made(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** The token that signs requests. It is shown while it is typed, and never again. */
export function EditToken({ app, config, onClose }: { app: number; config: Config; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const [token, setToken] = useState("");
  const set = useSet(app);
  const max = limitOf("im/SetCallBack", "Token").max;
  const bad = /[^\x20-\x7e]/.test(token);
  return (
    <FormDialog
      title={t("token.title")}
      submit={token || !config.TokenSet ? t("action.save") : t("token.remove")}
      danger={!token && config.TokenSet}
      busy={set.isPending}
      disabled={bad || token.length > max || (!token && !config.TokenSet)}
      error={set.error}
      onClose={onClose}
      onSubmit={() =>
        set.mutate(
          { Token: token },
          {
            onSuccess: () => {
              say(t(token ? "token.saved" : "token.removed"));
              onClose();
            },
          },
        )
      }
    >
      <ByteInput
        label={t("token.label")}
        mono
        autoFocus
        max={max}
        value={token}
        onChange={setToken}
        hint={t(config.TokenSet ? "token.hintSet" : "token.hint")}
        error={bad ? t("token.bad") : undefined}
      />
      <div className="row">
        <Button onClick={() => setToken(made())}>{t("token.make")}</Button>
        {token && <CopyButton text={token} />}
      </div>
      {config.TokenSet && <Note tone="warning">{t("token.warning")}</Note>}
    </FormDialog>
  );
}
