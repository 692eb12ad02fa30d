// What operators do, in every language, against a real server; the effect is read where clients would feel it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rest, signIn } from "./support/api.mjs";
import { launch, openPage, picture, settled } from "./support/browser.mjs";
import { access } from "./flows/access.mjs";
import { accounts } from "./flows/accounts.mjs";
import { apps, endOfApp } from "./flows/apps.mjs";
import { relations } from "./flows/relations.mjs";
import { settings } from "./flows/settings.mjs";
import { keyboard } from "./flows/keyboard.mjs";
import { people } from "./flows/people.mjs";
import { plans } from "./flows/plans.mjs";
import { policies } from "./flows/policies.mjs";
import { me, signInOut } from "./flows/session.mjs";
import { tools } from "./flows/tools.mjs";
import { hands } from "./support/hands.mjs";
import { startServer } from "./support/server.mjs";
import { texts } from "./support/texts.mjs";

// Accessibility is checked once in each theme.
const RUNS = [
  { language: "en", width: 1280, theme: "light", axe: true },
  { language: "ko", width: 390, theme: "dark", axe: true },
  { language: "zh", width: 1280, theme: "dark", axe: false },
].filter(({ language }) => !process.env.CONSOLE_E2E_FLOW || process.env.CONSOLE_E2E_FLOW === language);

const every = { signInOut, apps, settings, accounts, relations, tools, access, people, policies, plans, me, keyboard, endOfApp };
// For a look at one flow: CONSOLE_E2E_ONLY=signInOut,apps,access
const only = process.env.CONSOLE_E2E_ONLY?.split(",");
const chosen = Object.fromEntries(Object.entries(every).filter(([title]) => !only || only.includes(title)));

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

// Each language has a server of its own; two at a time, for as many cores.
test("flows", { concurrency: 2 }, async (context) => {
  await Promise.all(RUNS.map((run) => context.test(nameOf(run), (inner) => flows(inner, run))));
});

const nameOf = ({ language, width, theme }) => `${language}-${width}-${theme}`;

async function flows(context, run) {
  const server = await startServer();
  const call = await signIn(server.url);
  const page = await openPage(browser, { url: server.url, ...run });
  const scene = { server, browser, run, call, rest, page, app: 0 };
  const hand = hands(page, texts(run.language), `${nameOf(run)}/flow`, run.axe);
  try {
    for (const [title, flow] of Object.entries(chosen)) {
      let failed;
      await context.test(title, async () => {
        page.problems.length = 0;
        try {
          await flow(hand, scene);
          await settled(page);
        } catch (error) {
          failed = error;
          console.error(page.problems);
          await picture(page, `${nameOf(run)}/failed-${title}`).catch(() => undefined);
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
}
