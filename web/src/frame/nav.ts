import { useQueries } from "@tanstack/react-query";
import { useMatches, useParams } from "@tanstack/react-router";
import { type ComponentType, useEffect, useMemo } from "react";
import { useRead } from "../api/hooks";
import { permission, useApp, useWho } from "../api/session";
import {
  AppIcon,
  ChartBarIcon,
  DashboardIcon,
  DiscountIcon,
  FileSearchIcon,
  KeyIcon,
  LinkIcon,
  LockOnIcon,
  NotificationIcon,
  SecuredIcon,
  SettingIcon,
  SystemSettingIcon,
  TaskIcon,
  ToolsIcon,
  UsergroupIcon,
  UserIcon,
  UserListIcon,
} from "../ui/icons";

export interface NavPage {
  /** Key of its name under `nav` in the common texts. */
  key: string;
  to: string;
  icon?: ComponentType;
  /** The pages below its address are other pages of the menu. */
  exact?: boolean;
  /** What one must be allowed to see anything there; without it the page is for everybody. */
  needs?: string;
  /** Only on a server in development mode. */
  development?: boolean;
}

export interface NavSection {
  key: string;
  icon?: ComponentType;
  pages: NavPage[];
}

export type NavEntry = NavPage | NavSection;

/** The pages of one app, in the order that operators know. */
export const APP_NAV: NavEntry[] = [
  { key: "appOverview", to: "/apps/$app/overview", icon: DashboardIcon },
  { key: "basic", to: "/apps/$app/basic", icon: SettingIcon },
  {
    key: "features",
    icon: SystemSettingIcon,
    pages: [
      { key: "messages", to: "/apps/$app/messages" },
      { key: "friends", to: "/apps/$app/friends" },
      { key: "groupSettings", to: "/apps/$app/group-settings" },
      { key: "userFields", to: "/apps/$app/user-fields" },
      { key: "words", to: "/apps/$app/words", needs: "im:DescribeDirtyWords" },
      { key: "pushAll", to: "/apps/$app/push", needs: "im:DescribePushTask" },
      { key: "pushCertificates", to: "/apps/$app/push-certificates", needs: "im:DescribePushCertificates" },
    ],
  },
  { key: "accounts", to: "/apps/$app/accounts", icon: UserListIcon, needs: "im:DescribeAccountList" },
  { key: "chatGroups", to: "/apps/$app/groups", icon: UsergroupIcon, needs: "im:DescribeAppidGroupList" },
  { key: "officials", to: "/apps/$app/officials", icon: NotificationIcon, needs: "im:DescribeOfficialAccounts" },
  { key: "callbacks", to: "/apps/$app/callbacks", icon: LinkIcon, needs: "im:DescribeCallBack" },
  {
    key: "monitoring",
    icon: ChartBarIcon,
    pages: [
      { key: "daily", to: "/apps/$app/statistics", needs: "im:DescribeDailyStatistics" },
      { key: "realtime", to: "/apps/$app/realtime", needs: "im:DescribeRealtimeStatistics" },
    ],
  },
  {
    key: "devTools",
    icon: ToolsIcon,
    pages: [
      { key: "pushCheck", to: "/apps/$app/push-check", needs: "im:DescribePushDevices" },
      { key: "userStatus", to: "/apps/$app/user-status", needs: "im:DescribeAccountState" },
      { key: "usersig", to: "/apps/$app/usersig" },
      { key: "troubleshooting", to: "/apps/$app/troubleshooting", needs: "im:DescribeTroubleshootingLog" },
      { key: "explorer", to: "/apps/$app/explorer", needs: "im:CallRestApi" },
      { key: "inbox", to: "/apps/$app/inbox", needs: "im:DescribeDevelopmentInbox", development: true },
    ],
  },
  { key: "jobs", to: "/apps/$app/jobs", icon: TaskIcon },
];

/** The pages beyond one app. */
export const ROOT_NAV: NavEntry[] = [
  { key: "apps", to: "/", icon: AppIcon, exact: true },
  {
    key: "access",
    icon: SecuredIcon,
    pages: [
      { key: "overview", to: "/access", icon: DashboardIcon, exact: true, needs: "cam:GetAccountSummary" },
      { key: "users", to: "/access/users", icon: UserIcon, needs: "cam:ListUsers" },
      { key: "groups", to: "/access/groups", icon: UsergroupIcon, needs: "cam:ListGroups" },
      { key: "policies", to: "/access/policies", icon: SecuredIcon, needs: "cam:ListPolicies" },
      { key: "tags", to: "/access/tags", icon: DiscountIcon, needs: "im:DescribeIMAppList" },
      { key: "keys", to: "/access/keys", icon: KeyIcon, needs: "cam:ListAccessKeys" },
      { key: "security", to: "/access/security", icon: LockOnIcon, needs: "cam:DescribeSubAccountLoginIpPolicy" },
    ],
  },
  { key: "audit", to: "/audit", icon: FileSearchIcon, needs: "cloudaudit:DescribeEvents" },
];

const MOST = 2 ** 32 - 1;

/** The SDKAppID in the address; 0 outside an app, and for what cannot be one. */
export function useAppId(): number {
  const params = useParams({ strict: false }) as { app?: string };
  const app = Number(params.app ?? 0);
  return app > 0 && app <= MOST && Number.isInteger(app) ? app : 0;
}

const LAST = "sodam.app";

/** The app that the menu is about: that in the address, or on pages beyond apps (not at home) the last one. */
export function useMenuApp(): number {
  const here = useAppId();
  const home = useRouteTemplate() === "/";
  const last = here || home ? 0 : Number(sessionStorage.getItem(LAST) ?? 0);
  // It may be deleted by now, or another user's: then there is none.
  const { isError } = useApp(last);
  useEffect(() => {
    if (here) sessionStorage.setItem(LAST, String(here));
    if (isError) sessionStorage.removeItem(LAST);
  }, [here, isError]);
  return here || (isError ? 0 : last);
}

/** The app that a search is about: that of the menu, else the last one, else the only one. */
export function useSearchApp(): number {
  const menu = useMenuApp();
  const last = menu || Number(sessionStorage.getItem(LAST) ?? 0);
  const { isError } = useApp(last);
  const known = isError ? 0 : last;
  const apps = useRead("im/DescribeIMAppList", { Limit: 2 }, { enabled: known === 0 }).data;
  return known || (apps?.TotalCount === 1 ? (apps.Apps[0]?.SDKAppID ?? 0) : 0);
}

/** Those pages of a part of the menu that one may open; a section without any is left out. */
export function useOpenTo(entries: NavEntry[], app: number): NavEntry[] {
  const who = useWho();
  const needs = useMemo(() => entries.flatMap((one) => ("pages" in one ? one.pages : [one])), [entries]);
  const found = useQueries({
    queries: needs.map(({ needs: action = "" }) => permission(action, app, Boolean(action) && who?.Type === "user")),
  });
  const shut = new Set(
    needs
      .filter(({ development }, index) => found[index]?.data === false || (development && !who?.Development))
      .map(({ key }) => key),
  );
  return entries
    .map((entry) => ("pages" in entry ? { ...entry, pages: entry.pages.filter(({ key }) => !shut.has(key)) } : entry))
    .filter((entry) => ("pages" in entry ? entry.pages.length > 0 : !shut.has(entry.key)));
}

export function useRouteTemplate(): string {
  const matches = useMatches();
  return (matches.at(-1)?.fullPath as string | undefined) ?? "/";
}
