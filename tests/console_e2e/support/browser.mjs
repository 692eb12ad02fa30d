// Chromium, and pages that remember everything that went wrong on them.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { looks } from "./looks.mjs";
import { REPOSITORY } from "./server.mjs";

const require = createRequire(join(REPOSITORY, "web/package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
export const CHROMIUM = process.env.CHROMIUM ?? NAMES.map((name) => `/usr/bin/${name}`).find(existsSync);
export const ARTIFACTS = process.env.CONSOLE_E2E_ARTIFACTS ?? join(REPOSITORY, "test-artifacts/console");

export const launchWith = (...args) =>
  chromium.launch({ executablePath: CHROMIUM, timeout: 180_000, args: ["--no-sandbox", "--disable-gpu", ...args] });
export const launch = () => launchWith();
/** How long anything may take before it counts as never: generous, so that a busy machine is no reason to fail. */
export const DEADLINE = 60_000;
/** Pictures are for people: CONSOLE_E2E_PICTURES=1 keeps one of every page and dialog. */
const PICTURES = process.env.CONSOLE_E2E_PICTURES === "1";

/**
 * A page in one language, theme and width, signed in when a cookie is given. `page.problems` collects errors of the
 * console, requests that failed, texts without translation and serious findings of axe.
 */
export async function openPage(browser, { url, language, theme, width, cookie }) {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 800 },
    locale: { ko: "ko-KR", en: "en-GB", zh: "zh-CN" }[language],
    timezoneId: "Asia/Seoul",
    colorScheme: theme,
    reducedMotion: "reduce",
    deviceScaleFactor: 1,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  if (cookie) {
    const [name, value] = cookie.split("=");
    await context.addCookies([{ name, value, url: `${url}/console` }]);
  }
  await context.addInitScript(
    ([language, theme]) => {
      if (location.protocol === "about:") return;
      localStorage.setItem("sodam.language", language);
      localStorage.setItem("sodam.theme", theme);
      // What the console has read counts as fresh for some seconds: `follow` lets them pass at once.
      const now = Date.now;
      let ahead = 0;
      Date.now = () => now() + ahead;
      window.pass = (milliseconds) => (ahead += milliseconds);
    },
    [language, theme],
  );
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE);
  page.problems = [];
  watch(page);
  /** Requests whose refusal a test expects, as text in the address. */
  page.refusals = [];
  const expected = (address) => page.refusals.some((part) => address.includes(part));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (expected(message.location().url ?? "")) return;
    page.problems.push(`console: ${message.text()} (${page.url()})`);
  });
  page.on("pageerror", (error) => page.problems.push(`error: ${error.message} (${page.url()})`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // Leaving a page ends what it was still reading.
    if (why !== "net::ERR_ABORTED") page.problems.push(`request: ${request.url()} ${why}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400 && !expected(answer.url())) {
      page.problems.push(`request: ${answer.url()} answered ${answer.status()}`);
    }
  });
  return page;
}

/**
 * Goes where a link would lead: a page that is there already is not loaded anew, which costs ten times as much. What was
 * read before is read again.
 */
export async function follow(page, path) {
  await page.evaluate((to) => {
    window.pass(6_000);
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `/console${path}`);
  await page.waitForSelector("h1");
}

/** Keeps count of the requests under way; a stream of events is under way for as long as its page is open. */
function watch(page) {
  const open = new Set();
  let sent = 0;
  let changed = () => undefined;
  page.on("request", (request) => {
    if (request.resourceType() === "eventsource") return;
    // Another document: what the one before was still reading is over, and nothing may tell so.
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) open.clear();
    sent += 1;
    open.add(request);
  });
  for (const over of ["requestfinished", "requestfailed"]) {
    page.on(over, (request) => {
      open.delete(request);
      changed();
    });
  }
  page.traffic = {
    sent: () => sent,
    idle: () => open.size === 0,
    /** Resolves at the next answer; at the latest after a tenth of a second, should it be lost with the page. */
    change: () =>
      new Promise((done) => {
        changed = done;
        setTimeout(done, 100);
      }),
  };
}

/**
 * Waits until the page rests: every request answered, nothing drawn as still loading, the main thread without work, and
 * no request begun meanwhile. A fixed time of silence would be too long on a quick machine and too short on a busy one.
 */
export async function settled(page) {
  const { traffic } = page;
  const until = Date.now() + DEADLINE;
  for (;;) {
    while (!traffic.idle() && Date.now() < until) await traffic.change();
    const before = traffic.sent();
    const rests = await within(page.evaluate(atRest), `${page.url()} does not answer`).catch((error) => {
      // The page was left meanwhile: the next one is asked.
      if (/context was destroyed|navigat/.test(error.message)) return false;
      throw error;
    });
    if (rests && traffic.idle() && traffic.sent() === before) return;
    if (Date.now() > until) throw new Error(`${page.url()} does not come to rest`);
  }
}

/**
 * In the page: two frames and two moments without work later, is everything there and nothing moving? A page that the
 * browser does not draw for a while, since another one is in front, gets neither: half a second stands for each then.
 */
async function atRest() {
  const idle = () => new Promise((done) => requestIdleCallback(done, { timeout: 500 }));
  const frame = () =>
    new Promise((done) => {
      requestAnimationFrame(done);
      setTimeout(done, 500);
    });
  for (let turn = 0; turn < 2; turn++) {
    await frame();
    await idle();
  }
  // Where the address leads is drawn: the code of a page, and what must be known first, may still be on the way.
  const { state, latestLocation } = window.__TSR_ROUTER__ ?? {};
  const arrived = !state || (state.status === "idle" && state.resolvedLocation?.href === latestLocation.href);
  const moving = document.getAnimations().some((one) => {
    const { iterations, endTime } = one.effect.getComputedTiming();
    return one.playState === "running" && Number.isFinite(iterations) && Number.isFinite(endTime);
  });
  return arrived && !moving && !document.querySelector(".skeleton, .table__waiting, .is-stale");
}

/** What a page is asked has no deadline of its own: a page that hangs must fail the test, not stop it. */
async function within(promise, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} within ${DEADLINE / 1000} s`)), DEADLINE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The page as a picture for people to look at. */
export async function picture(page, name) {
  const place = join(ARTIFACTS, `${name}.png`);
  mkdirSync(join(place, ".."), { recursive: true });
  // Hiding the caret would add a style element, which the security policy forbids.
  await page.screenshot({ path: place, caret: "initial", fullPage: !(await page.locator("dialog[open]").count()) });
}

/** In the page: what is wider than its place, and by how much; code and the strip of tabs may be. */
function sideways() {
  return [document.documentElement, ...document.querySelectorAll(".table__scroll")]
    .map((one) => [one.className || "page", one.scrollWidth - one.clientWidth])
    .filter(([, wide]) => wide > 0)
    .map(([what, wide]) => `${what} by ${wide} pixels`);
}

/** That nothing sticks out of the same page in a window of another width, either. */
export async function resized(page, name, width) {
  const own = page.viewportSize();
  await page.setViewportSize({ ...own, width });
  page.problems.push(...(await page.evaluate(sideways)).map((wide) => `${name} at ${width}: scrolls sideways: ${wide}`));
  await page.setViewportSize(own);
}

/** Checks that nothing sticks out at the side, or looks wrong otherwise, and, unless `accessible` is false, what axe says. */
export async function inspect(page, name, { accessible = true } = {}) {
  await settled(page);
  if (PICTURES) await picture(page, name);
  page.problems.push(...(await page.evaluate(sideways)).map((wide) => `${name}: scrolls sideways: ${wide}`));
  page.problems.push(...(await page.evaluate(looks)).map((fault) => `${name}: ${fault}`));
  if (!accessible) return;
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const { violations } = await within(page.evaluate(judge), `${name}: the accessibility check does not end`);
  for (const { id, help, nodes } of violations) {
    const where = nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`);
    page.problems.push(`${name}: ${id}: ${help}: ${where.join(" | ")}`);
  }
}

/**
 * In the page: what axe says about the dialog on top, otherwise about the page. Only rules are asked whose breach shuts
 * somebody out, and a part is judged once: not the frame on each page, nor a row that is built as another one was, of the
 * same classes and attributes inside of the same ones, and with a text, a name or an existing target where that has one.
 */
function judge() {
  const judged = (window.judged ??= new Set());
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.documentElement;
  const ids = new Map();
  for (const { id } of document.querySelectorAll("[id]")) ids.set(id, (ids.get(id) ?? 0) + 1);
  const targets = (value) => value.split(/\s+/).every((id) => ids.has(id));
  const said = { id: (value) => ids.get(value) === 1, for: targets };
  for (const name of ["labelledby", "describedby", "controls", "owns", "activedescendant"]) said[`aria-${name}`] = targets;
  for (const name of ["href", "src", "title", "alt", "value", "name", "placeholder", "aria-label"]) {
    said[name] = (value) => value.trim() !== "";
  }
  const own = (element) =>
    [element.tagName, ...[...element.attributes].map(({ name, value }) => `${name}=${(said[name] ?? String)(value)}`)].join(" ");
  const built = new Map();
  const build = (element) => {
    let text = own(element);
    for (const child of element.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) text += `<${build(child)}>`;
      else if (child.nodeType === Node.TEXT_NODE && child.data.trim()) text += "t";
    }
    built.set(element, text);
    return text;
  };
  build(root);
  const exclude = [];
  const look = (element, above) => {
    const inside = `${above}/${own(element)}`;
    for (const child of element.children) {
      // A single element costs less to judge than to leave out.
      if (child.childElementCount === 0) continue;
      const part = `${inside}>${built.get(child)}`;
      if (judged.has(part)) exclude.push(child);
      else {
        judged.add(part);
        look(child, inside);
      }
    }
  };
  look(root, "");
  const grave = window.axe._audit.rules.filter(({ impact }) => impact === "serious" || impact === "critical");
  const wanted = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"];
  const rules = grave.filter(
    ({ enabled, tags }) => enabled && !tags.includes("experimental") && tags.some((tag) => wanted.includes(tag)),
  );
  return window.axe.run(
    { include: [root], ...(exclude.length ? { exclude } : {}) },
    { resultTypes: ["violations"], preload: false, runOnly: { type: "rule", values: rules.map(({ id }) => id) } },
  );
}
