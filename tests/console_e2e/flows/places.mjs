import assert from "node:assert/strict";
import { settled } from "../support/browser.mjs";

/** A community with topics, and a live room with its visitors: made, written to, muted, banned from, removed. */
export async function places(hand, { server, call, rest, app }) {
  const ask = await rest(server.url, call, app);
  await ask("im_open_login_svc/multiaccount_import", {
    AccountList: ["gina", "hugo", "robo"].map((UserID) => ({ UserID })),
  });
  const { Version } = await call("im/DescribeAbilityConfInfo", { SDKAppID: app });
  await call("im/SetAbilityConfInfo", {
    SDKAppID: app,
    Version,
    Community: true,
    CommunityTopics: true,
    RoomBan: true,
  });
  await community(hand, app);
  await topics(hand, ask);
  await picker(hand, ask);
  await room(hand, ask, app);
}

const CITY = "@TGS#_banks";
const FOOD = `${CITY}@TOPIC#_food`;

async function community(hand, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/groups`);
  await hand.press("groups:create.open");
  await hand.fill(t("groups:name"), "Both banks");
  await page.locator("dialog input[type=radio]").nth(4).check();
  await hand.fill("GroupID", "banks");
  await hand.sees(t("groups:create.badCommunityId"));
  await hand.fill("GroupID", CITY);
  await page.locator("dialog input[type=checkbox]").check();
  await hand.picture("create-community");
  await hand.press("action.create");
  await page.waitForURL(`**/groups/${encodeURIComponent(CITY)}`);
  // There is nowhere to write to yet.
  await page
    .getByRole("button", { name: t("groups:send.open"), exact: true })
    .and(page.locator(":disabled"))
    .waitFor();
  await hand.tab("groups:tabs.messages");
  await hand.sees(t("groups:topics.none"));
}

async function topics(hand, ask) {
  const { t, page } = hand;
  await page.getByRole("tab", { name: t("groups:tabs.topics") }).click();
  await hand.sees(t("groups:topics.empty"));
  await hand.press("groups:topics.create");
  await hand.fill(t("groups:topicTexts.Name"), "가".repeat(34));
  await hand.sees(t("field.over.bytes", { count: 2 }));
  await hand.fill(t("groups:topicTexts.Name"), "Food");
  await hand.fill(t("groups:topicTexts.Introduction"), "Where to eat");
  await hand.fill("TopicID", "음식");
  await hand.sees(t("groups:topics.badId"));
  await hand.fill("TopicID", "food");
  await hand.picture("create-topic");
  await hand.press("action.create");
  await hand.closed();
  await hand.row("Food").waitFor();
  await hand.press("groups:topics.create");
  await hand.fill(t("groups:topicTexts.Name"), "Again");
  await hand.fill("TopicID", "food");
  page.refusals.push("im/CreateTopic");
  await hand.press("action.create");
  // The ID is taken: the dialog stays and says so.
  await page.locator("dialog .note").first().waitFor();
  await settled(page);
  page.refusals.length = 0;
  await hand.fill("TopicID", "");
  await hand.press("action.create");
  await hand.closed();
  await hand.row("Again").waitFor();
  const menu = async (row, name, act) => {
    await hand.press("groups:rowMenu", hand.row(row), { name });
    await hand.press(act, page.locator(".menu:popover-open"));
  };
  await menu("Food", FOOD, "action.edit");
  await hand.fill(t("groups:topicTexts.Notification"), "Be kind");
  await hand.press("action.save");
  await hand.closed();
  await menu("Food", FOOD, "groups:topics.mute");
  await hand.row(t("groups:muteAll.tag")).waitFor();
  await hand.picture("topics");
  const read = async () => {
    const { TopicAndSelfInfo } = await ask("million_group_open_http_svc/get_topic", { GroupId: CITY });
    return TopicAndSelfInfo.map(({ TopicInfo }) => TopicInfo);
  };
  const [food, again] = await read();
  assert.deepEqual(
    [food.TopicName, food.Introduction, food.Notification, food.MuteAllMember],
    ["Food", "Where to eat", "Be kind", "On"],
  );
  await menu("Food", FOOD, "groups:topics.unmute");
  await hand.until(async () => (await read())[0].MuteAllMember === "Off", "all may write again");
  await menu("Again", again.TopicId, "action.delete");
  await hand.fill(t("confirm.type", { name: "Again" }), "Again");
  await hand.picture("delete-topic");
  await hand.told(() => hand.confirm("action.delete"), "groups:topics.removed", { count: 1 });
  await hand.closed();
  assert.deepEqual(
    (await read()).map(({ TopicId }) => TopicId),
    [FOOD],
  );
}

/** Messages are a topic's: which one is chosen, where they are read and where they are sent. */
async function picker(hand, ask) {
  const { t } = hand;
  const group = (command, body) => ask(`group_open_http_svc/${command}`, body);
  await ask("million_group_open_http_svc/create_topic", {
    GroupId: CITY,
    TopicId: `${CITY}@TOPIC#_routes`,
    TopicName: "Routes",
  });
  await hand.load(new URL(hand.page.url()).pathname.replace("/console", ""));
  await hand.press("groups:send.open");
  await hand.choose(t("groups:topics.one"), `${CITY}@TOPIC#_routes`);
  await hand.fill(t("groups:send.text"), "North by the river");
  await hand.picture("send-to-topic");
  await hand.press("groups:send.submit");
  await hand.closed();
  const said = async (GroupId) => (await group("group_msg_get_simple", { GroupId, ReqMsgNumber: 5 })).RspMsgList;
  assert.equal((await said(`${CITY}@TOPIC#_routes`))[0].MsgBody[0].MsgContent.Text, "North by the river");
  assert.deepEqual(await said(FOOD), []);
  await hand.tab("groups:tabs.messages");
  await hand.sees(t("groups:messages.empty"));
  await hand.choose(t("groups:topics.one"), `${CITY}@TOPIC#_routes`);
  await hand.row("North by the river").waitFor();
  await hand.picture("messages-of-topic");
  await hand.press("groups:recall.open", hand.row("North by the river"));
  await hand.confirm("groups:recall.open");
  await hand.closed();
  await hand.row(t("groups:messages.recalled")).waitFor();
}

