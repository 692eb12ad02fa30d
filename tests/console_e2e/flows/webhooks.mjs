import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const SENT = "C2C.CallbackAfterSendMsg";
const QUICK = ["Sns.CallbackFriendAdd", "Sns.CallbackFriendDelete"];

/** An app's own server: its address, a signature, one event; what arrives, stands in the log, and is sent again. */
export async function webhooks(hand, { server, call, rest, app }) {
  const { t } = hand;
  const ask = await rest(server.url, call, app);
  const receiver = await receive();
  try {
    await hand.go(`/apps/${app}/callbacks`);
    const token = await configure(hand, receiver, call, app);
    await certificates(hand, call, app);
    await arrives(hand, receiver, ask, token);
    await again(hand, receiver);
    await hand.tab("webhooks:tabs.config");
    await givenUp(hand, receiver, ask, call, app);
    await hand.press("webhooks:url.edit");
    await hand.fill(t("webhooks:url.title"), "");
    await hand.press("action.save");
    await hand.closed();
    assert.equal((await call("im/DescribeCallBack", { SDKAppID: app })).Url, "");
  } finally {
    receiver.close();
  }
}

/** Keeps what it gets and agrees to everything. */
async function receive() {
  const got = [];
  const receiver = { got, status: 200 };
  const listening = createServer((request, answer) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const { searchParams } = new URL(request.url, "http://x");
      got.push({ body: JSON.parse(body), query: searchParams, id: request.headers["webhook-id"] });
      answer.statusCode = receiver.status;
      answer.end(JSON.stringify({ ActionStatus: "OK", ErrorCode: 0, ErrorInfo: "" }));
    });
  });
  await new Promise((done) => listening.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${listening.address().port}/im`;
  return Object.assign(receiver, { url, close: () => listening.close() });
}

async function configure(hand, receiver, call, app) {
  const { t, page } = hand;
  await hand.press("webhooks:url.edit");
  await hand.fill(t("webhooks:url.title"), "https://ba--ck.example");
  await hand.sees(t("webhooks:wrong.domain"));
  await hand.fill(t("webhooks:url.title"), receiver.url);
  await hand.picture("callback-url");
  await hand.press("action.save");
  await hand.closed();
  await refusedAddress(hand, receiver);
  await hand.press("webhooks:token.edit");
  await hand.press("webhooks:token.make");
  const field = page.locator("dialog[open] form input");
  await hand.until(async () => (await field.inputValue()) !== "", "a token is made");
  const token = await field.inputValue();
  await hand.picture("callback-token");
  await hand.press("action.save");
  await hand.closed();
  const name = t("webhooks:command.C2C_CallbackAfterSendMsg");
  await hand.told(() => hand.tick(name), "webhooks:event.on", { name });
  await hand.pressText(t("webhooks:test.of", { name }));
  await hand.sees(t("webhooks:outcome.delivered"));
  await hand.picture("callback-test");
  await hand.press("action.close");
  await hand.closed();
  assert.equal(receiver.got[0].body.CallbackCommand, SENT);
  // Two switches as quickly as a hand may press them: both are on, and neither is refused.
  await hand.fill(t("webhooks:events.search"), "Sns.CallbackFriend");
  await hand.seesNot(name);
  for (const one of QUICK) await hand.tick(t(`webhooks:command.${one.replace(".", "_")}`));
  const on = async () => (await call("im/DescribeCallBack", { SDKAppID: app })).Commands.filter(({ On }) => On).map(({ Command }) => Command);
  await hand.until(async () => (await on()).length === 3, "both are on");
  const { Url, TokenSet } = await call("im/DescribeCallBack", { SDKAppID: app });
  assert.deepEqual([Url, TokenSet], [receiver.url, true]);
  assert.deepEqual((await on()).sort(), [SENT, ...QUICK]);
  await hand.fill(t("webhooks:events.search"), "");
  return token;
}

/** An address that the server never calls is told by the test beside it; then the right one. */
async function refusedAddress(hand, receiver) {
  const { t } = hand;
  for (const [url, outcome] of [["http://169.254.169.254/im", "address"], [receiver.url, "delivered"]]) {
    await hand.press("webhooks:url.edit");
    await hand.fill(t("webhooks:url.title"), url);
    await hand.press("action.save");
    await hand.closed();
    if (outcome !== "delivered") await hand.sees(t(`webhooks:cure.${outcome}`));
    else await hand.seesNot(t("webhooks:cure.address"));
    await hand.press("webhooks:url.test");
    await hand.sees(t(`webhooks:outcome.${outcome}`));
    if (outcome !== "delivered") await hand.sees(t(`webhooks:cure.${outcome}`));
    await hand.press("action.close");
    await hand.closed();
  }
  receiver.got.length = 0;
}

/** Mutual TLS: the authority to trust, a certificate, and none again. */
async function certificates(hand, call, app) {
  const { t, page } = hand;
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: t("webhooks:mutual.download"), exact: true }).first().click(),
  ]);
  assert.match(await readFile(await saved.path(), "utf8"), /BEGIN CERTIFICATE/);
  await hand.press("webhooks:mutual.make");
  await hand.sees(t("webhooks:mutual.inUse"));
  const used = async () => (await call("im/DownloadAuthenticateMutually", { SDKAppID: app })).Certificates.map(({ InUse }) => InUse);
  await hand.until(async () => (await used()).join() === "true", "one certificate, in use"); // the words may stand elsewhere
  await hand.picture("callback-certificate");
  await hand.press("webhooks:mutual.remove");
  await page.locator("dialog").getByRole("button", { name: t("webhooks:mutual.remove") }).click();
  await hand.closed();
}

async function arrives(hand, { got }, ask, token) {
  const MsgBody = [{ MsgType: "TIMTextElem", MsgContent: { Text: "The post is here" } }];
  await ask("openim/sendmsg", { From_Account: "ann", To_Account: "bea", MsgRandom: 7, MsgBody });
  await hand.until(() => got.length === 2, "the event arrives");
  const { query, body } = got[1];
  assert.equal(body.MsgBody[0].MsgContent.Text, "The post is here");
  const sign = createHash("sha256").update(token + query.get("RequestTime")).digest("hex");
  assert.equal(query.get("Sign"), sign);
}

async function again(hand, { got }) {
  const { t, page } = hand;
  await hand.tab("webhooks:tabs.log");
  const name = t("webhooks:command.C2C_CallbackAfterSendMsg");
  await hand.pressText(name, hand.row(name));
  await hand.sees("The post is here");
  await hand.picture("delivery");
  await hand.press("action.close");
  await hand.closed();
  await hand.press("webhooks:resend.one", hand.row(name));
  await hand.until(() => got.length === 3, "it arrives once more");
  assert.equal(got[2].id, got[1].id, "with its own ID");
  await hand.press("webhooks:resend.since");
  await hand.picture("resend-since");
  await hand.press("webhooks:resend.submit");
  await hand.closed();
  // The test, the message and its repetition are in the log; an event that was sent again begins anew there.
  await hand.until(() => got.length >= 5, "everything since an hour ago");
  await hand.choose(t("webhooks:log.outcome"), "dns");
  await page.waitForURL(/outcome=dns/);
  await hand.hears("table.nothingFound");
}

/** What is not tried again stands as given up, with its failures; it arrives when everything is sent again. */
async function givenUp(hand, receiver, ask, call, app) {
  const { t, page } = hand;
  await page.getByRole("radio", { name: t("webhooks:policy.Retry.original") }).click();
  await hand.until(async () => (await call("im/DescribeCallBack", { SDKAppID: app })).Retry === "original", "tried once");
  receiver.status = 500;
  const MsgBody = [{ MsgType: "TIMTextElem", MsgContent: { Text: "Nobody is in" } }];
  await ask("openim/sendmsg", { From_Account: "ann", To_Account: "bea", MsgRandom: 8, MsgBody });
  const dead = async () => (await call("im/DescribeCallBack", { SDKAppID: app })).GivenUp;
  await hand.until(async () => (await dead()) === 1, "one is given up");
  await hand.go(`/apps/${app}/callbacks`);
  await hand.picture("callback-given-up");
  await page.getByRole("link", { name: t("webhooks:state.givenUp", { count: 1, number: "1" }) }).click();
  await page.waitForURL(/outcome=failed/);
  const name = t("webhooks:command.C2C_CallbackAfterSendMsg");
  await hand.pressText(name, hand.row(name));
  await hand.sees("Nobody is in");
  await page.getByText(/· 500$/).first().waitFor();
  await hand.picture("delivery-failed");
  await hand.press("action.close");
  await hand.closed();
  await paused(hand, receiver, app);
  const before = receiver.got.length;
  await hand.tab("webhooks:tabs.log");
  await hand.press("webhooks:resend.since");
  await hand.press("webhooks:resend.submit");
  await hand.closed();
  const arrived = () => receiver.got.slice(before).some(({ body }) => body.MsgBody?.[0].MsgContent.Text === "Nobody is in");
  await hand.until(arrived, "what was given up arrives");
  await hand.until(async () => (await dead()) === 0, "nothing is given up any longer");
  await hand.tab("webhooks:tabs.config");
}

/** What a rest of the receiver looks like, and that a try which is answered is said at once; the rest itself is made up here. */
async function paused(hand, receiver, app) {
  const { t, page } = hand;
  const rests = (route) =>
    route.fetch().then(async (answer) => {
      const body = await answer.json();
      body.Data.PausedUntil = Date.now() + 30_000;
      await route.fulfill({ response: answer, json: body });
    });
  await page.route("**/im/DescribeCallBack", rests);
  await hand.load(`/apps/${app}/callbacks`);
  await hand.hears("webhooks:state.paused");
  await hand.sees(`${t("webhooks:outcome.status")} · 500`);
  await hand.picture("callback-paused");
  receiver.status = 200;
  await hand.press("webhooks:state.try");
  await hand.sees(t("webhooks:outcome.delivered"));
  await hand.press("action.close");
  await hand.closed();
  await page.unroute("**/im/DescribeCallBack", rests);
  await hand.load(`/apps/${app}/callbacks`);
  await hand.seesNot(t("webhooks:state.paused"));
}
