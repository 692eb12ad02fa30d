import assert from "node:assert/strict";
import { asUser } from "../support/api.mjs";
import { settled } from "../support/browser.mjs";
import { ROOT_PASSWORD } from "../support/server.mjs";

// What a page is called elsewhere, and in English: it is found under each.
const NAMES = {
  en: [
    ["Sub-users", "users"],
    ["Friends and relationships", "friends"],
    ["Login and messages", "messages"],
    ["instant messaging", "policies"],
    ["UserSig tools", "usersig"],
  ],
  ko: [
    ["하위 사용자", "users"],
    ["접근 관리", "overview"],
    ["요금제", "basic"],
    ["앱", "apps"],
    ["로그인 설정", "messages"],
    ["블록리스트 확인", "messages"],
    ["차단 확인", "messages"],
    ["친구 추가", "friends"],
    ["사용자 정의 친구 필드", "friends"],
    ["블랙리스트", "accounts"],
    ["사전 설정 정책", "policies"],
    ["구문", "policies"],
    ["태그 리스트", "tags"],
    ["보조 툴", "usersig"],
    ["검증기", "usersig"],
    ["사용자 상태 확인 툴", "userStatus"],
  ],
};

/** What goes wrong around a page stays in the frame, says what it is and loses nothing. */
export async function frame(hand, scene) {
  await sessionEnds(hand, scene);
  await serverAway(hand, scene);
  await nowhere(hand, scene);
  await locks(hand, scene);
  await details(hand, scene);
  await unseen(hand, scene);
}

/** The session ends while a form is open: signing in over it keeps what was typed. */
async function sessionEnds(hand, { app, call }) {
  const { t, page } = hand;
  page.refusals.push("im/", "session/");
  await hand.go(`/apps/${app}/accounts?q=draft`);
  await hand.press("accounts:create.open");
  await hand.fill("UserID", "draft.user");
  const address = page.url();
  // What the page asks by itself waits: it would be the first to be refused, and ask for the password before the button.
  let pressed;
  const after = new Promise((done) => (pressed = done));
  const hold = async (route) => {
    if (!route.request().url().endsWith("/CreateAccount")) await after;
    await route.continue().catch(() => undefined);
  };
  await page.route("**/console/api/**", hold);
  await page.context().clearCookies();
  await hand.press("action.create");
  pressed();
  await page.unroute("**/console/api/**", hold);
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
  await settled(page);
  page.refusals.length = 0;
  // Whoever leaves for the sign-in comes back to where one was, however often the address was nested.
  await page.goto(`${new URL(address).origin}/console/login?next=/console/login%3Fnext=/console/audit`);
  await hand.fill(t("session:login.name"), "root");
  await hand.fill(t("session:login.password"), ROOT_PASSWORD);
  await hand.press("session:login.submit");
  await page.waitForURL(/\/console\/?$/);
}

