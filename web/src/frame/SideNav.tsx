import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ChevronDownIcon, ChevronRightIcon } from "../ui/icons";
import { AppSwitcher } from "./AppSwitcher";
import {
  APP_NAV,
  type NavEntry,
  type NavPage,
  type NavSection,
  ROOT_NAV,
  useMenuApp,
  useOpenTo,
  useRouteTemplate,
} from "./nav";

export function SideNav({ onNavigate }: { onNavigate?: () => void }) {
  const { t } = useTranslation();
  const app = useMenuApp();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens for the links inside
    // biome-ignore lint/a11y/useKeyWithClickEvents: a link's key press is a click
    <div onClick={(event) => (event.target as HTMLElement).closest("a") && onNavigate?.()}>
      <AppSwitcher />
      {app > 0 && <Entries label={t("nav.ofApp")} entries={APP_NAV} app={app} />}
      <Entries label={t("nav.ofAll")} entries={ROOT_NAV} app={app} title={app > 0} />
    </div>
  );
}

function Entries({ label, entries, app, title }: { label: string; entries: NavEntry[]; app: number; title?: boolean }) {
  const shown = useOpenTo(entries, app);
  if (!shown.length) return null;
  return (
    <nav className="nav" aria-label={label}>
      {title && <p className="nav__title">{label}</p>}
      <ul>
        {shown.map((entry) => (
          <li key={entry.key}>
            {"pages" in entry ? <Section section={entry} app={app} /> : <Item page={entry} app={app} />}
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Item({ page, app }: { page: NavPage; app: number }) {
  const { t } = useTranslation();
  const here = useRouteTemplate();
  const Icon = page.icon;
  const inside = here === page.to || (!page.exact && here.startsWith(`${page.to}/`));
  const link = useRef<HTMLAnchorElement>(null);
  const router = useRouter();
  // The menu is longer than a small window: the page one is on is in sight, also after the router put back what was scrolled.
  useEffect(() => {
    if (!inside) return;
    const show = () => link.current?.scrollIntoView({ block: "nearest" });
    show();
    return router.subscribe("onRendered", show);
  }, [inside, router]);
  return (
    <Link
      ref={link}
      to={page.to as never}
      params={{ app: String(app) } as never}
      className="nav__link"
      aria-current={inside ? "page" : undefined}
      activeProps={{}}
      // The router marks what lies below an address too, and the menu has pages below a page's.
      activeOptions={{ exact: true }}
    >
      {Icon && <Icon />}
      {t(`nav.${page.key}`)}
    </Link>
  );
}

function Section({ section, app }: { section: NavSection; app: number }) {
  const { t } = useTranslation();
  const here = useRouteTemplate();
  const inside = section.pages.some(({ to }) => here.startsWith(to));
  // Closed until one is in it or opens it: the whole menu fits a small window.
  const [wanted, setWanted] = useState(false);
  const open = inside || wanted;
  const Icon = section.icon;
  return (
    <>
      <button
        type="button"
        className="nav__link nav__section"
        aria-expanded={open}
        disabled={inside}
        onClick={() => setWanted(!wanted)}
      >
        {Icon && <Icon />}
        <span className="grow">{t(`nav.${section.key}`)}</span>
        {open ? <ChevronDownIcon /> : <ChevronRightIcon />}
      </button>
      {open && (
        <ul className="nav__sub">
          {section.pages.map((page) => (
            <li key={page.key}>
              <Item page={{ ...page, icon: undefined }} app={app} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
