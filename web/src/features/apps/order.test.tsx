import { fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, expect, it, vi } from "vitest";
import common from "../../locale/en.json";
import type { App, Plans } from "./api";
import { OrderForm } from "./components/OrderForm";
import apps from "./locale/en.json";

const mutate = vi.hoisted(() => vi.fn());
vi.mock("./api", () => ({ useOrder: () => ({ mutate, isPending: false, error: null }) }));
vi.mock("../../api/hooks", () => ({ useRead: () => ({ data: undefined, error: null }) }));
vi.mock("../../ui/Locked", () => ({
  Locked: ({ children }: { children: (state: object) => unknown }) => children({ disabled: false }),
}));

const APP = { SDKAppID: 7, Plan: "Pro", Status: "enabled", ExpireTime: 0, AutoRenew: false, Version: 1 } as App;
const PLANS = { MinMonths: 1, MaxMonths: 12, AddOns: [] } as unknown as Plans;

beforeAll(async () => {
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { common, apps } },
    defaultNS: "common",
    fallbackNS: "common",
  });
});

it("keeps a half-filled order when auto-renewal is switched, follows the switch, and is empty after the order", () => {
  const { rerender } = render(<OrderForm app={APP} plans={PLANS} />);
  fireEvent.click(screen.getByRole("radio", { name: /Flagship/ }));
  rerender(<OrderForm app={{ ...APP, AutoRenew: true, Version: 2 }} plans={PLANS} />);
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /Flagship/ }).checked).toBe(true);
  fireEvent.click(screen.getByRole("checkbox", { name: apps.order.terms }));
  fireEvent.click(screen.getByRole("button", { name: apps.order.submit }));
  expect(mutate.mock.calls[0]?.[0]).toMatchObject({ Plan: "Flagship", AutoRenew: true });
  mutate.mock.calls[0]?.[1].onSuccess();
  rerender(<OrderForm app={{ ...APP, AutoRenew: true, Version: 3 }} plans={PLANS} />);
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /Flagship/ }).checked).toBe(false);
});