/** No page's code, no answer: the frame stays, the reason stands in it, and Retry goes on. */
async function serverAway(hand, { app }) {
  const { t, page } = hand;
  const they = hand;
  // By the address: the code of the next page is not there yet.
  await hand.load(`/apps/${app}/basic`);
  const before = page.url();
  await page.route("**/*", (route) => route.abort().catch(() => undefined));
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
  await page.route("**/console/api/**", (route) => route.fulfill({ status: 502, body: "bad gateway" }).catch(() => undefined));
  await page.goto(before);
  await page.locator(".bare").getByText(t("error.Http.title", { status: 502 })).waitFor();
  const box = await page.locator(".note--error").boundingBox();
  assert.ok(box.y > 100, `the reason stands at ${box.y}`);
  await page.unroute("**/console/api/**");
  await hand.load("/");
  // What was meant to fail has failed.
  page.problems.length = 0;
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
async function locks(hand, scene) {
  const { call } = scene;
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
  await asUser(scene, `/apps/${scene.app}/accounts/draft.user`, ["locked", Password], () => lockedOut(hand));
}

async function lockedOut(hand) {
  const { t, page } = hand;
  const why = (name) =>
    page
      .locator(".locked", { has: page.getByRole("button", { name: t(name), exact: true }) })
      .getByRole("button", { name: t("locked.why"), exact: true });
  await why("accounts:kick.open").waitFor();
  await settled(page);
  await why("accounts:kick.open").press("Enter");
  await hand.sees(t("locked.missing"));
  await hand.sees("name/im:KickAccount");
  // What to ask for is copied, the action and the resource.
  const [action, resource] = await page.locator(".locked__box dd").all();
  for (const [place, text] of [
    [action, /^name\/im:KickAccount$/],
    [resource, /^qcs::im::.*sdkappid\/\d+$|^\*$/],
  ]) {
    await place.getByRole("button").click();
    await hand.until(async () => text.test(await page.evaluate(() => navigator.clipboard.readText())), `copied ${text}`);
  }
  await hand.picture("lock");
  await page.keyboard.press("Escape");
  await why("action.delete").click();
  await hand.sees(t("locked.by", { policy: "looks-only", index: 2 }));
  await hand.sees(t("locked.noPolicyHelps"));
  await page.keyboard.press("Escape");
  // What one may not open is not in the menu.
  if (page.viewportSize().width > 860) {
    assert.equal(await page.locator(".frame__side").getByText(t("nav.audit"), { exact: true }).count(), 0);
    assert.equal(await page.locator(".frame__side").getByText(t("nav.access"), { exact: true }).count(), 0);
  }
  // Who may look only does not write as two accounts.
  await page.goto(page.url().replace(/accounts\/.*/, "overview"));
  await why("overview:chat.enter").waitFor();
  await settled(page);
  await why("overview:chat.enter").press("Enter");
  await hand.sees("name/im:CreateSecretUserSig");
  assert.equal(await page.getByRole("button", { name: t("overview:chat.enter"), exact: true }).isDisabled(), true);
}

/** Small things that made people stumble. */
async function details(hand, { server, app, call }) {
  const { t, page } = hand;
  // A picture over plain HTTP is shown where the page itself came that way.
  await call("im/CreateAccount", { SDKAppID: app, UserID: "pictured", Nick: "Pia", FaceUrl: `${server.url}/console/favicon.svg` });
  await hand.go(`/apps/${app}/accounts?q=pictured`);
  await page.locator('img.avatar[src^="http://"]').waitFor();
  const line = await hand.row("pictured").getByRole("link", { name: "pictured", exact: true }).boundingBox();
  assert.ok(line.height < 26, "a UserID stays on one line");
  // Administrators are not deleted, and the page says what comes first.
  await call("im/CreateAccount", { SDKAppID: app, UserID: "warden", Type: "administrator" });
  await hand.go(`/apps/${app}/accounts/warden`);
  await hand.sees(t("accounts:delete.adminFirst"));
  await page.getByRole("button", { name: t("action.delete"), exact: true }).and(page.locator(":disabled")).waitFor();
  // Of many chosen ones they stay, before anything has to be typed.
  await hand.go(`/apps/${app}/accounts?q=warden`);
  await hand.tick(t("table.selectAll"));
  await hand.press("action.delete", page.locator(".table__bulk"));
  await hand.sees(t("accounts:delete.spared", { count: 1, names: "warden" }));
  assert.equal(await page.locator("dialog[open] input").count(), 0);
  await hand.picture("spared");
  await page.keyboard.press("Escape");
  await hand.closed();
  await call("im/ModifyAccountInfo", { SDKAppID: app, Remove: ["warden"] });
  // A form that was typed into is not thrown away by Escape alone.
  await hand.go(`/apps/${app}/accounts`);
  await hand.press("accounts:create.open");
  await hand.fill("UserID", "half.typed");
  await page.keyboard.press("Escape");
  await hand.sees(t("confirm.discard"));
  await hand.press("confirm.keep");
  assert.equal(await page.locator("dialog[open]").getByLabel(/^UserID/).inputValue(), "half.typed");
  await page.keyboard.press("Escape");
  await hand.press("confirm.drop");
  await hand.closed();
  // An address of an app that cannot be is no page.
  await hand.go("/apps/9999999999/basic");
  await hand.sees(t("notFound.title"));
  // A longer history says where it is to be had.
  await hand.go(`/apps/${app}/messages`);
  await hand.pressText(t("settings:editOf", { name: t("settings:HistoryDays.name") }));
  await hand.sees(t("settings:HistoryDays.order"));
  await page.keyboard.press("Escape");
  await hand.closed();
  // Whatever is chosen in quick creation, somebody chose it; presets are found by the product's name.
  await hand.go("/access/users");
  await hand.press("access:quick.open");
  await page.locator("dialog .pick input").first().waitFor();
  assert.equal(await page.locator("dialog .pick input:checked").count(), 0);
  await page.locator("dialog .picker input[type=search]").fill("instant messaging");
  await page.locator("dialog .pick").getByText("QcloudIMReadOnlyAccess").waitFor();
  await hand.press("action.cancel");
  await hand.closed();
  // Pages are found under other names than their own.
  await page.keyboard.press("Control+k");
  await page.locator("dialog").getByRole("combobox").fill("proxyServer");
  await page.getByRole("option", { name: t("nav.appOverview") }).waitFor();
  for (const [name, found] of [...NAMES.en, ...(NAMES[await page.evaluate(() => document.documentElement.lang)] ?? [])]) {
    await page.locator("dialog").getByRole("combobox").fill(name);
    await page.getByRole("option", { name: t(`nav.${found}`), exact: true }).waitFor();
  }
  await page.keyboard.press("Escape");
  await hand.closed();
  // At home the search is about the app that one was in last, and says which that is.
  await hand.go("/");
  await page.keyboard.press("Control+k");
  await page.locator("dialog").getByRole("combobox").fill("pictured");
  await page.getByRole("option", { name: "pictured" }).waitFor();
  await page.locator("dialog").getByRole("combobox").fill(t("nav.messages"));
  await page.getByRole("option", { name: t("nav.messages") }).getByText("River Post").waitFor();
  await page.keyboard.press("Escape");
  await hand.closed();
  // A disabled app says so on each of its pages, and a phone says which app it is.
  const { SDKAppID } = await call("im/RegisterIMApp", { Name: "Resting" });
  await call("im/StopSdkAppId", { SDKAppID });
  await hand.go(`/apps/${SDKAppID}/accounts`);
  await hand.sees(t("appState.disabled"));
  await page.getByRole("banner").getByText("Resting", { exact: true }).filter({ visible: true }).first().waitFor();
  if (page.viewportSize().width > 860) return;
  await hand.go(`/apps/${app}/accounts/draft.user?tab=follow`);
  const tab = await page.getByRole("tab", { selected: true }).boundingBox();
  assert.ok(tab.x >= 0 && tab.x + tab.width <= page.viewportSize().width, "the open tab is in sight");
  await hand.go("/");
  await hand.press("apps:compare.open");
  const table = page.locator("dialog .compare");
  await table.waitFor();
  assert.ok(await table.evaluate((box) => box.scrollWidth <= box.clientWidth), "the plans fit the phone");
  await page.keyboard.press("Escape");
  await hand.closed();
}

/** Who may make apps but not open them hears so, and what to ask for. */
async function unseen(hand, scene) {
  const { call } = scene;
  const Password = "Maker-pass-123";
  const { Uin } = await call("cam/AddUser", { Name: "maker", ConsoleLogin: 1, UseApi: 0, NeedResetPassword: 0, Password });
  const statement = [{ effect: "allow", action: ["name/im:RegisterIMApp", "name/im:DescribeIMAppList"], resource: "*" }];
  const PolicyDocument = JSON.stringify({ version: "2.0", statement });
  const { PolicyId } = await call("cam/CreatePolicy", { PolicyName: "makes-only", PolicyDocument });
  await call("cam/AttachUserPolicy", { PolicyId, AttachUin: Uin });
  await asUser(scene, "/", ["maker", Password], async () => {
    const { t, page } = hand;
    await hand.press("apps:create.open");
    await hand.fill(t("apps:name"), "Out of sight");
    await hand.press("action.create");
    await page.locator("dialog .note").first().waitFor();
    const { Apps } = await call("im/DescribeIMAppList", { Keyword: "Out of sight" });
    await hand.sees(t("apps:create.unseen", { id: Apps[0].SDKAppID }));
    await hand.picture("unseen");
  });
  for (const name of ["locked", "maker"]) await call("cam/DeleteUser", { Name: name, Force: 1 });
  const { List } = await call("cam/ListPolicies", { Scope: "Local" });
  const own = List.filter(({ PolicyName }) => ["looks-only", "makes-only"].includes(PolicyName));
  await call("cam/DeletePolicy", { PolicyId: own.map(({ PolicyId: id }) => id) });
}
