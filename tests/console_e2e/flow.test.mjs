// What operators do, in every language, against a real server; the effect is read where clients would feel it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { rest, signIn } from "./support/api.mjs";
import { ARTIFACTS, launch, openPage, settled } from "./support/browser.mjs";
import { access } from "./flows/access.mjs";
import { accounts } from "./flows/accounts.mjs";
import { apps, endOfApp } from "./flows/apps.mjs";
import { relations } from "./flows/relations.mjs";
import { settings } from "./flows/settings.mjs";
import { signInOut } from "./flows/session.mjs";
import { tools } from "./flows/tools.mjs";
import { hands } from "./support/hands.mjs";
import { startServer } from "./support/server.mjs";
import { texts } from "./support/texts.mjs";

const RUNS = [
  { language: "en", width: 1280, theme: "light" },
  { language: "ko", width: 390, theme: "dark" },
  { language: "zh", width: 1280, theme: "dark" },
].filter(({ language }) => !process.env.CONSOLE_E2E_FLOW || process.env.CONSOLE_E2E_FLOW === language);

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const run of RUNS) {
  const name = `${run.language}-${run.width}-${run.theme}`;
  test(`flows: ${name}`, async (context) => {
    const server = await startServer();
    const call = await signIn(server.url);
    const page = await openPage(browser, { url: server.url, ...run });
    const scene = { server, browser, run, call, rest, page, app: 0 };
    const hand = hands(page, texts(run.language), `${name}/flow`);
    const every = { signInOut, apps, settings, accounts, relations, tools, access, endOfApp };
    // For a look at one flow: CONSOLE_E2E_ONLY=signInOut,apps,access
    const only = process.env.CONSOLE_E2E_ONLY?.split(",");
    const flows = Object.fromEntries(Object.entries(every).filter(([title]) => !only || only.includes(title)));
    try {
      for (const [title, flow] of Object.entries(flows)) {
        let failed;
        await context.test(title, async () => {
          page.problems.length = 0;
          try {
            await flow(hand, scene);
            await settled(page);
          } catch (error) {
            failed = error;
            console.error(page.problems);
            await page.screenshot({ path: join(ARTIFACTS, `${name}/failed-${title}.png`), caret: "initial", fullPage: true }).catch(() => undefined);
            throw error;
          }
          assert.deepEqual([...new Set(page.problems)], []);
        });
        if (failed) break;
      }
    } finally {
      await page.context().close();
      const log = await server.stop();
      assert.doesNotMatch(log, /\[(error|critical) *\]/, "the server logged an error");
    }
  });
}
