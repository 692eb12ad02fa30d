import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

/** Create, search, edit every kind of field, import with refused rows, export, sign out, delete one and some. */
export async function accounts(hand, { server, call, rest, app }) {
  const { t, page } = hand;
  const ask = await rest(server.url, call, app);
  await hand.go(`/apps/${app}/accounts`);
  await hand.press("accounts:create.open");
  await hand.fill("UserID", "dora");
  await hand.fill(t("accounts:nick"), "Dora");
  await hand.picture("create-account");
  await hand.press("action.create");
  await hand.closed();
  await hand.sees("dora");
  await page.getByPlaceholder(t("accounts:search")).fill("do");
  await page.waitForURL(/q=do/);
  await hand.row("dora").waitFor();
  await hand.seesNot("bea");
  await edit(hand, app, ask);
  await importFile(hand, app, ask);
  await exportFile(hand, app);
  await exportChosen(hand, app);
  await palette(hand);
  await remove(hand, app, ask);
}

async function edit(hand, app, ask) {
  const { t, page } = hand;
  await page.getByRole("link", { name: "dora", exact: true }).click();
  await page.waitForURL("**/accounts/dora");
  await hand.press("action.edit");
  await hand.fill(t("accounts:field.Nick"), "가".repeat(167));
  await hand.sees(t("field.over.bytes", { count: 1 }));
  await hand.fill(t("accounts:field.Nick"), "Dora the rower");
  await hand.choose(t("accounts:field.Gender"), "Gender_Type_Female");
  await hand.fill(t("accounts:field.BirthDay"), "1994-08-17");
  await hand.fill(t("accounts:field.Level"), "7");
  await hand.choose(t("accounts:field.AdminForbidType"), "AdminForbid_Type_SendOut");
  await hand.picture("edit-account");
  await hand.press("action.save");
  await hand.closed();
  const TagList = ["Nick", "Gender", "BirthDay", "Level", "AdminForbidType"].map((name) => `Tag_Profile_IM_${name}`);
  const read = await ask("profile/portrait_get", { To_Account: ["dora"], TagList });
  const values = Object.fromEntries(read.UserProfileItem[0].ProfileItem.map(({ Tag, Value }) => [Tag, Value]));
  assert.deepEqual(values, {
    Tag_Profile_IM_Nick: "Dora the rower",
    Tag_Profile_IM_Gender: "Gender_Type_Female",
    Tag_Profile_IM_BirthDay: 19940817,
    Tag_Profile_IM_Level: 7,
    Tag_Profile_IM_AdminForbidType: "AdminForbid_Type_SendOut",
  });
  await hand.press("accounts:kick.open");
  await hand.told(() => hand.confirm("accounts:kick.open"), "accounts:kick.done", { id: "dora" });
  await hand.closed();
}

async function importFile(hand, app, ask) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/accounts`);
  await hand.press("action.import");
  const rows = Array.from({ length: 300 }, (_, index) => `crew${String(index).padStart(3, "0")},Crew ${index}`);
  await page.locator("dialog input[type=file]").setInputFiles({
    name: "crew.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(["UserID,Nick", ...rows, `${"x".repeat(33)},Too long`].join("\n")),
  });
  await hand.picture("import");
  await hand.confirm("action.import");
  await hand.sees(t("job.state.done"));
  await hand.sees(t("job.refused", { count: 1 }));
  await hand.sees("x".repeat(33));
  await hand.picture("import-report");
  await hand.press("action.close");
  await hand.closed();
  const found = await ask("im_open_login_svc/account_check", { CheckItem: [{ UserID: "crew299" }] });
  assert.equal(found.ResultItem[0].AccountStatus, "Imported");
  // The report stays with the job.
  await hand.go(`/apps/${app}/jobs`);
  await page.getByLabel(t("jobs:state"), { exact: true }).selectOption("done");
  await page.waitForURL(/state=done/);
  // On a wide page nothing in a row is squeezed: two lines at most, though a row was refused.
  const own = page.viewportSize();
  await page.setViewportSize({ width: 1280, height: 800 });
  const refused = hand.row(t("job.refused", { count: 1 }));
  await refused.waitFor();
  const heights = await refused.locator("td").evaluateAll((cells) => cells.map((cell) => cell.clientHeight));
  assert.ok(Math.max(...heights) <= 60, `heights of the cells: ${heights}`);
  await page.setViewportSize(own);
  await hand.press("action.details", hand.row(t("job.kind.ImportAccounts")));
  await hand.sees("x".repeat(33));
  await hand.press("action.close");
  await hand.closed();
}

async function exportFile(hand, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/accounts?q=crew`);
  await hand.press("action.export");
  await hand.confirm("action.export");
  const link = page.locator("dialog").getByRole("link", { name: t("action.download") });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
  assert.equal(lines.length, 301);
  await hand.press("action.close");
  await hand.closed();
  // The cursor leads on, and back.
  await hand.go(`/apps/${app}/accounts?q=crew`);
  await hand.sees("crew000");
  await hand.press("table.next");
  await hand.sees("crew020");
  await hand.press("table.previous");
  await hand.sees("crew000");
}

/** Two of many, as JSON; and a search without a result leads back to all. */
async function exportChosen(hand, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/accounts?q=crew00`);
  for (const name of ["crew001", "crew003"]) await hand.tick(t("table.select", { name }));
  await hand.press("action.export", page.locator(".table__bulk"));
  await page.locator("dialog").getByText("JSON", { exact: true }).click();
  await hand.confirm("action.export");
  const link = page.locator("dialog").getByRole("link", { name: t("action.download") });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const found = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.deepEqual(
    found.map(({ UserID }) => UserID),
    ["crew001", "crew003"],
  );
  await hand.press("action.close");
  await hand.closed();
  await hand.go(`/apps/${app}/accounts?q=nobody-at-all`);
  await hand.sees(t("table.nothingFound"));
  await hand.press("table.showAll");
  await hand.row("bea").waitFor();
}

async function palette(hand) {
  const { page } = hand;
  await page.keyboard.press("Control+k");
  await page.locator("dialog").getByRole("combobox").fill("crew29");
  await page.getByRole("option", { name: "crew290" }).waitFor();
  await hand.picture("palette");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/accounts/crew290");
}

async function remove(hand, app, ask) {
  const { t } = hand;
  const gone = async (UserID) =>
    (await ask("im_open_login_svc/account_check", { CheckItem: [{ UserID }] })).ResultItem[0].AccountStatus === "NotImported";
  await hand.press("action.delete");
  await hand.fill(t("confirm.type", { name: "crew290" }), "crew290");
  await hand.confirm("action.delete");
  await hand.closed();
  assert.ok(await gone("crew290"));
  await hand.go(`/apps/${app}/accounts?q=crew00`);
  await hand.tick(t("table.selectAll"));
  await hand.hears("table.selected", { count: 10 });
  await hand.picture("selected");
  await hand.press("action.delete", hand.page.locator(".table__bulk"));
  await hand.fill(t("confirm.type", { name: 10 }), "10");
  await hand.picture("delete-accounts");
  await hand.confirm("action.delete");
  await hand.closed();
  assert.ok(await gone("crew009"));
  assert.ok(!(await gone("crew010")));
}
