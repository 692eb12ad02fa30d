import assert from "node:assert/strict";

/** Friends with remark, lists and custom fields, requests, the blacklist, follows: seen and changed for one account. */
export async function relations(hand, { server, call, rest, app }) {
  const { t } = hand;
  const ask = await rest(server.url, call, app);
  const friends = async (user) =>
    (await ask("sns/friend_get", { From_Account: user, StartIndex: 0 })).UserDataItem?.map((one) => one.To_Account) ?? [];
  await hand.go(`/apps/${app}/accounts/dora?tab=friends`);
  await hand.press("relations:friends.add");
  await hand.fill("UserID", "no-such-user");
  await hand.press("action.add");
  await hand.sees("30003");
  await hand.fill("UserID", "bea");
  await hand.fill(t("relations:friends.remark"), "Bow");
  await hand.fill(t("relations:friends.list"), "Rowing");
  await hand.picture("add-friend");
  await hand.press("action.add");
  // The ban that the accounts' page has set.
  await hand.sees("30009");
  await hand.picture("add-friend-refused");
  await ask("profile/portrait_set", {
    From_Account: "dora",
    ProfileItem: [{ Tag: "Tag_Profile_IM_AdminForbidType", Value: "AdminForbid_Type_None" }],
  });
  await hand.press("action.add");
  await hand.closed();
  assert.deepEqual(await friends("dora"), ["bea"]);
  assert.ok((await friends("bea")).includes("dora"));
  await hand.press("action.edit", hand.row("bea"));
  await hand.fill(t("relations:friends.remark"), "Stroke");
  await hand.fill(t("relations:friends.newList"), "Family");
  await hand.fill("Rank", "first");
  await hand.picture("edit-friend");
  await hand.press("action.save");
  await hand.closed();
  const listed = await ask("sns/friend_get_list", {
    From_Account: "dora",
    To_Account: ["bea"],
    TagList: ["Tag_SNS_IM_Remark", "Tag_SNS_IM_Group", "Tag_SNS_Custom_Rank"],
  });
  const values = Object.fromEntries(listed.InfoItem[0].SnsProfileItem.map(({ Tag, Value }) => [Tag, Value]));
  assert.deepEqual(values, {
    Tag_SNS_IM_Remark: "Stroke",
    Tag_SNS_IM_Group: ["Rowing", "Family"],
    Tag_SNS_Custom_Rank: "first",
  });
  await hand.press("relations:check.open");
  await hand.fill("UserID", "bea");
  await hand.press("relations:check.submit");
  await hand.hears("relations:check.CheckResult_Type_BothWay", { a: "dora", b: "bea" });
  await hand.picture("check-relation");
  await hand.press("action.close");
  await hand.closed();
  await lists(hand, ask);
  await requests(hand, app, ask, friends);
  await blacklist(hand, app, ask);
  await follow(hand, app, ask);
  await hand.go(`/apps/${app}/accounts/dora?tab=friends`);
  await hand.tick(t("table.select", { name: "crew010" }));
  await hand.press("action.delete", hand.page.locator(".table__bulk"));
  await hand.confirm("action.delete");
  await hand.closed();
  assert.deepEqual(await friends("dora"), ["bea"]);
  await hand.press("relations:friends.deleteAll");
  await hand.fill(t("confirm.type", { name: "dora" }), "dora");
  await hand.confirm("relations:friends.deleteAll");
  await hand.closed();
  assert.deepEqual(await friends("dora"), []);
}

async function lists(hand, ask) {
  const { t } = hand;
  await hand.tab("accounts:tabs.lists");
  await hand.press("relations:lists.add");
  await hand.fill(t("relations:lists.name"), "Night crew");
  await hand.fill(t("relations:lists.members"), "bea");
  await hand.press("action.add");
  await hand.closed();
  const names = async () =>
    (await ask("sns/group_get", { From_Account: "dora", NeedFriend: "Need_Friend_Type_Yes" })).ResultItem.map((one) => one.GroupName);
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
      AddFriendItem: [{ To_Account: "dora", AddSource: "AddSource_Type_Web", AddWording: "row with me" }],
    });
  assert.equal((await request("crew010")).ResultItem[0].ResultCode, 30539);
  assert.equal((await request("crew011")).ResultItem[0].ResultCode, 30539);
  await hand.go(`/apps/${app}/accounts/dora?tab=requests`);
  await hand.press("relations:requests.accept", hand.row("crew010"));
  await hand.until(async () => (await friends("dora")).includes("crew010"), "accepted");
  await hand.press("relations:requests.refuse", hand.row("crew011"));
  await hand.seesNot("crew011");
  assert.ok(!(await friends("dora")).includes("crew011"));
  assert.equal((await request("crew012")).ResultItem[0].ResultCode, 30539);
  await hand.go(`/apps/${app}/accounts/dora?tab=requests`);
  await hand.press("action.delete", hand.row("crew012"));
  await hand.seesNot("crew012");
  await hand.press("relations:requests.sent");
  await hand.sees(hand.t("relations:requests.empty.sent"));
}

async function blacklist(hand, app, ask) {
  await hand.tab("accounts:tabs.blacklist");
  await hand.press("relations:blacklist.add");
  await hand.fill("UserID", "crew020");
  await hand.confirm("relations:blacklist.add");
  await hand.closed();
  const blocked = async () =>
    (await ask("sns/black_list_get", { From_Account: "dora", StartIndex: 0, MaxLimited: 10, LastSequence: 0 })).BlackListItem?.length ?? 0;
  assert.equal(await blocked(), 1);
  await hand.press("relations:blacklist.remove", hand.row("crew020"));
  await hand.until(async () => (await blocked()) === 0, "unblocked");
}

async function follow(hand, app, ask) {
  await hand.tab("accounts:tabs.follow");
  await hand.press("relations:follow.add");
  await hand.fill("UserID", "bea");
  await hand.confirm("relations:follow.add");
  await hand.closed();
  const following = async () =>
    (await ask("follow/follow_get", { From_Account: "dora", FollowType: 2 })).FollowItem?.map((one) => one.To_Account) ?? [];
  assert.deepEqual(await following(), ["bea"]);
  await hand.press("relations:follow.leave", hand.row("bea"));
  await hand.until(async () => (await following()).length === 0, "unfollowed");
}
