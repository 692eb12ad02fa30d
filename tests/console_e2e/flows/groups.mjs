import assert from "node:assert/strict";

/** A group's life: made, found, members added, appointed and muted, written to, recalled, dismissed. */
export async function groups(hand, { server, call, rest, app }) {
  const { t, page } = hand;
  const ask = await rest(server.url, call, app);
  await ask("im_open_login_svc/multiaccount_import", { AccountList: ["gina", "hugo"].map((UserID) => ({ UserID })) });
  const group = (command, body) => ask(`group_open_http_svc/${command}`, body);
  await hand.go(`/apps/${app}/groups`);
  await hand.press("groups:create.open");
  await hand.fill(t("groups:name"), "가".repeat(11));
  await hand.sees(t("field.over.bytes", { count: 3 }));
  await hand.fill(t("groups:name"), "River rowers");
  await hand.fill(t("groups:owner"), "gina");
  await page.locator("dialog input[type=radio]").nth(1).check();
  await hand.fill("GroupID", "rowers");
  await hand.picture("create-group");
  await hand.press("action.create");
  await page.waitForURL("**/groups/rowers");
  await members(hand, group);
  await messages(hand, group);
  await end(hand, group, app);
}

async function members(hand, group) {
  const { t, page } = hand;
  await hand.tab("groups:tabs.members");
  await hand.press("groups:memberList.add");
  await hand.fill("UserID", "hugo, nobody");
  await hand.press("action.add");
  // Of two, one is refused: both are told of.
  await hand.hears("groups:outcome.partly", { done: 1, failed: 1 });
  await hand.sees("10019");
  await hand.picture("outcomes");
  await hand.press("action.close");
  await hand.closed();
  const menu = async (name) => {
    await hand.press("groups:rowMenu", hand.row("hugo"), { name: "hugo" });
    await hand.press(name, page.locator(".menu:popover-open"));
  };
  await menu("groups:appointAdmin");
  await hand.until(async () => {
    const read = await group("get_role_in_group", { GroupId: "rowers", User_Account: ["hugo"] });
    return read.UserIdList[0].Role === "Admin";
  }, "hugo is an admin");
  await menu("groups:mute.open");
  await hand.choose(t("groups:length.label"), "4294967295");
  await hand.confirm("groups:mute.open");
  await hand.closed();
  const { MutedAccountList } = await group("get_group_muted_account", { GroupId: "rowers" });
  assert.deepEqual(MutedAccountList, [{ Member_Account: "hugo", MutedUntil: 4294967295 }]);
  await hand.tab("groups:tabs.mutes");
  await hand.told(() => hand.press("groups:mute.end", hand.row("hugo")), "groups:mute.ended", { user: "hugo" });
  await hand.seesNot(t("groups:forEver"));
}

async function messages(hand, group) {
  const { t } = hand;
  await hand.press("groups:send.open");
  await hand.fill(t("groups:send.text"), "글".repeat(301));
  await hand.sees(t("field.over.letters", { count: 1 }));
  await hand.fill(t("groups:send.text"), "The river rises tonight");
  await hand.picture("send-to-group");
  await hand.press("groups:send.submit");
  await hand.closed();
  const read = await group("group_msg_get_simple", { GroupId: "rowers", ReqMsgNumber: 1 });
  assert.equal(read.RspMsgList[0].MsgBody[0].MsgContent.Text, "The river rises tonight");
  await hand.tab("groups:tabs.messages");
  // What happened in the group is told in words, not as it goes over the wire.
  await hand.sees(t("groups:tips.added", { who: "administrator", users: "hugo" }));
  await hand.sees(t("groups:tips.admin", { who: "administrator", users: "hugo" }));
  await hand.press("groups:recall.open", hand.row("The river rises tonight"));
  await hand.confirm("groups:recall.open");
  await hand.closed();
  await hand.row(t("groups:messages.recalled")).waitFor();
}

async function end(hand, group, app) {
  const { t, page } = hand;
  await group("create_group", { GroupId: "second", Name: "Second", Type: "Work" });
  await hand.go(`/apps/${app}/accounts/gina?tab=groups`);
  await hand.row("rowers").waitFor();
  await hand.go(`/apps/${app}/groups`);
  await page.getByPlaceholder(t("groups:search")).fill("row");
  await page.waitForURL(/q=row/);
  await hand.seesNot("second");
  await hand.go(`/apps/${app}/groups`);
  for (const id of ["rowers", "second"]) await hand.tick(t("table.select", { name: id }));
  await hand.press("groups:dismiss.open");
  await group("destroy_group", { GroupId: "second" });
  await hand.fill(t("confirm.type", { name: t("groups:dismiss.word", { count: 2 }) }), t("groups:dismiss.word", { count: 2 }));
  await hand.picture("dismiss-groups");
  await hand.confirm("groups:dismiss.open");
  // One is gone already: nothing refused is called a success.
  await hand.hears("groups:outcome.partly", { done: 1, failed: 1 });
  await hand.press("action.close");
  await hand.closed();
  await hand.hears("groups:empty.title");
  const left = await group("get_appid_group_list", { Limit: 10 });
  assert.equal(left.TotalCount, 0);
}
