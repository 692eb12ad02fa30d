// A table of 100 000 accounts: the server pages, so that opening, searching and turning pages stay quick.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, signIn } from "./support/api.mjs";
import { launch, openPage, settled } from "./support/browser.mjs";
import { APP, startServer } from "./support/server.mjs";

const COUNT = 100_000;
/** Milliseconds from a key or a click until the new rows are there; generous, for slow build machines. */
const QUICK = 1500;

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test(`${COUNT} accounts`, async (context) => {
  const call = await signIn(server.url);
  const rows = Array.from({ length: COUNT }, (_, index) => `user${String(index).padStart(6, "0")},User ${index}`);
  const { JobId } = await call("im/ImportAccounts", { SDKAppID: APP, Format: "csv", Content: ["UserID,Nick", ...rows].join("\n") });
  const job = await finished(call, JobId);
  assert.equal(job.State, "done");
  assert.equal(job.Refused, 0);
  const page = await openPage(browser, {
    url: server.url,
    language: "en",
    theme: "light",
    width: 1280,
    cookie: call.cookie(),
  });
  const timed = async (what, act, seen) => {
    const begun = performance.now();
    await act();
    await page.locator("tbody tr", { hasText: seen }).first().waitFor();
    const took = performance.now() - begun;
    context.diagnostic(`${what}: ${took.toFixed(0)} ms`);
    assert.ok(took < QUICK, `${what} took ${took.toFixed(0)} ms`);
  };
  await page.goto(`${server.url}/console/`);
  await settled(page);
  await timed("open", () => page.goto(`${server.url}/console/apps/${APP}/accounts`), "user000000");
  await timed("search", () => page.getByPlaceholder("UserID begins with").fill("user0999"), "user099900");
  await timed("next page", () => page.getByRole("button", { name: "Next page" }).click(), "user099920");
  await timed("select all", () => page.getByLabel("Select all on this page").check(), "user099920");
  assert.equal(await page.locator("tbody tr").count(), 20);
  await page.context().close();
});
