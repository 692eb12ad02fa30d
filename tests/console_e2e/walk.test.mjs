// Opens every page in every language, wide and narrow, light and dark: nothing may fail, lack a text, stick out or shut
// anybody out.
//   CONSOLE_E2E_PICTURES=0   without the pictures that it leaves under test-artifacts/console
//   CONSOLE_E2E=all   every combination instead of three that meet each language, width and theme
//   CONSOLE_E2E=en-1280-light   this combination only
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { signIn } from "./support/api.mjs";
import { inspect, launch, openPage } from "./support/browser.mjs";
import { prepare } from "./support/data.mjs";
import { pages } from "./support/pages.mjs";
import { REPOSITORY, startServer } from "./support/server.mjs";

const EVERY = ["ko", "en", "zh"].flatMap((language) =>
  [1280, 390].flatMap((width) => ["light", "dark"].map((theme) => `${language}-${width}-${theme}`)),
);
const SOME = ["en-390-light", "ko-1280-dark", "zh-1280-light"];
const wanted = process.env.CONSOLE_E2E ?? "";
const combinations = wanted === "all" ? EVERY : wanted ? wanted.split(",") : SOME;

let server;
let browser;
let call;
let data;

before(async () => {
  server = await startServer();
  call = await signIn(server.url);
  data = await prepare(call);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  const log = await server?.stop();
  assert.doesNotMatch(log ?? "", /\[(error|critical) *\]/, "the server logged an error");
});

test("every route is walked", () => {
  const router = readFileSync(join(REPOSITORY, "web/src/router.tsx"), "utf8");
  const routes = [...router.matchAll(/\bat\(\s*"([^"]+)"/g)].map((match) => match[1]);
  assert.ok(routes.length > 10, "the router is not read as it is written");
  const seen = pages(data).map(([, path]) => path.split("?")[0]);
  for (const route of routes) {
    const shape = new RegExp(`^${route.replaceAll("/", "\\/").replace(/\$\w+/g, "[^/]+")}$`);
    assert.ok(seen.some((path) => shape.test(path)), `no picture of ${route}`);
  }
});

// Two at a time, for as many cores.
test("pages", { concurrency: 2 }, async (context) => {
  await Promise.all(combinations.map((one, index) => context.test(one, () => walk(one, index === combinations.length - 1))));
});

// Accessibility hangs on the page and on its colours; asked once for both.
const checked = new Set();
function unchecked(key) {
  if (wanted !== "all" && checked.has(key)) return false;
  return checked.add(key);
}

/** Opens every page: each by its address, or without loading the console anew as a click on a link does. */
async function walk(combination, reload) {
  const [language, width, theme] = combination.split("-");
  const page = await openPage(browser, { url: server.url, language, theme, width: Number(width), cookie: call.cookie() });
  await page.goto(`${server.url}/console/`);
  for (const [name, path] of pages(data)) {
    if (reload) await page.goto(`${server.url}/console${path}`);
    else await page.evaluate(follow, `/console${path}`);
    await page.waitForSelector("h1");
    await inspect(page, `${combination}/${name}`, { axe: Boolean(unchecked(`${name}-${theme}`)) });
  }
  await page.context().clearCookies();
  await page.goto(`${server.url}/console/login`);
  await page.waitForSelector("h1");
  await inspect(page, `${combination}/login`, { axe: Boolean(unchecked(`login-${theme}`)) });
  const problems = [...new Set(page.problems.filter((problem) => !problem.includes("Whoami")))];
  await page.context().close();
  assert.deepEqual(problems, []);
}

/** In the page: goes where a link would lead. */
function follow(path) {
  history.pushState({}, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}
