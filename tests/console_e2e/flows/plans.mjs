import assert from "node:assert/strict";

/** Renewal, an add-on, an app marked as expired and in use again; an app with ECDSA keys moves; apps found and switched. */
export async function plans(hand, scene) {
  const { call, app } = scene;
  const now = (id = app) => call("im/DescribeSdkAppInfo", { SDKAppID: id });
  await renewal(hand, scene, now);
  await addOn(hand, scene, now);
  await expired(hand, scene, now);
  await cards(hand, scene, now, await ecdsa(hand, scene, now));
}

async function renewal(hand, { app }, now) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/plan`);
  await page.getByRole("switch", { name: t("apps:upgrade.renew"), exact: true }).click();
  await hand.keep(t("apps:upgrade.renewOn"));
  await hand.until(async () => (await now()).AutoRenew, "renews itself");
  await hand.undo(t("apps:upgrade.renewOn"));
  await hand.until(async () => !(await now()).AutoRenew, "ends");
}

async function addOn(hand, { app, call }, now) {
  const { t, page } = hand;
  const { Plan } = await now();
  const { AddOns } = await call("im/DescribePlans");
  const one = AddOns.find(({ Plan: plan, Name }) => plan === Plan && Name !== "AVChatRooms");
  const orders = async () => (await call("im/DescribePlanOrders", { SDKAppID: app })).TotalCount;
  const before = await orders();
  await hand.fill(t(`apps:addOns.${one.Name}`), String(one.Max + 1));
  await hand.sees(t("field.outOfRange", { min: one.Min, max: one.Max }));
  await hand.fill(t(`apps:addOns.${one.Name}`), String(one.Min));
  await page.getByLabel(t("apps:order.terms")).check();
  await hand.picture("order-add-on");
  await hand.told(() => hand.press("apps:order.submit"), "apps:order.done");
  assert.equal(await orders(), before + 1);
}

async function expired(hand, { app }, now) {
  await hand.go(`/apps/${app}/basic`);
  await hand.press("basic:plan.expire");
  await hand.confirm("basic:plan.expire");
  await hand.closed();
  await hand.until(async () => (await now()).Status === "expired", "expired");
  await hand.press("basic:plan.unexpire");
  await hand.until(async () => (await now()).Status === "enabled", "in use");
}

/** A key pair of the old kind gets a secret beside it, then is withdrawn. */
async function ecdsa(hand, _, now) {
  const { t, page } = hand;
  await hand.go("/");
  await hand.press("apps:create.open");
  await hand.fill(t("apps:name"), "Old signatures");
  await page.locator("dialog").getByText("ECDSA-SHA256", { exact: true }).click();
  await hand.press("action.create");
  await page.waitForURL("**/apps/*/overview");
  const id = Number(page.url().match(/apps\/(\d+)\//)[1]);
  await hand.go(`/apps/${id}/basic`);
  const algorithms = async () => (await now(id)).Keys.map((key) => key.Algorithm);
  assert.deepEqual(await algorithms(), ["ECDSA-SHA256"]);
  const card = hand.card("basic:key.title");
  await hand.press("basic:key.move", card);
  await hand.confirm("basic:key.move");
  await hand.closed();
  assert.deepEqual((await algorithms()).sort(), ["ECDSA-SHA256", "HMAC-SHA256"]);
  await hand.press("basic:key.withdraw", card.locator("li", { hasText: "ECDSA-SHA256" }));
  await hand.fill(t("confirm.type", { name: id }), String(id));
  await hand.confirm("basic:key.withdraw");
  await hand.closed();
  assert.deepEqual(await algorithms(), ["HMAC-SHA256"]);
  return id;
}

/** Cards are searched and filtered; an app is disabled and enabled from its card; the switcher stays on the page. */
async function cards(hand, { app }, now, id) {
  const { t, page } = hand;
  await hand.go("/");
  await page.getByPlaceholder(t("apps:search")).fill("Old sig");
  await page.waitForURL(/q=Old/);
  await page.getByRole("link", { name: "River Post" }).waitFor({ state: "detached" });
  const act = async (name) => {
    await hand.pressText(t("apps:menu.label", { name: "Old signatures" }));
    await hand.press(name);
  };
  await act("apps:menu.stop");
  await hand.confirm("apps:menu.stop");
  await hand.closed();
  assert.equal((await now(id)).Status, "disabled");
  await page.getByLabel(t("apps:status")).selectOption("disabled");
  await page.waitForURL(/status=disabled/);
  await act("apps:menu.start");
  await hand.until(async () => (await now(id)).Status === "enabled", "enabled");
  await hand.sees(t("table.nothingFound"));
  await hand.press("table.showAll");
  await page.getByRole("link", { name: "River Post" }).waitFor();
  await hand.go(`/apps/${id}/messages`);
  if (await page.getByRole("button", { name: t("bar.menu"), exact: true }).isVisible()) await hand.press("bar.menu");
  await page.getByRole("button", { name: t("switcher.label"), exact: true }).filter({ visible: true }).click();
  await page.getByPlaceholder(t("switcher.search")).filter({ visible: true }).fill("River");
  await page.locator(".menu__item", { hasText: String(app) }).click();
  await page.waitForURL(`**/apps/${app}/messages`);
}
