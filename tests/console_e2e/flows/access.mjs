import assert from "node:assert/strict";
import { signIn } from "../support/api.mjs";
import { openPage } from "../support/browser.mjs";
import { hands } from "../support/hands.mjs";
import { texts } from "../support/texts.mjs";
import { totp } from "../support/totp.mjs";

export const NEW_PASSWORD = "Another-one-456";

/** Sub-users, groups, policies in three ways, keys; then the console as a sub-user sees it; then the audit log. */
export async function access(hand, scene) {
  const password = await makeUser(hand, scene);
  await makePolicies(hand, scene);
  await templates(hand, scene);
  await group(hand, scene);
  await keys(hand, scene);
  await asSubUser(hand, scene, password);
  await audit(hand, scene);
}

async function makeUser(hand, { call }) {
  const { t, page } = hand;
  await hand.go("/access/users");
  await hand.press("access:users.add");
  await hand.fill(t("access:users.name"), "haneul");
  await hand.fill(t("access:remark"), "Support");
  await hand.find("QcloudCollApiKeyReadOnlyAccess");
  await hand.picture("create-user");
  await hand.press("action.create");
  await hand.hears("access:once.about");
  const password = await page.locator("dialog .secret dd").nth(2).locator(".mono").textContent();
  await hand.picture("credentials");
  await hand.press("access:once.done");
  await hand.closed();
  const user = await call("cam/GetUser", { Name: "haneul" });
  assert.equal(user.NeedResetPassword, 1);
  const held = async () =>
    (await call("cam/ListAttachedUserPolicies", { TargetUin: user.Uin })).List.map((one) => one.PolicyName);
  await hand.until(async () => (await held()).includes("QcloudCollApiKeyReadOnlyAccess"), "authorised at once");
  await hand.press("access:users.authorise", hand.row("haneul"));
  await hand.find("QcloudCollApiKeyManageAccess");
  await hand.confirm("access:policies.attach");
  await hand.closed();
  for (const { PolicyId } of (await call("cam/ListAttachedUserPolicies", { TargetUin: user.Uin })).List) {
    await call("cam/DetachUserPolicy", { PolicyId, DetachUin: user.Uin });
  }
  return password;
}

async function makePolicies(hand, { call, app }) {
  const { t, page } = hand;
  await hand.go("/access/policies/new");
  await hand.choose(t("access:gen.actions"), "read");
  await hand.choose(t("access:gen.resource"), "some");
  await page.getByLabel(new RegExp(`${app}$`)).check();
  await hand.press("access:gen.addCondition");
  await hand.fill(t("access:gen.values"), "127.0.0.0/8");
  await hand.fill(t("access:policies.name"), "river-readers");
  await hand.sees(`sdkappid/${app}`);
  await hand.picture("generator");
  await hand.press("access:policies.create");
  await page.waitForURL(/policies\/\d+/);
  const id = Number(page.url().match(/policies\/(\d+)/)[1]);
  const document = JSON.parse((await call("cam/GetPolicy", { PolicyId: id })).PolicyDocument);
  assert.deepEqual(document.statement[0].condition, { ip_equal: { "qcs:ip": ["127.0.0.0/8"] } });

  await hand.go("/access/policies/new?tab=syntax");
  const editor = page.getByRole("textbox", { name: t("access:policy.document") });
  await editor.fill('{"version": "2.0", "statement": [{"effect": "maybe", "action": "name/im:NoSuch", "resource": "*"}]}');
  await page.locator(".mistakes button").first().waitFor();
  // The line has a number and a mark beside it, and a click on the mistake leads there.
  await page.locator(".editor .cm-lint-marker-error").first().waitFor();
  assert.equal(await page.locator(".editor .cm-lineNumbers .cm-gutterElement:visible").first().textContent(), "1");
  await page.locator(".mistakes button").first().click();
  await hand.until(() => editor.evaluate((box) => box.getRootNode().activeElement === box), "the place of the mistake");
  await hand.picture("syntax-mistakes");
  await editor.fill('{"version": "2.0", "statement": [{"effect": "allow", "action": "name/im:DescribeIMAppList", "resource": "*"}]}');
  await completes(hand, editor);
  await hand.fill(t("access:policies.name"), "list-apps");
  await page.waitForFunction(() => !document.querySelector(".mistakes button"));
  await hand.press("access:policies.create");
  await page.waitForURL(/policies\/\d+/);

  await hand.go("/access/policies/new?tab=tag");
  // A tag that an app has is chosen, not typed.
  await page.getByRole("group", { name: t("tags.inUse") }).getByRole("button", { name: "team: post", exact: true }).click();
  await page.getByRole("checkbox", { name: /^haneul/ }).check();
  await hand.fill(t("access:policies.name"), "post-team");
  await hand.press("access:policies.create");
  await page.waitForURL(/policies\/\d+/);
  await hand.sees("team&post");
  await hand.sees("haneul");
  // A new version, and back to the first.
  await hand.press("action.edit", hand.card("access:policy.document"));
  const text = page.locator("dialog").getByRole("textbox", { name: t("access:policy.document") });
  await text.locator(".cm-line", { hasText: "name/im:*" }).first().waitFor();
  await text.fill((await text.locator(".cm-line").allTextContents()).join("\n").replace("name/im:*", "name/im:Describe*"));
  const changes = page.locator("dialog").getByRole("region", { name: t("access:policy.changes") }).first();
  await changes.locator(".cm-deletedChunk", { hasText: "name/im:*" }).first().waitFor();
  await changes.locator(".cm-changedLine", { hasText: "name/im:Describe*" }).first().waitFor();
  await hand.picture("new-version");
  await hand.press("action.save");
  await hand.closed();
  await hand.told(() => hand.press("access:versions.use", hand.row("v1")), "access:versions.now", { id: 1 });
}

