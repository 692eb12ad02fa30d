import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { call } from "../api/client";
import { useApp, useWho } from "../api/session";
import { changeLanguage, LANGUAGES } from "../i18n";
import { setTheme, type Theme, useTheme } from "../theme";
import { IconButton } from "../ui/Button";
import { LogoutIcon, MenuIcon, MoonIcon, SearchIcon, SunnyIcon, TranslateIcon, UserCircleIcon } from "../ui/icons";
import { MenuButton, MenuItem } from "../ui/Menu";
import { Bell } from "./Bell";
import { useTrail } from "./crumbs";
import { useAppId } from "./nav";

export function Bar({ onMenu, onSearch }: { onMenu: () => void; onSearch: () => void }) {
  const { t } = useTranslation();
  return (
    <header className="frame__bar">
      <span className="only-narrow">
        <IconButton icon={<MenuIcon />} label={t("bar.menu")} onClick={onMenu} />
      </span>
      <Crumbs />
      <button type="button" className="searchbtn" onClick={onSearch} aria-label={t("bar.search")}>
        <SearchIcon />
        <span>{t("bar.search")}</span>
        <kbd>{navigator.platform.startsWith("Mac") ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <LanguageMenu />
      <ThemeMenu />
      <Bell />
      <UserMenu />
    </header>
  );
}

function Crumbs() {
  const { t } = useTranslation();
  const id = useAppId();
  const app = useApp(id).data;
  const trail = useTrail();
  return (
    <nav aria-label={t("bar.crumbs")} className="grow crumbs__box">
      {app && (
        <span className="crumbs__app" aria-hidden="true">
          {app.Name}
        </span>
      )}
      <ol className="crumbs">
        {id > 0 && (
          <li>
            <Link to="/">{t("nav.apps")}</Link>
            <span aria-hidden="true">/</span>
          </li>
        )}
        {id > 0 && (
          <li>
            <Link to="/apps/$app/overview" params={{ app: String(id) }}>
              {app?.Name ?? id}
            </Link>
            <span aria-hidden="true">/</span>
          </li>
        )}
        {trail.map((crumb, index) => {
          const last = index === trail.length - 1;
          return (
            <li key={`${index} ${crumb.title}`} aria-current={last ? "page" : undefined}>
              {crumb.to && !last ? (
                <Link to={crumb.to as never} params={{ app: String(id) } as never}>
                  {crumb.title}
                </Link>
              ) : (
                crumb.title
              )}
              {!last && <span aria-hidden="true">/</span>}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const current = LANGUAGES.find(({ code }) => code === i18n.language);
  return (
    <MenuButton
      label={t("bar.language")}
      width={160}
      trigger={
        <>
          <TranslateIcon />
          <span className="iconbtn__text">{current?.name}</span>
        </>
      }
    >
      {(close) =>
        LANGUAGES.map(({ code, name }) => (
          <MenuItem
            key={code}
            checked={code === i18n.language}
            onClick={() => {
              close();
              void changeLanguage(code);
            }}
          >
            {name}
          </MenuItem>
        ))
      }
    </MenuButton>
  );
}

export function ThemeMenu() {
  const { t } = useTranslation();
  const theme = useTheme();
  const choices: Theme[] = ["light", "dark", "system"];
  return (
    <MenuButton label={t("bar.theme")} width={180} trigger={theme === "dark" ? <MoonIcon /> : <SunnyIcon />}>
      {(close) =>
        choices.map((choice) => (
          <MenuItem
            key={choice}
            checked={choice === theme}
            onClick={() => {
              close();
              setTheme(choice);
            }}
          >
            {t(`theme.${choice}`)}
          </MenuItem>
        ))
      }
    </MenuButton>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const who = useWho();
  const navigate = useNavigate();
  const client = useQueryClient();
  const signOut = async () => {
    await call("session/Logout", {}).catch(() => undefined);
    client.clear();
    await navigate({ to: "/login" });
  };
  return (
    <MenuButton
      label={t("bar.me")}
      width={240}
      trigger={
        <>
          <UserCircleIcon />
          <span className="iconbtn__text">{who?.Name}</span>
        </>
      }
    >
      {(close) => (
        <>
          <div className="menu__head">
            <strong>{who?.Name}</strong>
            <p className="quiet">
              {t(`me.type.${who?.Type ?? "user"}`)} · <span className="mono">{who?.Uin}</span>
            </p>
          </div>
          <div className="menu__line" />
          <MenuItem
            icon={<UserCircleIcon />}
            onClick={() => {
              close();
              void navigate({ to: "/me" });
            }}
          >
            {t("bar.myAccount")}
          </MenuItem>
          <MenuItem
            icon={<LogoutIcon />}
            onClick={() => {
              close();
              void signOut();
            }}
          >
            {t("bar.signOut")}
          </MenuItem>
          <p className="menu__head quiet">Sodam {who?.ServerVersion}</p>
        </>
      )}
    </MenuButton>
  );
}
