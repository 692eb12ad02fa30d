import assert from "node:assert/strict";
import { finished } from "../support/api.mjs";

/** Create an app, compare plans, its information, keys, administrators, tags, limits, an order. */
export async function apps(hand, scene) {
  const { t, page } = hand;
  const { call } = scene;
  await hand.go("/");
  await hand.press("apps:compare.open");
  // What the plans differ in stands first, what all have below; what is not counted here is folded away.
  const rows = page.locator("dialog .compare tbody th[scope=row]");
  await rows.first().waitFor();
  const names = await rows.allTextContents();
  assert.ok(names.indexOf(t("apps:limits.Friends")) < names.indexOf(t("apps:limits.Accounts")));
  assert.ok(!names.includes(t("apps:limits.FreePeakDAU")));
  await page.locator("dialog .compare__part button").click();
  await hand.sees(t("apps:limits.FreePeakDAU"));
  await hand.picture("compare");
  await page.keyboard.press("Escape");
  await hand.closed();
  await hand.press("apps:create.open");
  await hand.fill(t("apps:name"), "River Post");
  await hand.picture("create-app");
  await hand.press("action.create");
  await page.waitForURL("**/apps/*/overview");
  scene.app = Number(page.url().match(/apps\/(\d+)\//)[1]);
  const now = () => call("im/DescribeSdkAppInfo", { SDKAppID: scene.app });
  await hand.go(`/apps/${scene.app}/basic`);
  assert.equal((await now()).Name, "River Post");

  await hand.press("action.edit", hand.card("basic:info.title"));
  await hand.fill(t("basic:info.type"), "Social");
  await hand.fill(t("basic:info.introduction"), "x".repeat(301));
  await hand.sees(t("field.over.letters", { count: 1 }));
  await hand.fill(t("basic:info.introduction"), "Letters along the river");
  await hand.press("action.save");
  await hand.closed();
  assert.equal((await now()).Introduction, "Letters along the river");
  await keys(hand, scene, now);
  await people(hand, scene, now);
  await order(hand, scene, now);
}

async function keys(hand, { call, app }, now) {
  const { t } = hand;
  const card = hand.card("basic:key.title");
  const [first] = (await call("im/DescribeSecret", { SDKAppID: app })).Keys;
  await hand.press("basic:key.show", card);
  await hand.sees(first.Secret);
  await hand.press("basic:key.hide", card);
  await hand.press("basic:key.second", card);
  await hand.confirm("basic:key.second");
  await hand.closed();
  await hand.until(async () => (await now()).Keys.length === 2, "two keys");
  await hand.press("basic:key.withdraw", card);
  await hand.fill(t("confirm.type", { name: app }), String(app));
  await hand.confirm("basic:key.withdraw");
  await hand.closed();
  const left = (await now()).Keys;
  assert.equal(left.length, 1);
  assert.notEqual(left[0].KeyId, first.KeyId);
}

async function people(hand, { app, rest, server, call }, now) {
  const { t } = hand;
  const admins = hand.card("basic:admin.title");
  await hand.press("basic:admin.add", admins);
  await hand.fill("UserID", "captain");
  await hand.press("action.add");
  await hand.closed();
  assert.ok((await now()).Admins.includes("captain"));
  await hand.pressText(t("basic:admin.remove", { name: "captain" }));
  await hand.press("action.remove");
  await hand.closed();
  assert.ok(!(await now()).Admins.includes("captain"));
  await hand.press("action.edit", hand.card("basic:tag.title"));
  await hand.press("basic:tag.add");
  await hand.fill(t("basic:tag.key"), "team");
  await hand.fill(t("basic:tag.value"), "post");
  await hand.press("action.save");
  await hand.closed();
  assert.deepEqual((await now()).Tags, [{ Key: "team", Value: "post" }]);
  await hand.press("action.edit", hand.card("basic:limit.title"));
  await hand.fill(t("basic:limit.Friends"), "1");
  await hand.press("action.save");
  await hand.closed();
  // One friend at most: clients feel it at once.
  const ask = await rest(server.url, call, app);
  for (const UserID of ["ann", "bea", "cho"]) await ask("im_open_login_svc/account_import", { UserID });
  const add = (To_Account) =>
    ask("sns/friend_add", {
      From_Account: "ann",
      AddFriendItem: [{ To_Account, AddSource: "AddSource_Type_Web" }],
      ForceAddFlags: 1,
    });
  assert.equal((await add("bea")).ResultItem[0].ResultCode, 0);
  assert.equal((await add("cho")).ResultItem[0].ResultCode, 30010);
  await hand.press("action.edit", hand.card("basic:limit.title"));
  await hand.fill(t("basic:limit.Friends"), "");
  await hand.press("action.save");
  await hand.closed();
  assert.equal((await now()).Limits.Friends, 20);
}

async function order(hand, { app }, now) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/plan`);
  await page.getByLabel(t("app.plan.Flagship")).check();
  await hand.choose(t("apps:order.months"), "3");
  await page.getByLabel(t("apps:order.terms")).check();
  await hand.picture("order");
  await hand.told(() => hand.press("apps:order.submit"), "apps:order.done");
  assert.equal((await now()).Plan, "Flagship");
  await hand.sees(t("apps:orders.kinds.upgrade"));
}

/** Disable, take it back, disable again, delete with its name typed; the job ends and nothing is left. */
export async function endOfApp(hand, { call, app }) {
  const { t, page } = hand;
  const state = async () => (await call("im/DescribeSdkAppInfo", { SDKAppID: app })).Status;
  const act = async (name) => {
    await hand.pressText(t("apps:menu.label", { name: "River Post" }));
    await hand.press(name);
  };
  await hand.go(`/apps/${app}/basic`);
  await act("apps:menu.stop");
  await hand.confirm("apps:menu.stop");
  await hand.closed();
  await hand.keep(t("apps:stop.stopped", { name: "River Post" }));
  assert.equal(await state(), "disabled");
  await hand.undo(t("apps:stop.stopped", { name: "River Post" }));
  await hand.until(async () => (await state()) === "enabled", "in use again");
  await hand.go(`/apps/${app}/basic`);
  await act("apps:menu.stop");
  await hand.confirm("apps:menu.stop");
  await hand.closed();
  await settledStatus(hand, "app.status.disabled");
  await act("apps:menu.delete");
  await hand.fill(t("confirm.type", { name: "River Post" }), "River Post");
  await hand.picture("delete-app");
  await hand.press("apps:delete.submit");
  await page.waitForURL(/\/console\/?$/);
  const { Jobs } = await call("im/DescribeJobs", { Limit: 1 });
  assert.equal((await finished(call, Jobs[0].JobId)).State, "done");
  const left = await call("im/DescribeIMAppList", {});
  assert.ok(!left.Apps.some((one) => one.SDKAppID === app));
  await page.getByRole("button", { name: t("bell.title"), exact: true }).click();
  await hand.sees(t("job.kind.DeleteApp"));
}

async function settledStatus(hand, name) {
  await hand.page.locator("main").getByText(hand.t(name), { exact: true }).first().waitFor();
}