/** What can stand in a policy is offered with what it does. */
async function completes(hand, editor) {
  const { page } = hand;
  await editor.locator(".cm-line", { hasText: "DescribeIMAppList" }).getByText('"name/im:DescribeIMAppList"').click();
  await page.keyboard.press("Control+Space");
  const offer = page.locator(".editor .cm-tooltip-autocomplete li").first();
  await offer.locator(".cm-completionDetail").waitFor();
  assert.match(await offer.textContent(), /^name\/im:/);
  await hand.picture("completion");
  await page.keyboard.press("Escape");
}

/** A preset as the beginning of a new policy; the tags that there are, and a policy for one of them. */
async function templates(hand, { app }) {
  const { t, page } = hand;
  await hand.go("/access/policies/new?tab=syntax");
  await hand.press("access:new.copy");
  await hand.find("QcloudCamSummaryAccess");
  await hand.confirm("access:new.copyIt");
  await hand.closed();
  await hand.sees("QcloudCamSummaryAccess");
  await page.locator(".editor .cm-line", { hasText: "cam:" }).first().waitFor();
  await hand.go("/access/tags");
  const row = hand.row("team");
  await row.getByRole("link", { name: "River Post" }).waitFor();
  await row.getByRole("link", { name: t("access:tags.policy"), exact: true }).click();
  await page.waitForURL(/policies\/new/);
  await page.locator(".tagrow input").first().waitFor();
  assert.equal(await page.locator(".tagrow input").first().inputValue(), "team", String(app));
}

async function group(hand, { call }) {
  const { t, page } = hand;
  await hand.go("/access/groups");
  await hand.press("access:groups.add");
  await hand.fill(t("access:groups.name"), "night-shift");
  await hand.press("action.create");
  await hand.closed();
  await page.getByRole("link", { name: "night-shift" }).click();
  await page.waitForURL(/groups\/\d+/);
  await hand.press("access:groups.addMember");
  await page.locator("dialog").getByText("haneul").click();
  await hand.press("action.add");
  await hand.closed();
  await hand.press("access:policies.attach");
  await page.locator("dialog").getByText("river-readers").click();
  await hand.picture("pick-policies");
  await hand.confirm("access:policies.attach");
  await hand.closed();
  await hand.go("/access/users/haneul?tab=policies");
  await hand.sees("river-readers");
  await hand.sees("post-team");
  await hand.press("access:boundary.set");
  await page.locator("dialog input[type=search]").fill("administrator");
  await page.locator("dialog").getByText("AdministratorAccess", { exact: true }).click();
  await hand.press("action.save");
  await hand.closed();
  await hand.sees("AdministratorAccess");
  await hand.press("action.remove", hand.card("access:boundary.title"));
  await hand.confirm("action.remove");
  await hand.closed();
  await hand.sees(t("access:boundary.none"));
  await hand.tab("access:user.tabs.simulate");
  await hand.choose(t("access:simulate.action"), "im:RegisterIMApp");
  await hand.press("access:simulate.submit");
  await hand.hears("access:simulate.allow");
  await hand.picture("simulate");
  assert.equal((await call("cam/GetAccountSummary")).Group, 1);
  await hand.go("/access");
  await hand.row("cam:CreateGroup").waitFor();
  await hand.sees("/console/login?uin=");
  await hand.picture("overview");
  await hand.go("/access/groups");
  const marked = await page.locator(".nav__link[aria-current=page]").allTextContents();
  assert.ok(!marked.includes(t("nav.overview")), "the menu marks a page that one is not on");
}

