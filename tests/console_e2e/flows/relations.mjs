import assert from "node:assert/strict";
import { rosa } from "../support/seed.mjs";

/** Friends with remark, lists and custom fields, requests, the blacklist, follows: seen and changed for one account. */
export async function relations(hand, { server, call, rest, app }) {
  const { t } = hand;
  const ask = await rest(server.url, call, app);
  const friends = async (user) =>
    (await ask("sns/friend_get", { From_Account: user, StartIndex: 0 })).UserDataItem?.map((one) => one.To_Account) ?? [];
  await rosa(call, ask, app);
  await hand.go(`/apps/${app}/accounts/rosa?tab=friends`);
  await hand.press("relations:friends.add");
  await hand.fill("UserID", "no-such-user");
  await hand.press("action.add");
  await hand.sees("30003");
  await hand.fill("UserID", "rosa");
  await hand.sees(t("relations:friends.self"));
  await hand.fill("UserID", "bert");
  await hand.fill(t("relations:friends.remark"), "Bow");
  await hand.fill(t("relations:friends.list"), "Rowing");
  await hand.picture("add-friend");
  await hand.press("action.add");
  // The ban that an account's profile can hold.
  await hand.sees("30009");
  await hand.picture("add-friend-refused");
  await ask("profile/portrait_set", {
    From_Account: "rosa",
    ProfileItem: [{ Tag: "Tag_Profile_IM_AdminForbidType", Value: "AdminForbid_Type_None" }],
  });
  await hand.press("action.add");
  await hand.closed();
  assert.deepEqual(await friends("rosa"), ["bert"]);
  assert.ok((await friends("bert")).includes("rosa"));
  // A friend is found by the UserID, on one line, and the list says that both have each other.
  await hand.page.getByPlaceholder(t("relations:friends.search")).fill("ert");
  await hand.page.waitForURL(/q=ert/);
  await hand.row("bert").getByText(t("relations:friends.ways.both"), { exact: true }).waitFor();
  const line = await hand.row("bert").getByRole("link", { name: "bert", exact: true }).boundingBox();
  assert.ok(line.height < 26, "a UserID stays on one line");
  await hand.page.getByPlaceholder(t("relations:friends.search")).fill("mate001");
  await hand.sees(t("table.nothingFound"));
  await hand.press("table.showAll");
  await hand.press("action.edit", hand.row("bert"));
  await hand.fill(t("relations:friends.remark"), "Stroke");
  await hand.fill(t("relations:friends.newList"), "Family");
  await hand.fill("Rank", "first");
  await hand.picture("edit-friend");
  await hand.press("action.save");
  await hand.closed();
  const listed = await ask("sns/friend_get_list", {
    From_Account: "rosa",
    To_Account: ["bert"],
    TagList: ["Tag_SNS_IM_Remark", "Tag_SNS_IM_Group", "Tag_SNS_Custom_Rank"],
  });
  const values = Object.fromEntries(listed.InfoItem[0].SnsProfileItem.map(({ Tag, Value }) => [Tag, Value]));
  assert.deepEqual(values, {
    Tag_SNS_IM_Remark: "Stroke",
    Tag_SNS_IM_Group: ["Rowing", "Family"],
    Tag_SNS_Custom_Rank: "first",
  });
  await hand.press("relations:check.open");
  await hand.fill("UserID", "bert");
  await hand.press("relations:check.submit");
  await hand.hears("relations:check.CheckResult_Type_BothWay", { a: "rosa", b: "bert" });
  await hand.picture("check-relation");
  await hand.press("action.close");
  await hand.closed();
  await lists(hand, ask);
  await requests(hand, app, ask, friends);
  await blacklist(hand, app, ask);
  await follow(hand, app, ask);
  await told(hand, app, call);
  await hand.go(`/apps/${app}/accounts/rosa?tab=friends`);
  await hand.tick(t("table.select", { name: "mate010" }));
  await hand.press("action.delete", hand.page.locator(".table__bulk"));
  await hand.confirm("action.delete");
  await hand.closed();
  assert.deepEqual(await friends("rosa"), ["bert"]);
  await many(hand, app, ask);
  await hand.press("relations:friends.deleteAll");
  await hand.fill(t("confirm.type", { name: "rosa" }), "rosa");
  await hand.confirm("relations:friends.deleteAll");
  await hand.closed();
  assert.deepEqual(await friends("rosa"), []);
}

/** A long list comes in pages with its number, and somebody in it is found by a part of the remark or the nickname. */
async function many(hand, app, ask) {
  const { t, page } = hand;
  const mates = Array.from({ length: 24 }, (_, index) => `mate${String(index).padStart(3, "0")}`);
  const AddFriendItem = mates.map((To_Account) => ({ To_Account, AddSource: "AddSource_Type_Web", Remark: `Seat ${To_Account}` }));
  await ask("sns/friend_import", { From_Account: "rosa", AddFriendItem });
  await hand.go(`/apps/${app}/accounts/rosa?tab=friends`);
  await hand.hears("table.total", { count: 25, number: "25" });
  assert.equal(await page.locator("tbody tr").count(), 20);
  // Names are one line each, and no row is higher than a picture with two lines beside it.
  const own = page.viewportSize();
  await page.setViewportSize({ width: 1280, height: 800 });
  const heights = await page.locator("tbody tr").evaluateAll((rows) => rows.map((row) => row.clientHeight));
  assert.ok(Math.max(...heights) <= 60, `heights of the rows: ${heights}`);
  await page.setViewportSize(own);
  await hand.press("table.next");
  await hand.row("mate023").getByText(t("relations:friends.ways.one"), { exact: true }).waitFor();
  await page.getByPlaceholder(t("relations:friends.search")).fill("seat mate02");
  await page.waitForURL(/q=seat/);
  await hand.hears("table.total", { count: 4, number: "4" });
  await page.getByPlaceholder(t("relations:friends.search")).fill("twenty of");
  await hand.row("mate020").waitFor();
  await hand.go(`/apps/${app}/accounts/rosa?tab=friends`);
}

