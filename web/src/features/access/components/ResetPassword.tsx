import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox, TextField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { type User, useLoginUrl, useResetPassword } from "../api";
import { CredentialsDialog } from "./CredentialsDialog";

export function ResetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [password, setPassword] = useState("");
  const [must, setMust] = useState(true);
  const [made, setMade] = useState("");
  const reset = useResetPassword();
  const loginUrl = useLoginUrl();
  if (made) {
    return (
      <CredentialsDialog
        title={t("user.reset")}
        file={`${user.Name}.csv`}
        owners={[
          [
            [t("users.name"), user.Name],
            [t("password"), made],
            [t("users.login"), loginUrl],
          ],
        ]}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={t("user.resetOf", { name: user.Name })}
      submit={t("user.reset")}
      busy={reset.isPending}
      error={reset.error}
      onClose={onClose}
      onSubmit={() =>
        reset.mutate(
          { Name: user.Name, Password: password, NeedResetPassword: must ? 1 : 0 },
          {
            onSuccess: ({ Password }) => {
              if (Password) return setMade(Password);
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("user.resetAbout")}</p>
      <TextField
        label={t("password")}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        hint={t("users.generated")}
      />
      <Checkbox checked={must} onChange={setMust} label={t("users.mustReset")} />
    </FormDialog>
  );
}
