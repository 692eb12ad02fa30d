import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../api/hooks";
import { useApp } from "../api/session";
import { changeLanguage, LANGUAGES } from "../i18n";
import { setTheme, useTheme } from "../theme";
import { Dialog } from "../ui/Dialog";
import { useTyped } from "../ui/tableState";
import { APP_NAV, type NavEntry, type NavPage, ROOT_NAV, useMenuApp, useOpenTo, useSearchApp } from "./nav";
import "./palette.css";

interface Choice {
  key: string;
  group: string;
  title: string;
  about?: string;
  /** Other names under which it is found. */
  also?: string;
  act: () => void;
}

const pagesOf = (entries: NavEntry[]): NavPage[] =>
  entries.flatMap((entry) => ("pages" in entry ? entry.pages : [entry]));

/** What fits the text: `keyword` is the one that the server was asked about, `typed` is what stands there by now. */
function useChoices(keyword: string, typed: string): Choice[] {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const theme = useTheme();
  const app = useSearchApp();
  // Where the menu has no app, it is not to be seen whose pages these are.
  const inMenu = useMenuApp() === app;
  const named = useApp(app).data?.Name;
  const name = inMenu ? undefined : named;
  const found = useRead("im/DescribeIMAppList", { Keyword: keyword, Limit: 5 }, { enabled: keyword !== "" });
  const accounts = useRead(
    "im/DescribeAccountList",
    { SDKAppID: app, Keyword: keyword, Limit: 5 },
    { enabled: app > 0 && keyword !== "" },
  );
  const go = (to: string, params: object = {}, search: object = {}) => void navigate({ to, params, search } as never);
  const at = { app: String(app) };
  const ofApp = useOpenTo(APP_NAV, app);
  const ofAll = useOpenTo(ROOT_NAV, app);
  const pages = [
    ...(app ? pagesOf(ofApp).map((page) => ({ ...page, about: name })) : []),
    ...pagesOf(ofAll).map((page) => ({ ...page, about: undefined })),
    { key: "me", to: "/me", about: undefined },
  ];
  const fixed: Choice[] = [
    ...pages.map((page) => ({
      key: page.to,
      group: t("palette.pages"),
      title: t(`nav.${page.key}`),
      about: page.about,
      also: t(`aka.${page.key}`, { defaultValue: "" }),
      act: () => go(page.to, at),
    })),
    {
      key: "new-app",
      group: t("palette.actions"),
      title: t("palette.newApp"),
      also: t("aka.newApp"),
      act: () => go("/", {}, { create: "1" }),
    },
    {
      key: "theme",
      group: t("palette.actions"),
      title: t("palette.theme"),
      act: () => setTheme(theme === "dark" ? "light" : "dark"),
    },
    ...LANGUAGES.filter(({ code }) => code !== i18n.language).map(({ code, name }) => ({
      key: `language-${code}`,
      group: t("palette.actions"),
      title: `${t("bar.language")}: ${name}`,
      act: () => void changeLanguage(code),
    })),
  ];
  const wanted = typed.toLowerCase();
  // Enter must not open what was found for a text that has changed since.
  const known = keyword !== "" && keyword === typed;
  return [
    ...(known
      ? (found.data?.Apps ?? []).map((one) => ({
          key: `app-${one.SDKAppID}`,
          group: t("nav.apps"),
          title: one.Name,
          about: String(one.SDKAppID),
          act: () => go("/apps/$app/overview", { app: String(one.SDKAppID) }),
        }))
      : []),
    ...(known
      ? (accounts.data?.Accounts ?? []).map((one) => ({
          key: `account-${one.UserID}`,
          group: t("nav.accounts"),
          title: one.UserID,
          about: one.Nick,
          act: () => go("/apps/$app/accounts/$user", { ...at, user: one.UserID }),
        }))
      : []),
    ...fixed.filter(({ title, also }) => `${title}\n${also ?? ""}`.toLowerCase().includes(wanted)),
  ];
}

/** Search over pages, apps, accounts and actions, for the keyboard first. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const list = useId();
  const [keyword, setKeyword] = useState("");
  const [typed, setTyped] = useTyped(keyword, setKeyword);
  const [at, setAt] = useState(0);
  const choices = useChoices(keyword, typed);
  const app = useSearchApp();
  const current = Math.min(at, choices.length - 1);
  const take = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    choice.act();
  };
  const keys = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") take(choices[current]);
    else if (step) setAt((current + step + choices.length) % choices.length);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("palette.title")} width={560} onClose={onClose}>
      <input
        className="palette__input"
        role="combobox"
        aria-label={t("palette.hint")}
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={choices[current] && `${list}-${current}`}
        placeholder={t("palette.hint")}
        value={typed}
        // React keeps the attribute to itself; the dialog looks for it when it opens.
        ref={(input) => input?.setAttribute("autofocus", "")}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div id={list} role="listbox" aria-label={t("palette.title")} className="palette">
        {choices.map((choice, index) => (
          <div key={choice.key}>
            {choices[index - 1]?.group !== choice.group && (
              <p className="palette__group" role="presentation">
                {choice.group}
              </p>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the keys */}
            <div
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === current}
              tabIndex={-1}
              className="menu__item"
              ref={index === current ? (item) => item?.scrollIntoView({ block: "nearest" }) : undefined}
              onClick={() => take(choice)}
              onMouseMove={() => setAt(index)}
            >
              <span className="grow">{choice.title}</span>
              {choice.about && <span className="mono quiet">{choice.about}</span>}
            </div>
          </div>
        ))}
        {!choices.length && (
          <p className="palette__group">
            {t("table.nothingFound")} {!app && t("palette.noApp")}
          </p>
        )}
      </div>
    </Dialog>
  );
}
