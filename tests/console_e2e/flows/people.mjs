import assert from "node:assert/strict";
import { signIn } from "../support/api.mjs";
import { NEW_PASSWORD } from "./access.mjs";

const THIRD_PASSWORD = "Third-one-789";

/** What becomes of sub-users and their groups: password rules, details, memberships, policies, keys, the end of both. */
export async function people(hand, scene) {
  await rules(hand, scene);
  await security(hand, scene);
  await robot(hand, scene);
  await details(hand, scene);
  await memberships(hand, scene);
  await policies(hand, scene);
  await keys(hand, scene);
  await ofGroup(hand, scene);
  await end(hand, scene);
}

async function rules(hand, { call }) {
  const { t } = hand;
  await hand.go("/access/security");
  await hand.press("action.edit", hand.card("access:rules.title"));
  await hand.fill(t("access:rules.MinimumLength"), "99");
  await hand.page.locator("dialog .field__error").first().waitFor();
  await hand.fill(t("access:rules.MinimumLength"), "12");
  await hand.picture("password-rules");
  await hand.press("action.save");
  await hand.closed();
  assert.equal((await call("cam/GetPasswordRules")).Rules.MinimumLength, 12);
  const user = { Name: "short", ConsoleLogin: 1, UseApi: 0, NeedResetPassword: 0 };
  await assert.rejects(call("cam/AddUser", { ...user, Password: "Abcdef-1234" }), "eleven letters are too few");
}

/** How long sessions last, and from where sub-users may come: refused, kept without force, removed. */
async function security(hand, { server, call }) {
  const { t } = hand;
  await hand.press("action.edit", hand.card("access:sessions.title"));
  await hand.fill(t("access:sessions.edit.IdleMinutes"), "30");
  await hand.press("action.save");
  await hand.closed();
  assert.equal((await call("cam/DescribeSessionRules")).Rules.IdleMinutes, 30);
  const card = hand.card("access:addresses.title");
  const knock = () => signIn(server.url, "haneul", NEW_PASSWORD).catch((error) => error.Code);
  const before = await knock();
  await hand.press("action.edit", card);
  await hand.press("access:addresses.addYours");
  await hand.choose(t("access:gen.effect"), "Deny");
  await hand.picture("login-addresses");
  await hand.press("action.save");
  await hand.closed();
  assert.notEqual(await knock(), before, "refused from here");
  await hand.press("action.edit", card);
  await hand.tick(t("access:addresses.off"));
  await hand.press("action.save");
  await hand.closed();
  assert.equal(await knock(), before, "kept, but not in force");
  await hand.press("action.edit", card);
  await hand.pressText(t("access:addresses.remove", { number: 1 }));
  await hand.press("action.save");
  await hand.closed();
  await card.getByText(t("access:addresses.empty"), { exact: true }).waitFor();
}

/** A user for programs: no password, an access key at once, saved as a file; found by searching. */
async function robot(hand, { call }) {
  const { t, page } = hand;
  await hand.go("/access/users");
  await hand.press("access:users.add");
  await hand.fill(t("access:users.name"), "robot");
  await hand.tick(t("access:users.consoleAccess"));
  await hand.sees(t("access:users.noAccess"));
  await hand.tick(t("access:users.apiAccess"));
  await hand.press("action.create");
  await hand.hears("access:once.about");
  const [download] = await Promise.all([page.waitForEvent("download"), hand.press("access:once.save")]);
  assert.equal(download.suggestedFilename(), "robot.csv");
  await hand.press("access:once.done");
  await hand.closed();
  const { Uin } = await call("cam/GetUser", { Name: "robot" });
  assert.equal((await call("cam/ListAccessKeys", { TargetUin: Uin })).AccessKeys.length, 1);
  await page.getByPlaceholder(t("access:users.search")).fill("robo");
  await page.waitForURL(/q=robo/);
  await hand.row("robot").waitFor();
  await hand.seesNot("haneul");
}

async function details(hand, { server, call }) {
  const { t } = hand;
  await hand.go("/access/users/haneul");
  await hand.press("action.edit", hand.card("access:user.tabs.details"));
  await hand.fill(t("access:remark"), "Night support");
  await hand.fill(t("access:users.email"), "haneul@example.com");
  await hand.picture("edit-user");
  await hand.press("action.save");
  await hand.closed();
  const { Remark, Email } = await call("cam/GetUser", { Name: "haneul" });
  assert.deepEqual([Remark, Email], ["Night support", "haneul@example.com"]);
  // Without the phone: the one-time code is taken away, and the password alone signs in.
  await assert.rejects(signIn(server.url, "haneul", NEW_PASSWORD), /MFAFailure/);
  await hand.press("access:user.mfaClear");
  await hand.confirm("access:user.mfaClear");
  await hand.closed();
  const session = await signIn(server.url, "haneul", NEW_PASSWORD);
  await hand.press("access:user.reset");
  await hand.fill(t("access:password"), THIRD_PASSWORD);
  await hand.tick(t("access:users.mustReset"));
  await hand.confirm("access:user.reset");
  await hand.closed();
  await assert.rejects(session("session/Whoami"), "a reset ends every session");
  await signIn(server.url, "haneul", THIRD_PASSWORD);
}

