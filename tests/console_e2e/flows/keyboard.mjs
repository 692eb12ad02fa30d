import assert from "node:assert/strict";

/** An app, a setting and a policy without a mouse; wherever the keyboard stands is seen. */
export async function keyboard(hand, { call }) {
  const keys = typist(hand);
  await hand.go("/");
  const id = await newApp(hand, keys, call);
  await keys.leadTo("nav.messages");
  await hand.page.waitForURL(`**/apps/${id}/messages`);
  await setting(hand, keys, () => call("im/DescribeAbilityConfInfo", { SDKAppID: id }));
  await keys.leadTo("nav.policies");
  await hand.page.waitForURL("**/access/policies");
  await newPolicy(hand, keys, call);
}

function typist({ page, t }) {
  const press = (key) => page.keyboard.press(key);
  const here = (target) => target.evaluate((element) => element === document.activeElement);
  return {
    press,
    here,
    type: (text) => page.keyboard.type(text),
    /** Goes on with Tab until the keyboard stands on something, and sees it there. */
    async reach(target) {
      await target.waitFor();
      for (let stops = 0; stops < 120; stops++) {
        if (await here(target)) return assert.ok(await shown(target), "what has the focus is hidden");
        await press("Tab");
      }
      assert.fail(`the keyboard does not reach ${target}`);
    },
    /** To a page by the search: Enter follows at once, as with fast typists. */
    async leadTo(name) {
      await press("Control+k");
      await page.locator("dialog[open]").getByRole("combobox").waitFor();
      await page.keyboard.type(t(name));
      await press("Enter");
    },
  };
}

async function newApp(hand, { press, here, reach, type }, call) {
  const { t, page } = hand;
  const open = page.getByRole("button", { name: t("apps:create.open"), exact: true });
  const name = page.locator("dialog[open]").getByLabel(new RegExp(`^${t("apps:name")}`)).first();
  await reach(open);
  await press("Enter");
  await name.waitFor();
  await press("Escape");
  await hand.closed();
  assert.ok(await here(open), "closing gives the focus back");
  await press("Enter");
  await hand.until(() => here(name), "the first field waits for a name");
  await type("By keyboard");
  await press("Enter");
  await page.waitForURL("**/apps/*/overview");
  const id = Number(page.url().match(/apps\/(\d+)\//)[1]);
  assert.equal((await call("im/DescribeSdkAppInfo", { SDKAppID: id })).Name, "By keyboard");
  return id;
}

async function setting(hand, { press, reach }, ability) {
  const { t, page } = hand;
  await reach(page.getByRole("switch", { name: t("settings:FriendCheck.name"), exact: true }));
  await press("Space");
  await hand.until(async () => (await ability()).FriendCheck, "switched");
  // The toast that says so lies over the lower end: whatever gets the focus next scrolls clear of it.
  await page.locator(".toast").getByRole("button", { name: t("action.undo") }).last().waitFor();
  for (const focus = page.locator("main :focus"); await focus.count(); await press("Tab")) {
    assert.ok(await shown(focus), "a toast hides what has the focus");
  }
}

async function newPolicy(hand, { press, reach, type }, call) {
  const { t, page } = hand;
  await reach(page.getByRole("link", { name: t("access:policies.create"), exact: true }));
  await press("Enter");
  await page.waitForURL("**/access/policies/new");
  const actions = page.getByLabel(t("access:gen.actions"), { exact: true });
  await reach(actions);
  await press("ArrowDown");
  assert.equal(await actions.inputValue(), "read");
  await reach(page.getByLabel(new RegExp(`^${t("access:policies.name")}`)));
  await press("Control+a");
  await type("typed");
  await reach(page.getByRole("button", { name: t("access:policies.create"), exact: true }));
  await press("Enter");
  await page.waitForURL(/policies\/\d+/);
  const { List } = await call("cam/ListPolicies", { Scope: "Local" });
  assert.ok(List.some(({ PolicyName }) => PolicyName === "typed"));
}

/** Whether the middle of an element lies in the window and under nothing else. */
function shown(target) {
  return target.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    return Boolean(top && (element.contains(top) || top.contains(element) || top.closest("label")?.contains(element)));
  });
}