async function room(hand, ask, app) {
  const { t, page } = hand;
  await ask("group_open_http_svc/create_group", {
    GroupId: "lanterns",
    Name: "Lanterns",
    Type: "AVChatRoom",
    Owner_Account: "gina",
  });
  await hand.go(`/apps/${app}/groups/lanterns?tab=members`);
  await hand.sees(t("groups:visitors.empty"));
  const robots = { GroupId: "lanterns", Member_Account: ["gina", "hugo", "robo"] };
  await ask("group_open_avchatroom_http_svc/add_robots", robots);
  await hand.press("action.refresh");
  await hand.row("hugo").waitFor();
  await hand.hears("groups:visitors.count", { count: 3, number: 3, most: 30 });
  await hand.picture("visitors");
  const menu = async (act) => {
    await hand.press("groups:rowMenu", hand.row("hugo"), { name: "hugo" });
    await hand.press(act, page.locator(".menu:popover-open"));
  };
  await menu("groups:mute.open");
  await hand.choose(t("groups:length.label"), "4294967295");
  await hand.confirm("groups:mute.open");
  await hand.closed();
  await hand.row(t("groups:forEver")).waitFor();
  await menu("groups:ban.open");
  await hand.fill(t("groups:ban.why"), "Sells tickets to nowhere");
  await hand.picture("ban-visitor");
  await hand.confirm("groups:ban.open");
  await hand.closed();
  await hand.tab("groups:tabs.bans");
  await hand.row("Sells tickets to nowhere").waitFor();
  await hand.picture("bans");
  const banned = () => ask("group_open_http_svc/get_group_ban_member", { GroupId: "lanterns" });
  assert.deepEqual(
    (await banned()).BannedAccountList.map(({ Member_Account }) => Member_Account),
    ["hugo"],
  );
  await hand.told(() => hand.press("groups:ban.end", hand.row("hugo")), "groups:ban.ended", { user: "hugo" });
  assert.deepEqual((await banned()).BannedAccountList, []);
  await ask("group_open_http_svc/destroy_group", { GroupId: "lanterns" });
  await ask("group_open_http_svc/destroy_group", { GroupId: CITY });
}
