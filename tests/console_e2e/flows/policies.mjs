import assert from "node:assert/strict";

/** A policy given and taken from its own page, its versions looked at and deleted, policies deleted alone and together. */
export async function policies(hand, scene) {
  await give(hand, scene);
  await versions(hand, scene);
  await end(hand, scene);
}

async function idOf(call, name) {
  const { List } = await call("cam/ListPolicies", { Scope: "Local", Keyword: name });
  return List.find(({ PolicyName }) => PolicyName === name).PolicyId;
}

async function give(hand, { call }) {
  const { t, page } = hand;
  await call("cam/CreateGroup", { GroupName: "readers" });
  await hand.go("/access/policies");
  await page.getByPlaceholder(t("access:policies.search")).fill("list-apps");
  await page.waitForURL(/q=list-apps/);
  await hand.seesNot("AdministratorAccess");
  await page.getByRole("link", { name: "list-apps" }).click();
  await page.waitForURL(/policies\/\d+/);
  const PolicyId = await idOf(call, "list-apps");
  const who = async () => (await call("cam/ListEntitiesForPolicy", { PolicyId })).List.map((one) => one.Name);
  for (const [button, name] of [
    ["access:policy.toUser", "robot"],
    ["access:policy.toGroup", "readers"],
  ]) {
    await hand.press(button);
    await page.locator("dialog").getByText(name, { exact: true }).click();
    await hand.press("access:policies.attach");
    await hand.closed();
    assert.ok((await who()).includes(name));
  }
  await hand.press("access:policies.detach", hand.row("robot"));
  await hand.until(async () => !(await who()).includes("robot"), "detached");
}

async function versions(hand, { call }) {
  const { t, page } = hand;
  const PolicyId = await idOf(call, "post-team");
  await hand.go(`/access/policies/${PolicyId}`);
  await hand.press("action.show", hand.row("v2"));
  await page.locator("dialog pre").getByText("name/im:Describe*").waitFor();
  await hand.press("action.close");
  await hand.closed();
  await hand.press("action.delete", hand.row("v2"));
  await hand.sees(t("access:versions.deleteAbout"));
  await hand.told(() => hand.confirm("action.delete"), "access:versions.deleted");
  assert.equal((await call("cam/ListPolicyVersions", { PolicyId })).Versions.length, 1);
}

async function end(hand, { call }) {
  const { t, page } = hand;
  const PolicyId = await idOf(call, "list-apps");
  await hand.go(`/access/policies/${PolicyId}`);
  await hand.press("action.delete");
  await hand.fill(t("confirm.type", { name: "list-apps" }), "list-apps");
  await hand.confirm("action.delete");
  await page.waitForURL(/access\/policies$/);
  await assert.rejects(call("cam/GetPolicy", { PolicyId }));
  // Preset ones stay: only a choice without them can be deleted.
  await hand.tick(t("table.selectAll"));
  assert.ok(await page.locator(".table__bulk").getByRole("button", { name: t("action.delete") }).isDisabled());
  await page.getByLabel(t("access:policies.kind")).selectOption("Local");
  await page.waitForURL(/scope=Local/);
  await hand.seesNot("AdministratorAccess");
  const { TotalNum } = await call("cam/ListPolicies", { Scope: "Local" });
  await hand.tick(t("table.selectAll"));
  await hand.hears("table.selected", { count: TotalNum });
  await hand.press("action.delete", page.locator(".table__bulk"));
  const typed = TotalNum === 1 ? "post-team" : String(TotalNum);
  await hand.fill(t("confirm.type", { name: typed }), typed);
  await hand.confirm("action.delete");
  await hand.closed();
  assert.equal((await call("cam/ListPolicies", { Scope: "Local" })).TotalNum, 0);
}
