import { fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import common from "../../locale/en.json";
import type { App } from "./api";
import { Limits } from "./components/Limits";
import basic from "./locale/en.json";

const mutate = vi.hoisted(() => vi.fn());
vi.mock("./api", () => ({ useModifyLimits: () => ({ mutate, isPending: false, error: null }) }));
vi.mock("../../ui/Locked", () => ({
  Locked: ({ children }: { children: (lock: object) => unknown }) => children({ disabled: false }),
}));

const APP = {
  SDKAppID: 7,
  Limits: { Accounts: null, Friends: 30, HistoryDays: 7 },
  Overrides: { Accounts: null, Friends: 30 },
} as unknown as App;

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
  mutate.mockClear();
  render(<Limits app={APP} />);
  fireEvent.click(screen.getByRole("button", { name: common.action.edit }));
});

const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const save = () => fireEvent.submit(document.querySelector("form") as HTMLFormElement);
const sent = () => mutate.mock.calls[0]?.[0].Overrides;

describe("the limits of an app", () => {
  it("keep what is unlimited when another is changed", () => {
    type(basic.limit.Friends, "40");
    save();
    expect(sent()).toEqual({ Accounts: null, Friends: 40 });
  });

  it("can be taken away, and follow the plan again", () => {
    fireEvent.click(screen.getByLabelText(basic.limit.unlimited));
    type(basic.limit.Friends, "");
    save();
    expect(sent()).toEqual({});
  });

  it("are held against the server's ranges while one types", () => {
    expect(screen.getByText("From 0 to 10,000")).toBeTruthy();
    type(basic.limit.HistoryDays, "9999");
    expect(screen.getByRole("alert", { hidden: true }).textContent).toBe("A whole number from 1 to 3,650");
    save();
    expect(mutate).not.toHaveBeenCalled();
  });

  it("are offered only where they can be unlimited", () => {
    expect(screen.getAllByLabelText(basic.limit.unlimited)).toHaveLength(1);
  });
});
