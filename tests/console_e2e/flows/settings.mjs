import assert from "node:assert/strict";
import { startClient } from "../support/api.mjs";

/** Switches and numbers of an app, and what messages and friends do after each. */
export async function settings(hand, { server, call, rest, app }) {
  const ask = await rest(server.url, call, app);
  const ability = () => call("im/DescribeAbilityConfInfo", { SDKAppID: app });
  const client = startClient(server.url, call, app);
  try {
    await messages(hand, { app, ask, ability, send: client.send });
  } finally {
    client.stop();
  }
  await relationsSettings(hand, app, ask, ability);
  await fields(hand, app, ask, ability);
}

async function messages(hand, { app, ask, ability, send }) {
  const { t, page } = hand;
  await ask("sns/black_list_add", { From_Account: "cho", To_Account: ["ann"] });
  await hand.go(`/apps/${app}/messages`);
  const flip = (name) => page.getByRole("switch", { name: t(name), exact: true }).click();

  assert.equal(await send("ann", "cho"), 0, "looks sent while the check is on");
  await flip("settings:BlacklistCheck.name");
  await hand.keep(t("settings:BlacklistCheck.off"));
  await hand.until(async () => (await send("ann", "cho")) === 20007, "the blocked sender is told");
  await hand.undo(t("settings:BlacklistCheck.off"));
  await hand.until(async () => (await ability()).BlacklistCheck, "taken back");
  assert.equal(await send("bea", "cho"), 0, "strangers may write");
  await flip("settings:FriendCheck.name");
  await hand.until(async () => (await send("bea", "cho")) === 20009, "strangers may not write");
  await flip("settings:FriendCheck.name");
  await hand.until(async () => (await send("bea", "cho")) === 0, "strangers may write again");

  await hand.pressText(t("settings:editOf", { name: t("settings:RecallSeconds.name") }));
  await hand.fill(t("settings:RecallSeconds.unit"), "0");
  const { Min, Max } = (await ability()).Ranges.RecallSeconds;
  await hand.sees(t("field.outOfRange", { min: Min, max: Max }));
  await hand.fill(t("settings:RecallSeconds.unit"), "600");
  await hand.picture("recall");
  await hand.press("action.save");
  await hand.closed();
  await hand.until(async () => (await ability()).RecallSeconds === 600, "ten minutes");
  // Beside it stand what it was before anybody touched it, and who did.
  const recall = page.locator(".setting", { hasText: t("settings:RecallSeconds.name") });
  await recall.getByText(t("settings:trace.default", { value: "" }).trim()).waitFor();
  await recall.getByText(t("settings:trace.by", { name: "root" }), { exact: false }).waitFor();
  for (const name of ["HistoryDays", "DeletedIdDays"]) {
    const before = await ability();
    const { Max: most } = before.Ranges[name];
    const days = before[name] === most ? most - 1 : most;
    await hand.pressText(t("settings:editOf", { name: t(`settings:${name}.name`) }));
    await hand.fill(t(`settings:${name}.unit`), String(days));
    await hand.press("action.save");
    await hand.closed();
    await hand.until(async () => (await ability())[name] === days, `${name}: ${days}`);
  }
  await flip("settings:AllowAccountDeletion.name");
  await hand.until(
    async () => (await ask("im_open_login_svc/account_delete", { DeleteItem: [{ UserID: "nobody" }] })).ErrorCode === 71000,
    "no deletion through REST",
  );
  await flip("settings:AllowAccountDeletion.name");
  await hand.until(async () => (await ability()).AllowAccountDeletion, "deletion again");
}

async function relationsSettings(hand, app, ask, ability) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/friends`);
  const add = async () =>
    (
      await ask("sns/friend_add", {
        From_Account: "bea",
        AddFriendItem: [{ To_Account: "cho", AddSource: "AddSource_Type_Web" }],
      })
    ).ResultItem[0].ResultCode;
  await page.getByLabel(t("settings:DefaultAllowType.values.AllowType_Type_DenyAny.name")).click();
  await hand.until(async () => (await ability()).DefaultAllowType.endsWith("DenyAny"), "chosen");
  await hand.until(async () => (await add()) === 30516, "nobody can be added");
  await page.getByLabel(t("settings:DefaultAllowType.values.AllowType_Type_NeedConfirm.name")).click();
  await hand.until(async () => (await add()) === 30539, "must be confirmed");
  await hand.press("settings:fields.add");
  await hand.fill(t("settings:fields.name"), "Rank1");
  await hand.hears("settings:fields.mistake.letters");
  await hand.fill(t("settings:fields.name"), "Rank");
  await hand.press("action.add");
  await hand.closed();
  assert.deepEqual((await ability()).FriendFields, [{ Name: "Rank", Type: "string" }]);
}

async function fields(hand, app, ask, ability) {
  const { t } = hand;
  await hand.go(`/apps/${app}/user-fields`);
  await hand.press("settings:fields.add");
  await hand.fill(t("settings:fields.name"), "Boat");
  await hand.picture("user-field");
  await hand.press("action.add");
  await hand.closed();
  const write = () =>
    ask("profile/portrait_set", {
      From_Account: "ann",
      ProfileItem: [{ Tag: "Tag_Profile_Custom_Boat", Value: "dinghy" }],
    });
  assert.equal((await write()).ErrorCode, 0);
  await hand.press("action.edit", hand.row("Boat"));
  await hand.tick(t("settings:userFields.long.AdminWrite"));
  await hand.press("action.save");
  await hand.closed();
  assert.equal((await ability()).UserFields[0].AdminWrite, false);
  assert.equal((await write()).ErrorCode, 40008);
}
