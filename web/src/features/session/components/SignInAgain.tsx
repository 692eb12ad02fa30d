import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { setCsrfToken } from "../../../api/client";
import { useChange } from "../../../api/hooks";
import { useWho } from "../../../api/session";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";

/**
 * The session has ended while somebody worked: signing in here, over the page, keeps what was typed beneath. Another user
 * than before gets the page anew.
 */
export default function SignInAgain({ onDone, onLeave }: { onDone: () => void; onLeave: () => void }) {
  const { t } = useTranslation("session");
  const before = useWho();
  const [name, setName] = useState(before?.Type === "root" ? "root" : (before?.Name ?? ""));
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const client = useQueryClient();
  const login = useChange("session/Login");
  const wantsCode = login.error?.code === "AuthFailure.MFAFailure" || code !== "";
  const submit = () =>
    login.mutate(
      { UserName: name.trim(), Password: password, ...(code ? { Code: code.trim() } : {}) },
      {
        onSuccess: (who) => {
          if (who.Uin !== before?.Uin || who.MustChangePassword) return location.reload();
          setCsrfToken(who.CsrfToken);
          client.setQueryData(["session/Whoami"], who);
          void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session/Whoami" });
          onDone();
        },
      },
    );
  return (
    <FormDialog
      title={t("again.title")}
      submit={t("login.submit")}
      width={440}
      busy={login.isPending}
      disabled={!name || !password}
      error={login.error?.code === "AuthFailure.MFAFailure" && !code ? undefined : login.error}
      onClose={onLeave}
      onSubmit={submit}
    >
      <p>{t("again.about")}</p>
      <TextField label={t("login.name")} value={name} onChange={setName} autoComplete="username" />
      <TextField
        label={t("login.password")}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="current-password"
        autoFocus
      />
      {wantsCode && (
        <TextField
          label={t("login.code")}
          hint={t("login.codeHint")}
          value={code}
          onChange={setCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          mono
          autoFocus
        />
      )}
    </FormDialog>
  );
}
