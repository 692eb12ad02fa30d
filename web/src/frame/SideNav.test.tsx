import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, expect, it, vi } from "vitest";
import common from "../locale/en.json";
import { SideNav } from "./SideNav";

vi.mock("./AppSwitcher", () => ({ AppSwitcher: () => null }));

beforeAll(async () => {
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { common } },
    defaultNS: "common",
    fallbackNS: "common",
  });
});

it.each([
  ["/access", "Overview"],
  ["/access/groups", "User groups"],
  ["/access/groups/7", "User groups"],
])("marks the one page of the menu that %s belongs to", async (address, title) => {
  const root = createRootRoute({ component: SideNav });
  const at = (path: string) => createRoute({ getParentRoute: () => root, path });
  const routeTree = root.addChildren([at("/access"), at("/access/groups"), at("/access/groups/$id")]);
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [address] }) });
  const client = new QueryClient();
  client.setQueryData(["session/Whoami"], { Type: "root" });
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  await screen.findByText("Overview");
  const marked = [...document.querySelectorAll("[aria-current=page]")].map((link) => link.textContent);
  expect(marked).toEqual([title]);
});
