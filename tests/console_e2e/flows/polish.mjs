import assert from "node:assert/strict";
import { settled } from "../support/browser.mjs";

/** Small things: each once cost somebody a moment, and is looked at where it was. */
export async function polish(hand, scene) {
  await names(hand, scene);
  await forms(hand, scene);
  await people(hand, scene);
  await money(hand, scene);
}

const box = (locator) => locator.boundingBox();
const overlaps = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** A name that ends in "앱" or "app" is named once; files and toasts say what they are about. */
async function names(hand, { call }) {
  const { t, page } = hand;
  await hand.go("/");
  await hand.press("apps:create.open");
  await hand.fill(t("apps:name"), "임시 앱");
  // Listened for before: a toast may be gone by the time that the next page is there.
  const said = page.locator(".toast", { hasText: "임시 앱" }).innerText();
  await Promise.all([said, hand.press("action.create")]);
  await page.waitForURL("**/apps/*/overview");
  assert.equal((await said).trim(), t("apps:create.done", { name: "임시 앱" }));
  const app = Number(page.url().match(/apps\/(\d+)\//)[1]);
  // An app without tags begins with a row to fill in, and what is wrong with one field moves none beside it.
  await hand.go(`/apps/${app}/basic`);
  await hand.press("action.edit", hand.card("basic:tag.title"));
  const key = (at) => page.locator("dialog").getByLabel(t("basic:tag.key"), { exact: true }).nth(at);
  const value = (at) => page.locator("dialog").getByLabel(t("basic:tag.value"), { exact: true }).nth(at);
  const focused = (field) => field.evaluate((one) => one === document.activeElement);
  await hand.until(() => focused(key(0)), "the first field waits for a key");
  assert.ok(await page.locator(".dialog__foot").getByRole("button", { name: t("action.save") }).isDisabled());
  await key(0).fill("team");
  await hand.press("basic:tag.add");
  await hand.until(() => focused(key(1)), "the new row waits for a key");
  await key(1).fill("team");
  await hand.sees(t("basic:tag.twice"));
  assert.equal((await box(key(1))).y, (await box(value(1))).y);
  await key(1).fill("stage");
  await hand.confirm("action.save");
  await hand.closed();
  // What is said lies over no button at the right, and taking it back stands on one line.
  const undo = page.locator(".toast").getByRole("button", { name: t("action.undo"), exact: true }).last();
  assert.ok((await box(undo)).height < 30);
  if (page.viewportSize().width > 860) {
    const edit = await box(hand.card("basic:tag.title").getByRole("button", { name: t("action.edit"), exact: true }));
    const toasts = await box(page.locator(".toasts"));
    assert.ok(edit.x > toasts.x + toasts.width);
  }
  // Its file has the app and the day in its name.
  await hand.go(`/apps/${app}/accounts`);
  await call("im/CreateAccount", { SDKAppID: app, UserID: "only" });
  await hand.press("action.export");
  await hand.confirm("action.export");
  const link = page.locator("dialog").getByRole("link", { name: t("action.download") });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.match(download.suggestedFilename(), new RegExp(`^ExportAccounts-${app}-\\d{4}-\\d{2}-\\d{2}-\\w+\\.csv$`));
  await hand.press("action.close");
  await hand.closed();
  // Beside a file, too, the columns of the list of jobs keep to themselves.
  await hand.go(`/apps/${app}/jobs`);
  await hand.row(t("job.kind.ExportAccounts")).waitFor();
  const cells = await hand.row(t("job.kind.ExportAccounts")).locator(".table__cell").all();
  const boxes = await Promise.all(cells.map(box));
  for (const [at, one] of boxes.entries()) assert.ok(!boxes.slice(at + 1).some((other) => overlaps(one, other)), `cell ${at}`);
  assert.ok(Math.max(...boxes.map(({ height }) => height)) <= 50);
  await call("im/StopSdkAppId", { SDKAppID: app });
}

/** What cannot be is said while one types; a half-made statement leaves the others alone. */
async function forms(hand, { app }) {
  const { t, page } = hand;
  const refused = async (label, value, why, submit) => {
    await hand.fill(label, value);
    await hand.sees(why);
    assert.ok(await page.locator(".dialog__foot").getByRole("button", { name: t(submit), exact: true }).isDisabled());
  };
  const leave = async () => {
    await page.keyboard.press("Escape");
    await hand.press("confirm.drop");
    await hand.closed();
  };
  await hand.go(`/apps/${app}/accounts`);
  await hand.press("accounts:create.open");
  await hand.fill("UserID", "faceless");
  await refused(t("accounts:picture"), "not a url", t("field.url"), "action.create");
  await leave();
  await hand.go(`/apps/${app}/basic`);
  await hand.press("basic:admin.add");
  await refused("UserID", "관리자", t("basic:admin.badId"), "action.add");
  await leave();
  await hand.go("/access/users");
  await hand.press("access:users.add");
  await refused(t("access:users.name"), "서연", t("access:users.badName"), "action.create");
  await leave();
  await hand.go("/me");
  await page.locator("main").getByRole("button", { name: t("session:me.mfaEnable"), exact: true }).click();
  await page.getByRole("dialog").getByRole("heading", { name: t("session:me.mfaTitle"), exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await hand.closed();
  await hand.go("/access/policies/new");
  const document = page.locator("main pre");
  await document.getByText('"name/im:*"').waitFor();
  await hand.press("access:gen.add");
  await page.getByLabel(t("access:gen.actions")).nth(1).selectOption("some");
  await hand.sees(t("access:gen.incomplete"));
  assert.equal(JSON.parse(await document.innerText()).statement.length, 1);
}

/** Refusing a request is asked first; long addresses take one line; who is not there cannot be signed out. */
async function people(hand, { app, call }) {
  const { t, page } = hand;
  const FaceUrl = `https://pictures.example/${"long/".repeat(50)}me.png`;
  await call("im/CreateAccount", { SDKAppID: app, UserID: "asked", Nick: "Asked", FaceUrl: "" });
  await call("im/CreateAccount", { SDKAppID: app, UserID: "asking" });
  await call("im/ModifyAccountProfile", {
    SDKAppID: app,
    UserID: "asked",
    Profile: { Tag_Profile_IM_AllowType: "AllowType_Type_NeedConfirm" },
  });
  await call("im/ModifyAccountProfile", { SDKAppID: app, UserID: "asking", Profile: { Tag_Profile_IM_Image: FaceUrl } });
  const AddFriendItem = [{ To_Account: "asked", AddSource: "AddSource_Type_Web" }];
  await call("im/AddFriend", { SDKAppID: app, From_Account: "asking", AddFriendItem });
  const waiting = async () =>
    (await call("im/DescribeFriendRequests", { SDKAppID: app, UserID: "asked", Direction: "received" })).TotalCount;
  // The browser is not to ask for a picture that is nowhere.
  await page.route("https://pictures.example/**", (route) => route.fulfill({ status: 200, contentType: "image/svg+xml", body: SVG }));
  await hand.go(`/apps/${app}/accounts/asked?tab=requests`);
  await hand.press("relations:requests.refuse", hand.row("asking"));
  await hand.sees(t("relations:requests.refuseAbout", { user: "asking" }));
  await page.keyboard.press("Escape");
  await hand.closed();
  assert.equal(await waiting(), 1);
  await hand.press("relations:requests.refuse", hand.row("asking"));
  await hand.confirm("relations:requests.refuse");
  await hand.closed();
  assert.equal(await waiting(), 0);
  await hand.go(`/apps/${app}/accounts/asking`);
  const address = page.locator(".facts").getByText(FaceUrl, { exact: true });
  assert.ok((await box(address)).height < 26, "an address takes one line");
  assert.equal(await address.locator("xpath=..").getAttribute("title"), FaceUrl);
  await page.unroute("https://pictures.example/**");
  // The browser somebody signed in with is told by its name.
  await hand.go("/me");
  await page.locator("tbody tr").first().waitFor();
  assert.doesNotMatch(await page.locator("tbody").innerText(), /Mozilla|AppleWebKit/);
  page.refusals.push("im/DescribeAccount");
  await hand.go(`/apps/${app}/accounts/nobody.there`);
  await page.locator("main .note--error").first().waitFor();
  for (const name of ["accounts:kick.open", "accounts:sign.open"]) {
    assert.ok(await page.getByRole("button", { name: t(name), exact: true }).isDisabled(), name);
  }
  await settled(page);
  page.refusals.length = 0;
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

/** Nobody pays here, and no sentence says that one does. */
async function money(hand, { app, call }) {
  const { t, page } = hand;
  // An app's card leads to what a higher plan has, beside the present one.
  const { SDKAppID } = await call("im/RegisterIMApp", { Name: "Small plan" });
  await hand.go("/?q=Small");
  await page.locator("article, section, li", { hasText: "Small plan" }).last().waitFor();
  await hand.press("apps:compare.card");
  await page.getByRole("dialog").getByText(t("apps:compare.current"), { exact: false }).first().waitFor();
  await page.keyboard.press("Escape");
  await hand.closed();
  await call("im/StopSdkAppId", { SDKAppID });
  await hand.go(`/apps/${app}/plan`);
  await hand.sees(t("apps:order.free"));
  const text = await page.locator("main").innerText();
  if ((await page.evaluate(() => document.documentElement.lang)) === "en") assert.doesNotMatch(text, /\byou pay\b/i);
}
