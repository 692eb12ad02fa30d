// Opens every page, wide and narrow, light and dark: nothing may fail, lack a text, stick out or shut anybody out. That
// each language has every text is a unit test (web/src/i18n/texts.test.ts).
//   CONSOLE_E2E_PICTURES=1   with a picture of each under test-artifacts/console
//   CONSOLE_E2E=all   every page in every combination; else in one of two that meet each width and theme
//   CONSOLE_E2E=en-1280-light   this combination only
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { signIn } from "./support/api.mjs";
import { follow, inspect, launch, openPage, resized } from "./support/browser.mjs";
import { prepare } from "./support/data.mjs";
import { pages } from "./support/pages.mjs";
import { APP, REPOSITORY, startServer } from "./support/server.mjs";

const EVERY = ["ko", "en", "zh"].flatMap((language) =>
  [1280, 390].flatMap((width) => ["light", "dark"].map((theme) => `${language}-${width}-${theme}`)),
);
const SOME = ["ko-1280-light", "en-390-dark"];
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

test("every address answers with the console", async () => {
  const console = await (await fetch(`${server.url}/console/`)).text();
  for (const [name, path] of pages(data)) {
    assert.equal(await (await fetch(`${server.url}/console${path}`)).text(), console, name);
  }
});

// Two at a time, for as many cores.
test("pages", { concurrency: 2 }, async (context) => {
  await Promise.all(combinations.map((one) => context.test(one, () => walk(one))));
});

/** Opens every page as a click on a link does; the first and the one of signing in by their address. */
async function walk(combination) {
  const [language, width, theme] = combination.split("-");
  const page = await openPage(browser, { url: server.url, language, theme, width: Number(width), cookie: call.cookie() });
  // Who takes pictures asks axe nothing.
  const accessible = process.env.CONSOLE_E2E_PICTURES !== "1";
  await page.goto(`${server.url}/console/`);
  const turn = combinations.indexOf(combination);
  for (const [index, [name, path]] of pages(data).entries()) {
    if (!wanted && index % combinations.length !== turn) continue;
    await follow(page, path);
    await inspect(page, `${combination}/${name}`, { accessible });
    // Tables of a phone are cards; on a wide page they are what may not find room.
    if (!wanted && width === "390") await resized(page, `${combination}/${name}`, 1280);
  }
  await page.context().clearCookies();
  await page.goto(`${server.url}/console/login`);
  await page.waitForSelector("h1");
  await inspect(page, `${combination}/login`, { accessible });
  const problems = [...new Set(page.problems.filter((problem) => !problem.includes("Whoami")))];
  await page.context().close();
  assert.deepEqual(problems, []);
}

test("a fault is found though its like was judged before", async () => {
  const page = await openPage(browser, { url: server.url, language: "en", theme: "light", width: 1280, cookie: call.cookie() });
  await page.goto(`${server.url}/console/`);
  await follow(page, `/apps/${APP}/accounts`);
  await inspect(page, "whole");
  assert.deepEqual(page.problems, []);
  await page.evaluate(() => {
    const [, row, other] = document.querySelectorAll("tbody tr");
    row.lastElementChild.append(document.createElement("button"));
    other.querySelector("a").style.color = "#eee";
    document.querySelector("main").style.minWidth = "1400px";
  });
  await inspect(page, "broken");
  const kinds = page.problems.map((problem) => problem.split(": ")[1]);
  await page.context().close();
  assert.equal(kinds[0], "scrolls sideways");
  const [button, contrast, row] = kinds.slice(1).sort();
  assert.deepEqual([button, contrast], ["button-name", "color-contrast"]);
  assert.match(row, /^the row .* pixels high$/);
});
