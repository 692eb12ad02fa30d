// What operators do, against a real server; the effect is read where clients would feel it. The flows are in three groups
// with a server and a browser each, so that they run beside each other; a group finds by REST what another group makes.
//   CONSOLE_E2E_GROUP=apps            this group only
//   CONSOLE_E2E_FLOW=ko               in this language instead of the group's own; "all": in each
//   CONSOLE_E2E_ONLY=accounts,tools   these flows only
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rest, signIn } from "./support/api.mjs";
import { launch, openPage, picture, settled } from "./support/browser.mjs";
import { access } from "./flows/access.mjs";
import { accounts } from "./flows/accounts.mjs";
import { apps, endOfApp } from "./flows/apps.mjs";
import { banner } from "./flows/banner.mjs";
import { developer } from "./flows/developer.mjs";
import { failures } from "./flows/failures.mjs";
import { frame } from "./flows/frame.mjs";
import { groups as chatGroups } from "./flows/groups.mjs";
import { inbox } from "./flows/inbox.mjs";
import { relations } from "./flows/relations.mjs";
import { settings } from "./flows/settings.mjs";
import { keyboard } from "./flows/keyboard.mjs";
import { newcomer } from "./flows/newcomer.mjs";
import { officials } from "./flows/officials.mjs";
import { people } from "./flows/people.mjs";
import { places } from "./flows/places.mjs";
import { plans } from "./flows/plans.mjs";
import { policies } from "./flows/policies.mjs";
import { polish } from "./flows/polish.mjs";
import { push } from "./flows/push.mjs";
import { me, signInOut } from "./flows/session.mjs";
import { statistics } from "./flows/statistics.mjs";
import { tools } from "./flows/tools.mjs";
import { webhooks } from "./flows/webhooks.mjs";
import { words } from "./flows/words.mjs";
import { hands } from "./support/hands.mjs";
import { riverPost } from "./support/seed.mjs";
import { startServer } from "./support/server.mjs";
import { texts } from "./support/texts.mjs";

const wanted = process.env.CONSOLE_E2E_FLOW;
// Accessibility of pages is the walk's; that of dialogs is checked once, and in each theme when every language is run.
const COMBINATIONS = {
  en: { language: "en", width: 1280, theme: "light", axe: true },
  ko: { language: "ko", width: 390, theme: "dark", axe: wanted === "all" },
  zh: { language: "zh", width: 1280, theme: "dark", axe: false },
};
// What one flow makes, the later ones of its group may find.
const GROUPS = {
  apps: { language: "en", flows: { signInOut, banner, newcomer, apps, settings, polish, plans, me, keyboard, endOfApp } },
  accounts: { language: "ko", flows: { accounts, relations, chatGroups, places, officials, tools, inbox, words, frame } },
  access: { language: "zh", flows: { webhooks, developer, push, failures, statistics, access, people, policies } },
};
const only = process.env.CONSOLE_E2E_ONLY?.split(",");
const groups = Object.entries(GROUPS).filter(([name]) => [undefined, name].includes(process.env.CONSOLE_E2E_GROUP));

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("flows", async (context) => {
  for (const [name, { language, flows }] of groups) {
    const chosen = Object.entries(flows).filter(([title]) => !only || only.includes(title));
    for (const one of wanted === "all" ? Object.keys(COMBINATIONS) : [wanted || language]) {
      await context.test(`${name} ${one}`, (inner) => group(inner, name, chosen, COMBINATIONS[one]));
    }
  }
});

/** One flow after the other, on one page. */
async function group(context, name, flows, run) {
  const server = await startServer();
  const call = await signIn(server.url);
  // What a flow is about itself is not there before.
  const has = (title) => flows.some(([one]) => one === title);
  const scene = { server, browser, call, rest, run, app: has("apps") ? 0 : await riverPost(server.url, call) };
  const like = `${run.language}-${run.width}-${run.theme}`;
  const page = await openPage(browser, { url: server.url, ...run, cookie: has("signInOut") ? "" : call.cookie() });
  try {
    if (!has("signInOut")) await page.goto(`${server.url}/console/`);
    for (const [title, flow] of flows) {
      const hand = hands(page, texts(run.language), `${like}/flow`, run.axe);
      let failed;
      await context.test(title, async () => {
        page.problems.length = 0;
        try {
          await flow(hand, Object.assign(scene, { page }));
          await settled(page);
        } catch (error) {
          failed = error;
          console.error(page.problems);
          await picture(page, `${name}-${like}/failed-${title}`).catch(() => undefined);
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
