import { QueryClient } from "@tanstack/react-query";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import i18next from "i18next";
import type { ComponentType } from "react";
import { ApiError } from "./api/client";
import { whoami } from "./api/session";
import { fetchAgain, NotFound, Nowhere, Outside, PageFailure } from "./frame/Failures";
import { Shell } from "./frame/Shell";
import { withGuide } from "./ui/Guide";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      // What the browser thinks of the network says little of a server on the same machine: ask, and show what failed.
      networkMode: "always",
      // A refusal does not change by asking again; a lost connection may come back.
      retry: (count, error) => count < 2 && navigator.onLine && error instanceof ApiError && error.status === 0,
    },
    mutations: { networkMode: "always" },
  },
});

/** A page and its feature's texts, fetched together when it is first opened; a failure is shown where the page would be. */
function page<M extends Record<string, unknown>>(feature: string, load: () => Promise<M>, name: keyof M & string) {
  const lazy = lazyRouteComponent(async () => {
    try {
      const [module] = await Promise.all([load(), i18next.loadNamespaces(feature)]);
      return { [name]: withGuide({ feature, page: name }, module[name] as ComponentType) } as never;
    } catch (cause) {
      fetchAgain.add(() => (lazy as { preload?: () => Promise<unknown> }).preload?.());
      throw new ApiError(0, "", { Code: "Network", Message: String(cause) });
    }
  }, name as never);
  return lazy;
}

const root = createRootRoute({ component: Outlet, notFoundComponent: Nowhere, errorComponent: Outside });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: page("session", () => import("./features/session/pages/Login"), "Login"),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  errorComponent: Outside,
  beforeLoad: async ({ location }) => {
    const who = await queryClient
      .ensureQueryData({ queryKey: ["session/Whoami"], queryFn: whoami, staleTime: Number.POSITIVE_INFINITY })
      .catch((error) => {
        if (error instanceof ApiError && error.status !== 401) throw error;
        throw redirect({ to: "/login", search: (location.pathname === "/" ? {} : { next: location.href }) as never });
      });
    if (who.MustChangePassword && location.pathname !== "/me") throw redirect({ to: "/me" });
  },
});

const at = <P extends string>(path: P, component: ReturnType<typeof page>) =>
  createRoute({ getParentRoute: () => inside, path, component });