async function keys(hand, { call }) {
  const { t } = hand;
  await hand.go("/access/keys");
  await hand.press("access:keys.add");
  await hand.fill(t("access:remark"), "pipeline");
  await hand.press("action.create");
  await hand.hears("access:once.about");
  await hand.press("access:once.done");
  await hand.closed();
  await hand.press("access:keys.disable", hand.row("pipeline"));
  await hand.until(async () => (await call("cam/ListAccessKeys")).AccessKeys[0].Status === "Inactive", "disabled");
  await hand.row("pipeline").getByRole("button", { name: t("action.delete"), exact: true, disabled: false }).click();
  await hand.confirm("action.delete");
  await hand.closed();
  assert.equal((await call("cam/ListAccessKeys")).AccessKeys.length, 0);
}

/** Must change the password, sees tagged apps only, is told what it lacks, protects itself with one-time codes. */
async function asSubUser(hand, { server, browser, run, call, app }, password) {
  const { t } = hand;
  const page = await openPage(browser, { url: server.url, ...run });
  page.refusals.push("session/Whoami", "session/Login", "/cam/", "/cloudaudit/");
  const they = hands(page, texts(run.language), `${run.language}-${run.width}-${run.theme}/flow`);
  await call("im/RegisterIMApp", { Name: "Without a tag" });
  await page.goto(`${server.url}/console/login`);
  await they.fill(t("session:login.name"), "haneul");
  await they.fill(t("session:login.password"), password);
  await they.press("session:login.submit");
  await page.waitForURL("**/console/me");
  // The form is there already, with what a password must hold.
  await they.hears("session:me.kinds.Digit");
  await they.fill(t("session:me.oldPassword"), password);
  await page.getByLabel(t("session:me.newPassword"), { exact: true }).fill(NEW_PASSWORD);
  await they.fill(t("session:me.again"), NEW_PASSWORD);
  await they.press("session:me.changePassword", page.locator("dialog footer"));
  await they.closed();
  await they.go("/");
  await they.sees("River Post");
  assert.equal(await page.getByText("Without a tag").count(), 0);
  await they.go("/audit");
  await they.sees("cloudaudit:DescribeEvents");
  await they.picture("refused");
  await they.go(`/apps/${app}/basic`);
  await they.sees("River Post");

  await they.go("/me");
  await they.press("session:me.mfaEnable");
  await they.fill(t("session:login.password"), NEW_PASSWORD);
  await they.press("action.next");
  const secret = await page.locator("dialog .copytext .mono").textContent();
  await they.picture("mfa");
  await page.getByRole("textbox", { name: t("session:login.code") }).fill(totp(secret));
  await they.press("session:me.mfaConfirm");
  await they.closed();
  await page.getByRole("button", { name: t("bar.me"), exact: true }).click();
  await they.press("bar.signOut");
  await page.waitForURL("**/console/login");
  await they.fill(t("session:login.name"), "haneul");
  await they.fill(t("session:login.password"), NEW_PASSWORD);
  await they.press("session:login.submit");
  // A code serves once: the one of the set-up is spent, that of the next half-minute is not.
  await page.getByRole("textbox", { name: t("session:login.code") }).fill(totp(secret, Date.now() + 30_000));
  await they.picture("login-code");
  await they.press("session:login.submit");
  await they.sees("River Post");
  assert.deepEqual([...new Set(page.problems)], []);
  await page.context().close();
  await assert.rejects(signIn(server.url, "haneul", NEW_PASSWORD), /MFAFailure/);
}

async function audit(hand, { app }) {
  const { t, page } = hand;
  await hand.go(`/audit?app=${app}&action=CreatePlanOrder`);
  await hand.sees("im:CreatePlanOrder");
  await page.getByPlaceholder(t("audit:filterAction")).fill("ModifyAppInfo");
  await page.waitForURL(/action=ModifyAppInfo/);
  await hand.press("action.details", hand.row("im:ModifyAppInfo"));
  await hand.sees("Letters along the river");
  await hand.picture("event");
  await hand.press("action.close");
  await hand.closed();
  await hand.go("/audit");
  await page.getByRole("button", { name: t("table.all", { label: t("audit:app") }) }).click();
  await page.locator("dialog").getByText(String(app), { exact: true }).click();
  await hand.press("action.show");
  await page.waitForURL(new RegExp(`app=(%22)?${app}`));
  for (const [label, value] of [
    ["audit:time", "hour"],
    ["audit:outcome", "ok"],
  ]) {
    await page.locator(".table__bar").getByLabel(t(label), { exact: true }).selectOption(value);
    await page.waitForURL(new RegExp(`=(%22)?${value}`));
  }
  await hand.row(String(app)).waitFor();
  await page.locator("tbody tr", { hasText: "cam:" }).first().waitFor({ state: "detached" });
  await hand.go("/audit?outcome=refused");
  await hand.row("haneul").waitFor();
  await hand.press("action.export");
  await page.locator("dialog").getByRole("link", { name: t("action.download") }).waitFor();
  await hand.press("action.close");
  await hand.closed();
}
