import assert from "node:assert/strict";
import { rest, signIn } from "../support/api.mjs";
import { openPage, resized } from "../support/browser.mjs";
import { hands } from "../support/hands.mjs";
import { APP, startServer } from "../support/server.mjs";
import { texts } from "../support/texts.mjs";

/** In development mode callbacks and pushes come to a page as they happen; elsewhere there is no such page in the menu. */
export async function inbox(hand, { browser, run, app }) {
  const { t, page } = hand;
  const link = (of) => of.locator("nav a", { hasText: t("nav.inbox") });
  await hand.go(`/apps/${app}/inbox`);
  await hand.hears("inbox:off.title");
  assert.equal(await link(page).count(), 0);

  const server = await startServer({ SODAM_BOOTSTRAP_APP: "" }, ["--dev"]);
  try {
    const call = await signIn(server.url);
    const other = await openPage(browser, { url: server.url, ...run, cookie: call.cookie() });
    const mine = hands(other, t, `${run.language}-${run.width}-${run.theme}/inbox`, run.axe);
    await other.goto(`${server.url}/console/apps/${APP}/overview`);
    await mine.load(`/apps/${APP}/inbox`);
    if (run.width > 860) await link(other).waitFor();
    await caught(mine, await rest(server.url, call));
    assert.deepEqual([...new Set(other.problems)], []);
    await other.context().close();
  } finally {
    assert.doesNotMatch(await server.stop(), /\[(error|critical) *\]/, "the server logged an error");
  }
}

async function caught(hand, ask) {
  const { t, page } = hand;
  const say = async (MsgRandom, Text) => {
    const MsgBody = [{ MsgType: "TIMTextElem", MsgContent: { Text } }];
    const sent = await ask("openim/sendmsg", { From_Account: "bob", To_Account: "alice", MsgRandom, MsgBody });
    assert.equal(sent.ErrorCode, 0);
  };
  await say(1, "강물은 어때요?");
  const row = (name) => page.locator("tbody tr", { hasText: name });
  await row("C2C.CallbackAfterSendMsg").first().waitFor();
  await row("xiaomi").first().waitFor();

  // Filtered by the text of a body: a message that comes later, without a reload.
  await page.getByPlaceholder(t("inbox:search")).fill("HERONS");
  await hand.hears("table.nothingFound");
  await say(2, "The herons are here");
  await row("C2C.CallbackBeforeSendMsg").waitFor();
  await hand.choose(t("inbox:kind"), "push");
  await hand.until(async () => (await page.locator("tbody tr").count()) === 1, "the push alone");
  await row("xiaomi").getByText("alice", { exact: true }).waitFor();
  await hand.choose(t("inbox:kind"), "callback");
  await hand.until(async () => (await page.locator("tbody tr").count()) === 2, "before and after");
  await hand.picture("list");
  await resized(page, "inbox", 1280);

  await row("C2C.CallbackAfterSendMsg").getByRole("button").first().click();
  const dialog = page.locator("dialog[open]");
  const part = (name) => dialog.getByRole("region", { name: t(name), exact: true });
  const body = await part("inbox:body").locator("pre").textContent();
  assert.match(body, /\n {2}"To_Account": "alice"/, "on lines of its own");
  assert.equal(JSON.parse(body).MsgBody[0].MsgContent.Text, "The herons are here");
  assert.match(await part("inbox:headers").locator("pre").textContent(), /^Content-Type: application\/json/m);
  await hand.picture("request");
  await hand.told(() => part("inbox:body").getByRole("button").click(), "action.copied");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), body);
  await hand.press("inbox:copyCurl", dialog);
  await hand.until(
    async () => (await page.evaluate(() => navigator.clipboard.readText())).startsWith("curl -X POST 'http"),
    "a line for a shell",
  );
  await hand.press("action.close");
  await hand.closed();

  await hand.press("inbox:clear");
  await hand.hears("table.nothingFound");
  await hand.press("table.showAll");
  await hand.hears("inbox:empty.title");
  await say(3, "again");
  await row("C2C.CallbackAfterSendMsg").waitFor();
}
