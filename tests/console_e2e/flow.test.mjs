// What operators do, in every language, against a real server; the effect is read where clients would feel it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rest, signIn } from "./support/api.mjs";
import { launch, openPage, picture, settled } from "./support/browser.mjs";
import { access } from "./flows/access.mjs";
import { accounts } from "./flows/accounts.mjs";
import { apps, endOfApp } from "./flows/apps.mjs";
import { frame } from "./flows/frame.mjs";
import { relations } from "./flows/relations.mjs";
import { settings } from "./flows/settings.mjs";
import { keyboard } from "./flows/keyboard.mjs";
import { newcomer } from "./flows/newcomer.mjs";
import { people } from "./flows/people.mjs";
import { plans } from "./flows/plans.mjs";
import { policies } from "./flows/policies.mjs";
import { me, signInOut } from "./flows/session.mjs";
import { tools } from "./flows/tools.mjs";
import { hands } from "./support/hands.mjs";
import { startServer } from "./support/server.mjs";
import { texts } from "./support/texts.mjs";

// Accessibility is checked once in each theme.
const COMBINATIONS = [
  { language: "en", width: 1280, theme: "light", axe: true },
  { language: "ko", width: 390, theme: "dark", axe: true },
  { language: "zh", width: 1280, theme: "dark", axe: false },
];
// CONSOLE_E2E_FLOW=mixed does every flow once, each in the next combination; =ko all of them in this one; without it
// all of them in each.
const wanted = process.env.CONSOLE_E2E_FLOW;
const RUNS =
  wanted === "mixed"
    ? { mixed: COMBINATIONS }
    : Object.fromEntries(
        COMBINATIONS.filter(({ language }) => !wanted || wanted === language).map((one) => [nameOf(one), [one]]),
      );

const every = { signInOut, newcomer, apps, settings, frame, accounts, relations, tools, access, people, policies, plans, me, keyboard, endOfApp };
// For a look at one flow: CONSOLE_E2E_ONLY=signInOut,apps,access
const only = process.env.CONSOLE_E2E_ONLY?.split(",");
const chosen = Object.fromEntries(Object.entries(every).filter(([title]) => !only || only.includes(title)));

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

// Each run has a server of its own; two at a time, for as many cores.
test("flows", { concurrency: 2 }, async (context) => {
  await Promise.all(Object.entries(RUNS).map(([name, runs]) => context.test(name, (inner) => flows(inner, name, runs))));
});

function nameOf({ language, width, theme }) {
  return `${language}-${width}-${theme}`;
}

/** One flow after the other; what one makes the next ones find, in whatever language it was made. */
async function flows(context, name, runs) {
  const server = await startServer();
  const call = await signIn(server.url);
  const scene = { server, browser, call, rest, app: 0 };
  const pages = [];
  try {
    for (const [index, [title, flow]] of Object.entries(chosen).entries()) {
      const run = runs[index % runs.length];
      const page = (pages[index % runs.length] ??= await open(server, run, pages[0]));
      const hand = hands(page, texts(run.language), `${nameOf(run)}/flow`, run.axe);
      let failed;
      await context.test(`${title} ${nameOf(run)}`, async () => {
        page.problems.length = 0;
        try {
          await page.bringToFront();
          await flow(hand, Object.assign(scene, { run, page }));
          await settled(page);
        } catch (error) {
          failed = error;
          console.error(page.problems);
          await picture(page, `${name}/failed-${title}`).catch(() => undefined);
          throw error;
        }
        assert.deepEqual([...new Set(page.problems)], []);
      });
      if (failed) break;
    }
  } finally {
    for (const page of pages) await page.context().close();
    const log = await server.stop();
    assert.doesNotMatch(log, /\[(error|critical) *\]/, "the server logged an error");
  }
}

/** A page in the console; signed in as `like` is, if given. */
async function open(server, run, like) {
  const [cookie] = like ? await like.context().cookies(`${server.url}/console`) : [];
  const page = await openPage(browser, { url: server.url, ...run, cookie: cookie && `${cookie.name}=${cookie.value}` });
  if (cookie) await page.goto(`${server.url}/console/`);
  return page;
}
