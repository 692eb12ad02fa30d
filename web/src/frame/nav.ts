import { useMatches, useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";
import {
  AppIcon,
  DashboardIcon,
  FileSearchIcon,
  KeyIcon,
  LockOnIcon,
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
}

export interface NavSection {
  key: string;
  icon?: ComponentType;
  pages: NavPage[];
}

export type NavEntry = NavPage | NavSection;

/** The pages of one app, in the order that operators know. */
export const APP_NAV: NavEntry[] = [
  { key: "basic", to: "/apps/$app/basic", icon: SettingIcon },
  {
    key: "features",
    icon: SystemSettingIcon,
    pages: [
      { key: "messages", to: "/apps/$app/messages" },
      { key: "friends", to: "/apps/$app/friends" },
      { key: "userFields", to: "/apps/$app/user-fields" },
    ],
  },
  { key: "accounts", to: "/apps/$app/accounts", icon: UserListIcon },
  { key: "usersig", to: "/apps/$app/usersig", icon: ToolsIcon },
  { key: "jobs", to: "/apps/$app/jobs", icon: TaskIcon },
];

/** The pages beyond one app. */
export const ROOT_NAV: NavEntry[] = [
  { key: "apps", to: "/", icon: AppIcon, exact: true },
  {
    key: "access",
    icon: SecuredIcon,
    pages: [
      { key: "overview", to: "/access", icon: DashboardIcon, exact: true },
      { key: "users", to: "/access/users", icon: UserIcon },
      { key: "groups", to: "/access/groups", icon: UsergroupIcon },
      { key: "policies", to: "/access/policies", icon: SecuredIcon },
      { key: "keys", to: "/access/keys", icon: KeyIcon },
      { key: "security", to: "/access/security", icon: LockOnIcon },
    ],
  },
  { key: "audit", to: "/audit", icon: FileSearchIcon },
];

/** The SDKAppID in the address, 0 outside an app. */
export function useAppId(): number {
  const params = useParams({ strict: false }) as { app?: string };
  return Number(params.app ?? 0);
}

export function useRouteTemplate(): string {
  const matches = useMatches();
  return (matches.at(-1)?.fullPath as string | undefined) ?? "/";
}
