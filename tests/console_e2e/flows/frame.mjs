import assert from "node:assert/strict";
import { openPage } from "../support/browser.mjs";
import { hands } from "../support/hands.mjs";
import { ROOT_PASSWORD } from "../support/server.mjs";
import { texts } from "../support/texts.mjs";

/** What goes wrong around a page stays in the frame, says what it is and loses nothing. */
export async function frame(hand, scene) {
  await sessionEnds(hand, scene);
  await serverAway(hand, scene);
  await nowhere(hand, scene);
  await locks(hand, scene);
}

/** The session ends while a form is open: signing in over it keeps what was typed. */
async function sessionEnds(hand, { app, call }) {
  const { t, page } = hand;
  page.refusals.push("im/", "session/");
  await hand.go(`/apps/${app}/accounts`);
  await hand.press("accounts:create.open");
  await hand.fill("UserID", "draft.user");
  const address = page.url();
  await page.context().clearCookies();
  await hand.press("action.create");
  await hand.sees(t("session:again.title"));
  await hand.picture("session-ended");
  await hand.fill(t("session:login.password"), "not the password");
  await hand.confirm("session:login.submit");
  await hand.hears("error.AuthFailure_LoginFailure.cure");
  await hand.fill(t("session:login.password"), ROOT_PASSWORD);
  await hand.confirm("session:login.submit");
  await page.getByText(t("session:again.title")).waitFor({ state: "detached" });
  assert.equal(page.url(), address);
  assert.equal(await page.locator("dialog[open]").getByLabel(/^UserID/).inputValue(), "draft.user");
  await hand.press("action.create");
  await hand.closed();
  await hand.row("draft.user").waitFor();
  assert.equal((await call("im/DescribeAccount", { SDKAppID: app, UserID: "draft.user" })).UserID, "draft.user");
  page.refusals.length = 0;
  // Whoever leaves for the sign-in comes back to where one was, however often the address was nested.
  await page.goto(`${new URL(address).origin}/console/login?next=/console/login%3Fnext=/console/audit`);
  await hand.fill(t("session:login.name"), "root");
  await hand.fill(t("session:login.password"), ROOT_PASSWORD);
  await hand.press("session:login.submit");
  await page.waitForURL(/\/console\/?$/);
}

/** No page's code, no answer: the frame stays, the reason stands in it, and Retry goes on. */
async function serverAway(hand, { server, app, browser, run, call }) {
  const page = await openPage(browser, { url: server.url, cookie: call.cookie(), ...run });
  const { t } = hand;
  const they = hands(page, texts(run.language), "away", false);
  await page.goto(`${server.url}/console/apps/${app}/basic`);
  await page.waitForSelector("h1");
  const before = page.url();
  await page.route("**/*", (route) => route.abort());
  await page.evaluate((to) => {
    history.pushState({}, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `/console/apps/${app}/jobs`);
  await page.locator("main").getByText(t("error.Network.title")).waitFor();
  assert.equal(await page.locator("header.frame__bar").count(), 1);
  await page.unroute("**/*");
  await page.locator("main").getByRole("button", { name: t("action.retry"), exact: true }).click();
  await page.getByRole("heading", { name: t("nav.jobs"), exact: true, level: 1 }).waitFor();
  assert.notEqual(page.url(), before);
  // A list that cannot be asked for says so, and does not show the rows of before.
  await they.go(`/apps/${app}/accounts`);
  await page.locator("tbody tr").first().waitFor();
  await page.context().setOffline(true);
  await page.getByPlaceholder(t("accounts:search")).fill("nobody-there");
  await page.locator("main").getByText(t("error.Network.title")).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 0);
  await page.context().setOffline(false);
  // Something before the server answers at the start: still a page with a name, in the middle.
  await page.route("**/console/api/**", (route) => route.fulfill({ status: 502, body: "bad gateway" }));
  await page.goto(before);
  await page.locator(".bare").getByText(t("error.Http.title", { status: 502 })).waitFor();
  const box = await page.locator(".note--error").boundingBox();
  assert.ok(box.y > 100, `the reason stands at ${box.y}`);
  await page.context().close();
}

async function nowhere(hand, { app }) {
  const { t, page } = hand;
  await hand.go("/no/such/page");
  await hand.sees(t("notFound.title"));
  assert.equal(await page.locator("header.frame__bar").count(), 1);
  // On pages beyond apps the app that one worked on stays chosen.
  await hand.go(`/apps/${app}/basic`);
  await hand.go("/audit");
  if (page.viewportSize().width > 860) await page.locator(`.frame__side a[href$="/apps/${app}/accounts"]`).waitFor();
  // Korean is not broken inside words, anywhere.
  const breaks = await page.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).wordBreak]);
  assert.equal(breaks[1], breaks[0] === "ko" ? "keep-all" : "normal");
}

/** A lock says with a focusable button what is missing, or which statement denies. */
async function locks(hand, { server, browser, run, call, app }) {
  const Password = "Lock-pass-123";
  const { Uin } = await call("cam/AddUser", { Name: "locked", ConsoleLogin: 1, UseApi: 0, NeedResetPassword: 0, Password });
  const document = {
    version: "2.0",
    statement: [
      { effect: "allow", action: ["name/im:Describe*"], resource: "*" },
      { effect: "deny", action: "name/im:RemoveUser", resource: "*" },
    ],
  };
  const { PolicyId } = await call("cam/CreatePolicy", { PolicyName: "looks-only", PolicyDocument: JSON.stringify(document) });
  await call("cam/AttachUserPolicy", { PolicyId, AttachUin: Uin });
  const page = await openPage(browser, { url: server.url, ...run });
  page.refusals.push("session/Whoami");
  const they = hands(page, texts(run.language), `${run.language}-${run.width}-${run.theme}/flow`, run.axe);
  const { t } = they;
  await page.goto(`${server.url}/console/login?next=${encodeURIComponent(`/apps/${app}/accounts/draft.user`)}`);
  await they.fill(t("session:login.name"), "locked");
  await they.fill(t("session:login.password"), Password);
  await they.press("session:login.submit");
  await page.waitForURL("**/accounts/draft.user");
  const why = (name) =>
    page
      .locator(".locked", { has: page.getByRole("button", { name: t(name), exact: true }) })
      .getByRole("button", { name: t("locked.why"), exact: true });
  await why("accounts:kick.open").waitFor();
  await why("accounts:kick.open").focus();
  await page.keyboard.press("Enter");
  await they.sees(t("locked.missing"));
  await they.sees("name/im:KickAccount");
  await they.picture("lock");
  await page.keyboard.press("Escape");
  await why("action.delete").click();
  await they.sees(t("locked.by", { policy: "looks-only", index: 2 }));
  await page.keyboard.press("Escape");
  // What one may not open is not in the menu.
  if (page.viewportSize().width > 860) {
    assert.equal(await page.locator(".frame__side").getByText(t("nav.audit"), { exact: true }).count(), 0);
    assert.equal(await page.locator(".frame__side").getByText(t("nav.access"), { exact: true }).count(), 0);
  }
  assert.deepEqual([...new Set(page.problems)], []);
  await page.context().close();
}
