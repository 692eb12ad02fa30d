import assert from "node:assert/strict";
import { openPage } from "../support/browser.mjs";
import { hands } from "../support/hands.mjs";
import { ROOT_PASSWORD } from "../support/server.mjs";
import { texts } from "../support/texts.mjs";

/** From the sign-in to two accounts that write to each other: every act of a person is counted, and no guide is opened. */
export async function newcomer(hand, { server, browser, run, call }) {
  const page = await openPage(browser, { url: server.url, ...run });
  page.refusals.push("session/Whoami");
  const they = hands(page, texts(run.language), `${run.language}-${run.width}-${run.theme}/flow`, run.axe);
  const { t } = they;
  let acts = 0;
  const act = (doing) => {
    acts += 1;
    return doing;
  };
  await page.goto(`${server.url}/console/`);
  await page.waitForURL("**/console/login*");
  await act(they.fill(t("session:login.name"), "root"));
  await act(they.fill(t("session:login.password"), ROOT_PASSWORD));
  await act(page.keyboard.press("Enter"));
  await act(page.getByRole("button", { name: t("apps:create.open"), exact: true }).first().click());
  await act(they.fill(t("apps:name"), "My chat"));
  await act(page.keyboard.press("Enter"));
  await page.waitForURL("**/apps/*/overview");
  const app = Number(page.url().match(/apps\/(\d+)\//)[1]);
  await they.sees(`proxyServer: 'ws://`);
  await act(they.press("overview:steps.make", undefined, { names: "alice, bob" }));
  await page.getByRole("region", { name: "alice", exact: true }).waitFor();
  await act(they.press("overview:chat.enter"));
  const pane = (user) => page.getByRole("region", { name: user, exact: true });
  const field = (user) => page.getByLabel(t("overview:chat.write", { user }), { exact: true });
  await pane("alice").getByText(t("overview:chat.online"), { exact: true }).waitFor();
  await act(field("alice").fill("Hello, Bob"));
  await act(page.keyboard.press("Enter"));
  await pane("bob").locator(".chat__other", { hasText: "Hello, Bob" }).waitFor();
  await act(field("bob").fill("안녕, Alice 👋"));
  await act(page.keyboard.press("Enter"));
  await pane("alice").locator(".chat__other", { hasText: "안녕, Alice 👋" }).waitFor();
  assert.ok(acts <= 12, `${acts} acts`);
  const done = (steps) =>
    page.waitForFunction((steps) => document.querySelectorAll(".steps__item[data-done=true]").length === steps, steps);
  await done(3);
  // Both are online, and the overview says so by itself.
  await page.locator(".overview__online[data-some=true]").filter({ hasText: "2" }).waitFor();
  await they.picture("first-message");
  for (const name of ["overview:steps.copyClient", "overview:steps.copyServer"]) await they.press(name);
  await done(5);
  const copied = new RegExp(`/v4/openim/sendmsg\\?sdkappid=${app}&`);
  await they.until(async () => copied.test(await page.evaluate(() => navigator.clipboard.readText())), "the line for a server");
  const { Events } = await call("cloudaudit/DescribeEvents", { SDKAppID: app, Action: "CreateSecretUserSig", Limit: 10 });
  assert.equal(Events.length, 2, "each UserSig is in the audit log");
  // Leaving the page signs both out.
  await they.go(`/apps/${app}/basic`);
  assert.deepEqual([...new Set(page.problems)], []);
  await page.context().close();
  await call("im/StopSdkAppId", { SDKAppID: app });
}
