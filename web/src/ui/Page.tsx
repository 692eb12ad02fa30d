import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Crumb, usePageTitle } from "../frame/crumbs";
import { Button } from "./Button";
import { ErrorNote } from "./ErrorNote";
import { GuideButton } from "./Guide";
import { RefreshIcon } from "./icons";
import { Skeleton } from "./Skeleton";
import "./page.css";

interface Props {
  title: string;
  /** What stands in the breadcrumb, where it is not the title. */
  crumb?: string;
  /** Stands beside the title: a picture of whom the page is about. */
  media?: ReactNode;
  /** One sentence: what the page is for. */
  lead?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  /** Pages above this one in the breadcrumb, below the app. */
  parents?: readonly Crumb[];
  children: ReactNode;
}

export function Page({ title, crumb, media, lead, actions, wide, parents, children }: Props) {
  usePageTitle(crumb ?? title, parents);
  return (
    <div className={`page ${wide ? "page--wide" : ""}`}>
      <header className="page__head">
        {media}
        <div className="grow">
          <h1 className="page__title">{title}</h1>
          {lead && <div className="page__lead">{lead}</div>}
        </div>
        <div className="page__actions row">
          <GuideButton quiet />
          {actions}
        </div>
      </header>
      {children}
    </div>
  );
}

interface CardProps {
  title?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** One subject of a page. */
export function SettingCard({ title, lead, actions, children }: CardProps) {
  return (
    <section className="card" aria-label={title}>
      {title && (
        <div className="card__head">
          <div className="grow">
            <h2 className="card__title">{title}</h2>
            {lead && <p className="card__lead">{lead}</p>}
          </div>
          {actions && <div className="row">{actions}</div>}
        </div>
      )}
      <div className="card__body">{children}</div>
    </section>
  );
}

/** One setting in a card: its name, what it does, and at the right its value with what changes it. */
export function SettingRow(props: { name: string; about: ReactNode; children: ReactNode }) {
  return (
    <div className="setting">
      <div className="grow">
        <p className="setting__name">{props.name}</p>
        <p className="setting__about">{props.about}</p>
      </div>
      <div className="setting__value">{props.children}</div>
    </div>
  );
}

interface Query<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** Shows what was read; until then a skeleton, and after a failure the reason with Retry. */
export function Loaded<T>({
  query,
  rows,
  children,
}: {
  query: Query<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorNote error={query.error} onRetry={() => query.refetch()} />;
  return <Skeleton rows={rows} />;
}

/** What stands in the place of a list without entries: what it would hold and how to begin. */
export function Empty(props: { title: string; about?: ReactNode; children?: ReactNode; level?: 1 }) {
  const { title, about, children, level } = props;
  const Title = level ? "h1" : "p";
  return (
    <div className="empty">
      <Title className="empty__title">{title}</Title>
      {about && <p className="empty__about">{about}</p>}
      {children && <div className="row empty__act">{children}</div>}
    </div>
  );
}

export function RefreshButton({ onClick, busy }: { onClick: () => void; busy?: boolean }) {
  const { t } = useTranslation();
  return (
    <Button
      icon={<RefreshIcon />}
      busy={busy}
      onClick={onClick}
      aria-label={t("action.refresh")}
      title={t("action.refresh")}
    />
  );
}