async function lists(hand, ask) {
  const { t } = hand;
  await hand.tab("accounts:tabs.lists");
  await hand.press("relations:lists.add");
  await hand.fill(t("relations:lists.name"), "Night crew");
  await hand.fill(t("relations:lists.members"), "bert");
  await hand.press("action.add");
  await hand.closed();
  const names = async () =>
    (await ask("sns/group_get", { From_Account: "rosa", NeedFriend: "Need_Friend_Type_Yes" })).ResultItem.map((one) => one.GroupName);
  assert.ok((await names()).includes("Night crew"));
  await hand.press("action.delete", hand.row("Night crew"));
  await hand.confirm("action.delete");
  await hand.closed();
  assert.ok(!(await names()).includes("Night crew"));
}

async function requests(hand, app, ask, friends) {
  const request = (From_Account) =>
    ask("sns/friend_add", {
      From_Account,
      AddFriendItem: [{ To_Account: "rosa", AddSource: "AddSource_Type_Web", AddWording: "row with me" }],
    });
  assert.equal((await request("mate010")).ResultItem[0].ResultCode, 30539);
  assert.equal((await request("mate011")).ResultItem[0].ResultCode, 30539);
  await hand.go(`/apps/${app}/accounts/rosa?tab=requests`);
  await hand.press("relations:requests.accept", hand.row("mate010"));
  await hand.until(async () => (await friends("rosa")).includes("mate010"), "accepted");
  await hand.press("relations:requests.refuse", hand.row("mate011"));
  await hand.confirm("relations:requests.refuse");
  await hand.closed();
  await hand.seesNot("mate011");
  assert.ok(!(await friends("rosa")).includes("mate011"));
  assert.equal((await request("mate012")).ResultItem[0].ResultCode, 30539);
  await hand.go(`/apps/${app}/accounts/rosa?tab=requests`);
  await hand.press("action.delete", hand.row("mate012"));
  await hand.seesNot("mate012");
  await hand.press("relations:requests.sent");
  await hand.sees(hand.t("relations:requests.empty.sent"));
}

async function blacklist(hand, app, ask) {
  const Nick = [{ Tag: "Tag_Profile_IM_Nick", Value: "Twenty of the crew" }];
  await ask("profile/portrait_set", { From_Account: "mate020", ProfileItem: Nick });
  await hand.tab("accounts:tabs.blacklist");
  await hand.press("relations:blacklist.add");
  await hand.fill("UserID", "mate020");
  const asked = [];
  const note = (request) => asked.push(request.url().split("/").at(-1));
  hand.page.on("request", note);
  await hand.confirm("relations:blacklist.add");
  await hand.closed();
  const blocked = async () =>
    (await ask("sns/black_list_get", { From_Account: "rosa", StartIndex: 0, MaxLimited: 10, LastSequence: 0 })).BlackListItem?.length ?? 0;
  assert.equal(await blocked(), 1);
  await hand.row("mate020").getByText("Twenty of the crew", { exact: true }).waitFor();
  // The number beside the tab follows at once: with the list, long before it is asked for again by itself.
  await hand.page.getByRole("tab", { selected: true }).getByText("1", { exact: true }).waitFor();
  hand.page.off("request", note);
  const next = asked.slice(asked.indexOf("AddBlackList") + 1).slice(0, 4);
  assert.ok(next.includes("DescribeAccountState"), `asked after the change: ${next}`);
  await hand.picture("blacklist");
  await hand.press("relations:blacklist.remove", hand.row("mate020"));
  await hand.until(async () => (await blocked()) === 0, "unblocked");
}

async function follow(hand, app, ask) {
  await hand.tab("accounts:tabs.follow");
  await hand.press("relations:follow.add");
  await hand.fill("UserID", "bert");
  await hand.confirm("relations:follow.add");
  await hand.closed();
  const following = async () =>
    (await ask("follow/follow_get", { From_Account: "rosa", FollowType: 2 })).FollowItem?.map((one) => one.To_Account) ?? [];
  assert.deepEqual(await following(), ["bert"]);
  await hand.press("relations:follow.leave", hand.row("bert"));
  await hand.until(async () => (await following()).length === 0, "unfollowed");
}

/** The audit log says what came of refused and of partly refused acts, with the number of each item. */
async function told(hand, app, call) {
  const { t } = hand;
  const outcome = async (action, target, wanted) => {
    await hand.go(`/audit?app=${app}&action=${action}&outcome=${wanted}`);
    const row = hand.row(target);
    await row.getByText(t(`audit:outcomes.${wanted}`), { exact: true }).waitFor();
    await hand.press("action.details", row);
  };
  // What was asked of the dialog above is no success, and nothing is said to be so afterwards.
  await outcome("AddFriend", "no-such-user", "failed");
  await hand.sees("no-such-user");
  await hand.sees("30003");
  await hand.picture("audit-failed");
  await hand.press("action.close");
  await hand.closed();
  await call("im/CreateAccount", { SDKAppID: app, UserID: "parting" });
  await call("im/RemoveUser", { SDKAppID: app, UserIDs: ["parting", "administrator"] });
  await outcome("RemoveUser", "parting", "partly");
  await hand.sees(t("audit:came"));
  await hand.sees("administrator");
  await hand.sees("70402");
  await hand.picture("audit-partly");
  await hand.press("action.close");
  await hand.closed();
}