async function memberships(hand, { call }) {
  const { t, page } = hand;
  const { Uin } = await call("cam/GetUser", { Name: "haneul" });
  const groups = async () => (await call("cam/ListGroupsForUser", { SubUin: Uin })).GroupInfo.map((one) => one.GroupName);
  await hand.tab("access:user.tabs.groups");
  await hand.press("action.remove", hand.row("night-shift"));
  await hand.until(async () => (await groups()).length === 0, "left the group");
  await hand.press("access:groups.join");
  await page.locator("dialog").getByText("night-shift").click();
  await hand.confirm("access:groups.join");
  await hand.closed();
  assert.deepEqual(await groups(), ["night-shift"]);
}

async function policies(hand, { call }) {
  const { t, page } = hand;
  const { Uin } = await call("cam/GetUser", { Name: "haneul" });
  const held = async () =>
    (await call("cam/ListAttachedUserPolicies", { TargetUin: Uin })).List.map((one) => one.PolicyName);
  await hand.tab("access:user.tabs.policies");
  await hand.press("access:policies.detach", hand.row("post-team"));
  await hand.keep("post-team");
  await hand.until(async () => !(await held()).includes("post-team"), "detached");
  await hand.undo("post-team");
  await hand.until(async () => (await held()).includes("post-team"), "attached again");
  await hand.press("access:policies.attach");
  await page.locator("dialog").getByPlaceholder(t("picker.search")).fill("QcloudAudit");
  await page.locator("dialog .pick label", { hasText: "QcloudAuditReadOnlyAccess" }).first().click();
  await hand.confirm("access:policies.attach");
  await hand.closed();
  assert.equal((await held()).length, 2);
}

async function keys(hand, { call }) {
  const { t } = hand;
  const { Uin } = await call("cam/GetUser", { Name: "haneul" });
  const status = async () => (await call("cam/ListAccessKeys", { TargetUin: Uin })).AccessKeys[0].Status;
  await hand.tab("access:user.tabs.keys");
  await hand.press("access:keys.add");
  await hand.fill(t("access:remark"), "script");
  await hand.press("action.create");
  await hand.hears("access:once.about");
  await hand.press("access:once.done");
  await hand.closed();
  await hand.press("access:keys.disable", hand.row("script"));
  await hand.until(async () => (await status()) === "Inactive", "disabled");
  await hand.press("access:keys.enable", hand.row("script"));
  await hand.until(async () => (await status()) === "Active", "in use again");
}

/** The same from the group's side: its name, its members and policies, each taken back; then its end. */
async function ofGroup(hand, { call }) {
  const { t, page } = hand;
  const [{ GroupId }] = (await call("cam/ListGroups")).GroupInfo;
  const members = async () => (await call("cam/GetGroup", { GroupId })).UserInfo.length;
  const attached = async () => (await call("cam/ListAttachedGroupPolicies", { TargetGroupId: GroupId })).TotalNum;
  await hand.go(`/access/groups/${GroupId}`);
  await hand.press("action.edit");
  await hand.fill(t("access:groups.name"), "day-shift");
  await hand.press("action.save");
  await hand.closed();
  assert.equal((await call("cam/GetGroup", { GroupId })).GroupName, "day-shift");
  await hand.press("action.remove", hand.row("haneul"));
  await hand.keep(t("access:groups.left", { name: "day-shift" }));
  await hand.until(async () => (await members()) === 0, "without members");
  await hand.undo(t("access:groups.left", { name: "day-shift" }));
  await hand.until(async () => (await members()) === 1, "a member again");
  await hand.press("access:policies.detach", hand.row("river-readers"));
  await hand.keep("river-readers");
  await hand.until(async () => (await attached()) === 0, "without policies");
  await hand.undo("river-readers");
  await hand.until(async () => (await attached()) === 1, "attached again");
  await hand.press("action.delete");
  await hand.fill(t("confirm.type", { name: "day-shift" }), "day-shift");
  await hand.picture("delete-group");
  await hand.confirm("action.delete");
  await page.waitForURL(/access\/groups$/);
  await hand.sees(t("access:groups.empty"));
  assert.equal((await call("cam/ListGroups")).TotalNum, 0);
}

async function end(hand, { server, call }) {
  const { t, page } = hand;
  const session = await signIn(server.url, "haneul", THIRD_PASSWORD);
  await hand.go("/access/users/haneul");
  await hand.press("action.delete");
  await hand.fill(t("confirm.type", { name: "haneul" }), "haneul");
  await hand.tick(t("access:user.deleteKeys"));
  await hand.picture("delete-user");
  await hand.confirm("action.delete");
  await page.waitForURL(/access\/users$/);
  await hand.seesNot("haneul");
  await assert.rejects(call("cam/GetUser", { Name: "haneul" }));
  await assert.rejects(session("session/Whoami"), "signed out");
}