const routeTree = root.addChildren([
  login,
  inside.addChildren([
    at(
      "/",
      page("apps", () => import("./features/apps/pages/AppCards"), "AppCards"),
    ),
    at(
      "/me",
      page("session", () => import("./features/session/pages/Me"), "Me"),
    ),
    at(
      "/apps/$app/overview",
      page("overview", () => import("./features/overview/pages/Overview"), "Overview"),
    ),
    at(
      "/apps/$app/basic",
      page("basic", () => import("./features/basic/pages/Basic"), "Basic"),
    ),
    at(
      "/apps/$app/plan",
      page("apps", () => import("./features/apps/pages/Upgrade"), "Upgrade"),
    ),
    at(
      "/apps/$app/messages",
      page("settings", () => import("./features/settings/pages/Messages"), "Messages"),
    ),
    at(
      "/apps/$app/friends",
      page("settings", () => import("./features/settings/pages/Friends"), "Friends"),
    ),
    at(
      "/apps/$app/group-settings",
      page("settings", () => import("./features/settings/pages/Groups"), "Groups"),
    ),
    at(
      "/apps/$app/user-fields",
      page("settings", () => import("./features/settings/pages/UserFields"), "UserFields"),
    ),
    at(
      "/apps/$app/words",
      page("words", () => import("./features/words/pages/Words"), "Words"),
    ),
    at(
      "/apps/$app/accounts",
      page("accounts", () => import("./features/accounts/pages/Accounts"), "Accounts"),
    ),
    at(
      "/apps/$app/accounts/$user",
      page("accounts", () => import("./features/accounts/pages/Account"), "Account"),
    ),
    at(
      "/apps/$app/groups",
      page("groups", () => import("./features/groups/pages/Groups"), "Groups"),
    ),
    at(
      "/apps/$app/groups/$group",
      page("groups", () => import("./features/groups/pages/Group"), "Group"),
    ),
    at(
      "/apps/$app/officials",
      page("officials", () => import("./features/officials/pages/Officials"), "Officials"),
    ),
    at(
      "/apps/$app/officials/$account",
      page("officials", () => import("./features/officials/pages/Official"), "Official"),
    ),
    at(
      "/apps/$app/callbacks",
      page("webhooks", () => import("./features/webhooks/pages/Callbacks"), "Callbacks"),
    ),
    at(
      "/apps/$app/push",
      page("push", () => import("./features/push/pages/PushAll"), "PushAll"),
    ),
    at(
      "/apps/$app/push-certificates",
      page("push", () => import("./features/push/pages/Certificates"), "Certificates"),
    ),
    at(
      "/apps/$app/push-check",
      page("push", () => import("./features/push/pages/SelfCheck"), "SelfCheck"),
    ),
    at(
      "/apps/$app/statistics",
      page("statistics", () => import("./features/statistics/pages/Daily"), "Daily"),
    ),
    at(
      "/apps/$app/realtime",
      page("statistics", () => import("./features/statistics/pages/Live"), "Live"),
    ),
    at(
      "/apps/$app/usersig",
      page("tools", () => import("./features/tools/pages/UserSig"), "UserSig"),
    ),
    at(
      "/apps/$app/user-status",
      page("tools", () => import("./features/tools/pages/UserStatus"), "UserStatus"),
    ),
    at(
      "/apps/$app/troubleshooting",
      page("troubleshooting", () => import("./features/troubleshooting/pages/Troubleshooting"), "Troubleshooting"),
    ),
    at(
      "/apps/$app/explorer",
      page("explorer", () => import("./features/explorer/pages/Explorer"), "Explorer"),
    ),
    at(
      "/apps/$app/inbox",
      page("inbox", () => import("./features/inbox/pages/Inbox"), "Inbox"),
    ),
    at(
      "/apps/$app/jobs",
      page("jobs", () => import("./features/jobs/pages/Jobs"), "Jobs"),
    ),
    at(
      "/access",
      page("access", () => import("./features/access/pages/Overview"), "Overview"),
    ),
    at(
      "/access/users",
      page("access", () => import("./features/access/pages/Users"), "Users"),
    ),
    at(
      "/access/users/$name",
      page("access", () => import("./features/access/pages/User"), "User"),
    ),
    at(
      "/access/groups",
      page("access", () => import("./features/access/pages/Groups"), "Groups"),
    ),
    at(
      "/access/groups/$id",
      page("access", () => import("./features/access/pages/Group"), "Group"),
    ),
    at(
      "/access/policies",
      page("access", () => import("./features/access/pages/Policies"), "Policies"),
    ),
    at(
      "/access/policies/new",
      page("access", () => import("./features/access/pages/NewPolicy"), "NewPolicy"),
    ),
    at(
      "/access/policies/$id",
      page("access", () => import("./features/access/pages/Policy"), "Policy"),
    ),
    at(
      "/access/tags",
      page("access", () => import("./features/access/pages/Tags"), "Tags"),
    ),
    at(
      "/access/keys",
      page("access", () => import("./features/access/pages/Keys"), "Keys"),
    ),
    at(
      "/access/security",
      page("access", () => import("./features/access/pages/Security"), "Security"),
    ),
    at(
      "/audit",
      page("audit", () => import("./features/audit/pages/Audit"), "Audit"),
    ),
    createRoute({ getParentRoute: () => inside, path: "/$", component: NotFound }),
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: "/console",
  defaultPreload: "intent",
  defaultErrorComponent: PageFailure,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
