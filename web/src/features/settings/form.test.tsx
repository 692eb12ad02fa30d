import { fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import common from "../../locale/en.json";
import type { Ability, Setting } from "./api";
import { SectionForm } from "./components/SectionForm";
import texts from "./locale/en.json";

const apply = vi.hoisted(() => vi.fn());
vi.mock("./api", () => ({ useSetting: () => ({ apply, busy: false }) }));
vi.mock("./components/Trace", () => ({ Trace: () => null }));
vi.mock("../../ui/Locked", () => ({
  Locked: ({ children }: { children: (state: object) => unknown }) => children({ disabled: false }),
  LockedNote: ({ children }: { children: unknown }) => children,
}));
// Who changed a setting last is the audit log's to say (trace.test.ts).
vi.mock("./components/Trace", () => ({ Trace: () => null }));
vi.mock("../../ui/Button", async (original) => ({
  ...(await original<typeof import("../../ui/Button")>()),
  LinkButton: () => null,
}));

/** Texts of settings that no file of the console knows: what somebody adds to the locale files, and nothing else. */
const ADDED = {
  NightQuiet: { name: "Quiet at night", on: "Nothing rings.", off: "It rings." },
  NightHours: { name: "Night", about: "How long it is.", unit: "Hours", changed: "{{value}}", lowered: "Beware." },
  NightTone: {
    name: "Tone",
    about: "What is heard.",
    label: "Tone at night",
    changed: "Tone: {{name}}",
    values: { Bell: { name: "A bell", about: "Ding." }, Horn: { name: "A horn", about: "Toot." } },
  },
};
const BLANK = {
  Heading: "who",
  Min: null,
  Max: null,
  Unit: "",
  Values: [] as string[],
  NeedsPlan: "",
  ChangeableFrom: 0,
  LoweringErases: false,
} as const;
const QUIET: Setting = { ...BLANK, Setting: "NightQuiet", Type: "switch", Value: false, Default: false };
const HOURS: Setting = {
  ...BLANK,
  Setting: "NightHours",
  Type: "number",
  Value: 8,
  Default: 8,
  Min: 1,
  Max: 12,
  LoweringErases: true,
};
const TONE: Setting = {
  ...BLANK,
  Setting: "NightTone",
  Type: "choice",
  Value: "Bell",
  Default: "Bell",
  Values: ["Bell", "Horn"],
};
const show = (...settings: Setting[]) =>
  render(
    <SectionForm
      app={7}
      ability={{ Sections: [{ Section: "messages", Version: 1, Settings: settings }] } as unknown as Ability}
      sections={["messages"]}
    />,
  );

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal ??= function open(this: HTMLDialogElement) {
    this.open = true;
  };
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { common, settings: { ...texts, ...ADDED } } },
    defaultNS: "common",
    fallbackNS: "common",
  });
});

beforeEach(() => apply.mockClear());

describe("the form of settings that the server declares", () => {
  it("shows a switch that no page names, under its heading", () => {
    show(QUIET);
    expect(screen.getByRole("region", { name: texts.headings.who })).toBeTruthy();
    expect(screen.getByText("It rings.")).toBeTruthy();
    fireEvent.click(screen.getByRole("switch", { name: "Quiet at night" }));
    expect(apply).toHaveBeenCalledWith({ NightQuiet: true }, "Nothing rings.", { NightQuiet: false });
  });

  it("edits a number within its range, and warns where lowering erases", () => {
    show(HOURS);
    fireEvent.click(screen.getByRole("button", { name: "Edit Night" }));
    const field = screen.getByLabelText("Hours");
    const save = screen.getByRole<HTMLButtonElement>("button", { name: common.action.save });
    fireEvent.change(field, { target: { value: "13" } });
    expect(save.disabled).toBe(true);
    fireEvent.change(field, { target: { value: "7" } });
    expect(screen.getByText("Beware.")).toBeTruthy();
    fireEvent.submit(document.querySelector("form") as HTMLFormElement);
    expect(apply).toHaveBeenCalledWith({ NightHours: 7 }, "7");
  });

  it("offers a choice's values", () => {
    show(TONE);
    fireEvent.click(screen.getByLabelText(/A horn/));
    expect(apply).toHaveBeenCalledWith({ NightTone: "Horn" }, "Tone: A horn", { NightTone: "Bell" });
  });

  it("offers the world's time zones, and keeps one that the browser does not know", () => {
    const name = texts.TimeZone.label;
    show({ ...BLANK, Setting: "TimeZone", Type: "zone", Value: "Old/Place", Default: "+08:00" });
    const field = screen.getByLabelText<HTMLSelectElement>(name);
    expect(field.value).toBe("Old/Place");
    expect([...field.options].map((option) => option.value)).toContain("Europe/Berlin");
    fireEvent.change(field, { target: { value: "+09:00" } });
    expect(apply).toHaveBeenCalledWith({ TimeZone: "+09:00" }, "Time zone: +09:00", { TimeZone: "Old/Place" });
  });

  it("locks what the plan lacks, and bides its time", () => {
    const later = Date.now() / 1000 + 86400;
    show({ ...QUIET, NeedsPlan: "Flagship" }, { ...HOURS, ChangeableFrom: later });
    expect(screen.queryByRole("switch")).toBeNull();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Edit Night" }).disabled).toBe(true);
  });
});
