import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../ui/Dialog";
import { Toasts } from "../ui/Toasts";
import { Bar } from "./Bar";
import { SideNav } from "./SideNav";

const CommandPalette = lazy(() => import("./CommandPalette"));

/** The frame around every page but the login. */
export function Shell() {
  const { t } = useTranslation();
  const [menu, setMenu] = useState(false);
  const [search, setSearch] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setSearch(true);
      }
    };
    const out = () => void navigate({ to: "/login", search: { next: location.pathname + location.search } as never });
    addEventListener("keydown", keys);
    addEventListener("sodam:signed-out", out);
    return () => {
      removeEventListener("keydown", keys);
      removeEventListener("sodam:signed-out", out);
    };
  }, [navigate]);
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
        <Outlet />
      </main>
      {menu && (
        <Dialog title="Sodam" at="left" width={300} onClose={() => setMenu(false)}>
          <SideNav onNavigate={() => setMenu(false)} />
        </Dialog>
      )}
      {search && (
        <Suspense>
          <CommandPalette onClose={() => setSearch(false)} />
        </Suspense>
      )}
      <Toasts />
    </div>
  );
}
