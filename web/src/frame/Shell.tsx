import { Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import i18next from "i18next";
import { type ComponentType, lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/client";
import { useApp } from "../api/session";
import { Dialog } from "../ui/Dialog";
import { Note } from "../ui/Note";
import { sayError, Toasts } from "../ui/Toasts";
import { Bar } from "./Bar";
import { NotFound } from "./Failures";
import { useAppId } from "./nav";
import { SideNav } from "./SideNav";

const SignInAgain = lazy(async () => {
  const [module] = await Promise.all([
    import("../features/session/components/SignInAgain"),
    i18next.loadNamespaces("session"),
  ]);
  return module;
});

/** Says on every page of an app that it does not work as usual. */
function AppState() {
  const { t } = useTranslation();
  const app = useApp(useAppId()).data;
  if (!app || app.Status === "enabled") return null;
  return (
    <div className="page page--state">
      <Note tone="warning">{t(`appState.${app.Status as "disabled"}`)}</Note>
    </div>
  );
}

/** The frame around every page but the login. */
export function Shell() {
  const { t } = useTranslation();
  const [menu, setMenu] = useState(false);
  const [search, setSearch] = useState(false);
  const [Palette, setPalette] = useState<ComponentType<{ onClose: () => void }>>();
  const [ended, setEnded] = useState(false);
  const navigate = useNavigate();
  // Its code may be out of reach: the page stays, and says so.
  useEffect(() => {
    if (!search || Palette) return;
    import("./CommandPalette").then(
      (module) => setPalette(() => module.default),
      (cause) => {
        setSearch(false);
        sayError(new ApiError(0, "", { Code: "Network", Message: String(cause) }));
      },
    );
  }, [search, Palette]);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setSearch(true);
      }
    };
    const out = () => setEnded(true);
    addEventListener("keydown", keys);
    addEventListener("sodam:signed-out", out);
    return () => {
      removeEventListener("keydown", keys);
      removeEventListener("sodam:signed-out", out);
    };
  }, []);
  const { app: named } = useParams({ strict: false }) as { app?: string };
  const nowhere = useAppId() === 0 && named !== undefined;
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t("bar.skip")}
      </a>
      <aside className="frame__side">
        <div className="frame__menu">
          <Link to="/" className="brand">
            <img src="/console/favicon.svg" alt="" />
            Sodam
          </Link>
          <SideNav />
        </div>
      </aside>
      <Bar onMenu={() => setMenu(true)} onSearch={() => setSearch(true)} />
      <main className="frame__main" id="main" tabIndex={-1}>
        <AppState />
        {nowhere ? <NotFound /> : <Outlet />}
      </main>
      {menu && (
        <Dialog title="Sodam" at="left" width={300} onClose={() => setMenu(false)}>
          <SideNav onNavigate={() => setMenu(false)} />
        </Dialog>
      )}
      {search && Palette && <Palette onClose={() => setSearch(false)} />}
      {ended && (
        <Suspense>
          <SignInAgain
            onDone={() => setEnded(false)}
            onLeave={() => {
              setEnded(false);
              void navigate({ to: "/login", search: { next: location.pathname + location.search } as never });
            }}
          />
        </Suspense>
      )}
      <Toasts />
    </div>
  );
}
