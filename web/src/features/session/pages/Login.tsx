import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { setCsrfToken } from "../../../api/client";
import { useChange } from "../../../api/hooks";
import { LanguageMenu, ThemeMenu } from "../../../frame/Bar";
import { usePageTitle } from "../../../frame/crumbs";
import { Button } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { TextField } from "../../../ui/Field";
import { GuideButton } from "../../../ui/Guide";
import "../session.css";

/** Where to go after signing in: an address of this console, and never the sign-in itself. */
export function innerAddress(next: string | undefined): string {
  const inner = next?.startsWith("/") && !next.startsWith("//") ? next.replace(/^\/console(?=\/|$)/, "") : "/";
  return /^\/login(?:[/?#]|$)/.test(inner) || !inner.startsWith("/") ? "/" : inner;
}

/** Sign-in of root and sub-users; asks for the one-time code once the server wants one. */
export function Login() {
  const { t } = useTranslation("session");
  usePageTitle(t("login.title"));
  const { next, uin } = useSearch({ strict: false }) as { next?: string; uin?: string };
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const login = useChange("session/Login");
  const wantsCode = login.error?.code === "AuthFailure.MFAFailure" || code !== "";
  const submit = () =>
    login.mutate(
      { UserName: name.trim(), Password: password, ...(code ? { Code: code.trim() } : {}) },
      {
        onSuccess: (who) => {
          setCsrfToken(who.CsrfToken);
          client.clear();
          client.setQueryData(["session/Whoami"], who);
          // Only an address of this console: `next` came with the link.
          const inner = innerAddress(next);
          if (who.MustChangePassword) void navigate({ to: "/me" });
          else router.history.push(`/console${inner}`);
        },
      },
    );
  return (
    <main className="login">
      <div className="login__tools row">
        <LanguageMenu />
        <ThemeMenu />
      </div>
      <div className="login__box card">
        <div className="login__brand">
          <img src="/console/favicon.svg" alt="" width={32} height={32} />
          <span>Sodam</span>
        </div>
        <h1 className="page__title">{t("login.title")}</h1>
        <p className="page__lead">{uin ? t("login.leadOf", { uin }) : t("login.lead")}</p>
        <form
          className="form login__form"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <TextField label={t("login.name")} value={name} onChange={setName} autoComplete="username" autoFocus />
          <TextField
            label={t("login.password")}
            value={password}
            onChange={setPassword}
            type="password"
            autoComplete="current-password"
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
          {login.error && !(login.error.code === "AuthFailure.MFAFailure" && !code) && (
            <ErrorNote error={login.error} />
          )}
          <Button type="submit" kind="primary" block busy={login.isPending} disabled={!name || !password}>
            {t("login.submit")}
          </Button>
          <GuideButton />
        </form>
      </div>
    </main>
  );
}
