// Chromium, and pages that remember everything that went wrong on them.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { REPOSITORY } from "./server.mjs";

const require = createRequire(join(REPOSITORY, "web/package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const CHROMIUM = process.env.CHROMIUM ?? PLACES.find(existsSync);
export const ARTIFACTS = join(REPOSITORY, "test-artifacts/console");

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });

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
      localStorage.setItem("sodam.language", language);
      localStorage.setItem("sodam.theme", theme);
    },
    [language, theme],
  );
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.problems = [];
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

/** Waits until nothing is loading any more. */
export async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector(".skeleton, .table__waiting, .is-stale"));
}

/** Checks accessibility and that nothing sticks out at the side; keeps a picture. */
export async function inspect(page, name) {
  await settled(page);
  const place = join(ARTIFACTS, `${name}.png`);
  mkdirSync(join(place, ".."), { recursive: true });
  // Hiding the caret would add a style element, which the security policy forbids.
  await page.screenshot({ path: place, caret: "initial", fullPage: !(await page.locator("dialog[open]").count()) });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) page.problems.push(`${name}: scrolls sideways by ${wide} pixels`);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations"], preload: false, runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] }),
  );
  for (const { id, impact, help, nodes } of violations) {
    if (impact !== "serious" && impact !== "critical") continue;
    const where = nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`);
    page.problems.push(`${name}: ${id}: ${help}: ${where.join(" | ")}`);
  }
}
