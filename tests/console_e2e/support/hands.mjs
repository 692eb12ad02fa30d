// What a person does on a page, in words of the language that the page speaks.
import assert from "node:assert/strict";
import { DEADLINE, follow, inspect, settled } from "./browser.mjs";

/** Waits until a question that is asked again and again is answered with yes. */
export async function until(ask, what) {
  for (const end = Date.now() + DEADLINE; Date.now() < end; ) {
    if (await ask()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`never: ${what}`);
}

/** Everything that acts on the dialog on top if one is open, otherwise on the page. `axe`: whether pictures are checked. */
export function hands(page, t, pictures, axe) {
  // Asked anew at each try, as dialogs open and close in their own time.
  const place = page.locator("dialog[open], body:not(:has(dialog[open]))").last();
  /** Fields are on the page itself, not in the frame around it. */
  const form = page.locator("dialog[open], body:not(:has(dialog[open])) main").last();
  const regexp = (text) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
  return {
    page,
    t,
    /** Where a link would lead, without loading the console anew; to the page that one is on: by a reload. */
    async go(path) {
      if (page.url() === new URL(`/console${path}`, page.url()).href) return this.load(path);
      await follow(page, path);
      await settled(page);
    },
    /** By the address. */
    async load(path) {
      await page.goto(new URL(`/console${path}`, page.url()).href);
      await page.waitForSelector("h1");
      await settled(page);
    },
    async press(name, within, values) {
      const area = within ?? place;
      await area.getByRole("button", { name: t(name, values), exact: true }).first().click();
    },
    /** Presses the button in the dialog that is about to open: one on the page may have the same name. */
    async confirm(name) {
      await page.locator("dialog[open]").last().locator(".dialog__foot").getByRole("button", { name: t(name), exact: true }).click();
    },
    /** Points at a toast, which stays then: the offer to take back must not end while the effect is looked at. */
    async keep(text) {
      await page.locator(".toast", { hasText: text }).filter({ has: page.getByRole("button", { name: t("action.undo"), exact: true }) }).last().hover();
    },
    /** Takes back what a toast tells; there may be several. */
    async undo(text) {
      await page.locator(".toast", { hasText: text }).getByRole("button", { name: t("action.undo"), exact: true }).click();
    },
    async pressText(text, within) {
      const area = within ?? place;
      await area.getByRole("button", { name: text, exact: true }).first().click();
    },
    async fill(label, value, within) {
      const area = within ?? form;
      await area.getByLabel(regexp(label)).and(page.locator("input, textarea")).first().fill(value);
    },
    /** Searches among many and takes the one of that name, once it alone is shown: before that the list may change
     * under the hand. */
    async find(name) {
      const picker = page.locator("dialog .picker");
      await picker.locator("input[type=search]").fill(name);
      await page.waitForFunction(() => document.querySelectorAll("dialog .pick li").length === 1);
      await picker.locator(".pick label", { hasText: name }).click();
      await picker.locator("p", { hasText: name }).waitFor();
    },
    async choose(label, value, within) {
      const area = within ?? form;
      await area.getByLabel(regexp(label)).first().selectOption(value);
    },
    async tick(label, within) {
      const area = within ?? form;
      await area.getByLabel(label, { exact: true }).first().click();
    },
    async tab(name) {
      await page.getByRole("tab", { name: t(name), exact: true }).click();
      await settled(page);
    },
    /** The dialog on top is gone. */
    async closed() {
      await page.waitForFunction(() => !document.querySelector("dialog[open]"));
    },
    /** The page says so, in a toast or elsewhere. */
    async hears(name, values) {
      await page.getByText(t(name, values), { exact: false }).filter({ visible: true }).first().waitFor();
    },
    /** Does something and hears of it: a toast may be gone before whoever listens only afterwards begins to. */
    async told(act, name, values) {
      await Promise.all([this.hears(name, values), act()]);
    },
    async sees(text) {
      await page.getByText(text, { exact: false }).filter({ visible: true }).first().waitFor();
    },
    async seesNot(text) {
      await page.getByText(text, { exact: true }).first().waitFor({ state: "detached" });
    },
    /** The row of a table that holds a text. */
    row: (text) => page.locator("tbody tr", { hasText: text }).first(),
    card: (name) => page.getByRole("region", { name: t(name), exact: true }),
    async picture(name) {
      const dialog = await page.locator("dialog[open]").count();
      await inspect(page, `${pictures}/${name}`, { accessible: axe && dialog > 0 });
    },
    until,
  };
}
