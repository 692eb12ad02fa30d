import { fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import common from "../../locale/en.json";
import type { App } from "./api";
import { PlanBlock } from "./components/PlanBlock";
import basic from "./locale/en.json";

const mutate = vi.hoisted(() => vi.fn());
const lock = vi.hoisted(() => ({ disabled: false }));
const asked = vi.hoisted(() => vi.fn());
vi.mock("../apps/api", () => ({ useSetStatus: () => ({ mutate, reset: vi.fn(), isPending: false, error: null }) }));
vi.mock("../apps/components/AppMenu", () => ({ AppMenu: () => null }));
vi.mock("../../ui/Locked", () => ({
  Locked: ({ action, children }: { action: string; children: (state: object) => unknown }) => {
    asked(action);
    return children(lock);
  },
}));
vi.mock("../../ui/Button", async (original) => ({
  ...(await original<typeof import("../../ui/Button")>()),
  LinkButton: () => null,
}));

const APP = { SDKAppID: 7, Name: "River", Plan: "Pro", Status: "enabled", ExpireTime: 0, DisableTime: 0 } as App;

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal ??= function open(this: HTMLDialogElement) {
    this.open = true;
  };
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { common, basic } },
    defaultNS: "common",
    fallbackNS: "common",
  });
});

beforeEach(() => {
  lock.disabled = false;
  mutate.mockClear();
});

describe("the plan's block", () => {
  it("expires an app only after a confirmation", () => {
    render(<PlanBlock app={APP} />);
    expect(asked).toHaveBeenCalledWith("sodam:ModifyAppStatus");
    fireEvent.click(screen.getByRole("button", { name: basic.plan.expire }));
    expect(mutate).not.toHaveBeenCalled();
    expect(screen.getByText(basic.plan.expireAbout)).toBeTruthy();
    fireEvent.submit(document.querySelector("form") as HTMLFormElement);
    expect(mutate.mock.calls[0]?.[0]).toEqual({ SDKAppID: 7, Status: "expired" });
  });

  it("is locked for whoever is not the operator", () => {
    lock.disabled = true;
    render(<PlanBlock app={APP} />);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: basic.plan.expire }).disabled).toBe(true);
  });

  it("says when an expired app will be disabled, and takes it back", () => {
    render(<PlanBlock app={{ ...APP, Status: "expired", DisableTime: 1_795_305_600 }} />);
    expect(screen.getByText(basic.plan.disables)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: basic.plan.unexpire }));
    expect(mutate.mock.calls[0]?.[0]).toEqual({ SDKAppID: 7, Status: "enabled" });
  });

  it("has nothing to expire for a Trial", () => {
    render(<PlanBlock app={{ ...APP, Plan: "Trial" }} />);
    expect(screen.queryByRole("button", { name: basic.plan.expire })).toBeNull();
  });
});
