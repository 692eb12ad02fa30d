// Calls of the test chat: two panes in Chromium, with a camera and a microphone of its own making, through a real coturn.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rest, signIn } from "./support/api.mjs";
import { DEADLINE, launchWith, openPage } from "./support/browser.mjs";
import { APP, startServer } from "./support/server.mjs";
import { texts } from "./support/texts.mjs";

const LANGUAGE = "en";
const t = texts(LANGUAGE);
const { TURN_PORT, TURN_SECRET } = process.env;
/** Addresses of two nodes that run already; without them a server is started. */
const NODES = process.env.NODES?.split(",");
let server;
let browser;
let call;
let api;
let page;

const pane = (user, of = page) => of.getByRole("region", { name: user, exact: true });
const press = (user, name, of = page) => pane(user, of).getByRole("button", { name: t(`calls:${name}`), exact: true }).click();
const says = (user, words, of = page) => pane(user, of).getByRole("status").filter({ hasText: words }).waitFor();
const outcome = (user, name, of = page) => says(user, t(`calls:outcome.${name}`), of);

/** The overview with two accounts signed in; the names are chosen where they are not the first two. */
async function chat(left, right, url = server.url) {
  const opened = await openPage(browser, {
    url,
    language: LANGUAGE,
    theme: "light",
    width: 1200,
    cookie: call.cookie(),
  });
  await opened.goto(`${url}/console/apps/${APP}/overview`);
  await opened.getByLabel(t("overview:chat.left"), { exact: true }).last().selectOption(left);
  await opened.getByLabel(t("overview:chat.right"), { exact: true }).last().selectOption(right);
  await opened.getByRole("button", { name: t("overview:chat.enter"), exact: true }).click();
  await pane(left, opened).getByText(t("overview:chat.online"), { exact: true }).waitFor();
  await pane(right, opened).getByText(t("overview:chat.online"), { exact: true }).waitFor();
  return opened;
}

/** Waits until picture and sound have come to a pane, through the relay alone. */
async function arrives(user, { video, relayed }, of = page) {
  const figures = pane(user, of).locator(".call__figures");
  await of.waitForFunction(
    ([box, video]) => Number(box?.dataset.audio) >= 50 && (!video || Number(box?.dataset.video) >= 50),
    [await figures.elementHandle({ timeout: DEADLINE }), video],
    { timeout: 2 * DEADLINE },
  );
  const { audio, video: pictures, relayed: way } = await figures.evaluate((box) => ({ ...box.dataset }));
  console.log(`${user}: ${audio} packets of sound, ${pictures} of picture, relayed: ${way}`);
  if (relayed !== undefined) assert.equal(way, String(relayed));
  if (!video) assert.equal(pictures, "0");
}

async function talk(from, to, kind) {
  await press(from, kind === "video" ? "video" : "voice");
  await says(from, t(`calls:calling.${kind}`, { peer: to }));
  await says(to, t(`calls:ringing.${kind}`, { peer: from }));
  await press(to, "accept");
  for (const [user, peer] of [[from, to], [to, from]]) await says(user, t("calls:talking", { peer }));
}

before(async () => {
  const settings = {
    SODAM_TURN_URLS: `turn:127.0.0.1:${TURN_PORT}?transport=udp,turn:127.0.0.1:${TURN_PORT}?transport=tcp`,
    SODAM_TURN_SECRET: TURN_SECRET,
  };
  server = NODES ? { url: NODES[0], stop: () => null } : await startServer(settings);
  call = await signIn(server.url);
  api = await rest(server.url, call);
  await api("im_open_login_svc/multiaccount_import", { Accounts: ["amy", "bob", "cat"] });
  const { Version } = await call("im/DescribeAbilityConfInfo", { SDKAppID: APP });
  await call("im/SetAbilityConfInfo", { SDKAppID: APP, Version, WebInstances: 2 });
  browser = await launchWith("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream");
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("an app whose switch is off has none", async () => {
  page = await chat("amy", "bob");
  await page.getByText(t("calls:off")).waitFor();
  assert.equal(await page.locator(".call").count(), 0);
  const { UserSig } = await call("im/CreateSecretUserSig", { SDKAppID: APP, UserID: "amy" });
  const query = new URLSearchParams({ sdkappid: APP, identifier: "amy", usersig: UserSig, random: 1, contenttype: "json" });
  const answer = await fetch(`${server.url}/v4/sodam_call_svc/get_turn?${query}`, { method: "POST", body: "{}" });
  assert.equal((await answer.json()).ErrorCode, 60020);
  await page.context().close();
  const { Version } = await call("im/DescribeAbilityConfInfo", { SDKAppID: APP });
  await call("im/SetAbilityConfInfo", { SDKAppID: APP, Version, Calls: true });
});

test("sound and picture go through the relay, until one hangs up", async () => {
  page = await chat("amy", "bob");
  await page.getByLabel(t("calls:relayOnly")).check();
  await talk("amy", "bob", "video");
  for (const user of ["amy", "bob"]) await arrives(user, { video: true, relayed: true });
  const size = await pane("bob").getByLabel(t("calls:remote", { user: "bob" })).evaluate((video) => video.videoWidth);
  assert.ok(size > 0, "the picture is shown");
});

test("who is in a call is busy, on every device", async () => {
  const third = await chat("cat", "bob");
  await press("cat", "video", third);
  await outcome("cat", "busy", third);
  await outcome("bob", "elsewhere", third);
  await says("bob", t("calls:talking", { peer: "amy" }));
  assert.deepEqual([...new Set(third.problems)], []);
  await third.context().close();
  await press("bob", "hangUp");
  for (const user of ["amy", "bob"]) await outcome(user, "ended");
});

test("a call is refused, cancelled and missed", async () => {
  await press("bob", "voice");
  await says("amy", t("calls:ringing.audio", { peer: "bob" }));
  await press("amy", "refuse");
  for (const user of ["amy", "bob"]) await outcome(user, "refused");
  await press("amy", "voice");
  await says("bob", t("calls:ringing.audio", { peer: "amy" }));
  await press("amy", "cancel");
  await outcome("amy", "cancelled");
  await outcome("bob", "missed");
  await page.getByLabel(t("calls:rings")).selectOption("10");
  await press("amy", "video");
  await says("bob", t("calls:ringing.video", { peer: "amy" }));
  await outcome("bob", "missed");
  await outcome("amy", "unanswered");
});

test("sound alone, and who leaves hangs up", async () => {
  await talk("bob", "amy", "audio");
  for (const user of ["amy", "bob"]) await arrives(user, { video: false, relayed: true });
  await page.getByRole("button", { name: t("overview:chat.leave"), exact: true }).click();
  await page.locator(".call").first().waitFor({ state: "detached" });
  const history = await api("openim/admin_getroammsg", {
    Operator_Account: "amy",
    Peer_Account: "bob",
    MaxCnt: 100,
    MinTime: 0,
    MaxTime: 2 ** 31,
  });
  const said = history.MsgList.map(({ MsgBody }) => JSON.parse(MsgBody[0].MsgContent.Data));
  assert.deepEqual([...new Set(said.map(({ businessID }) => businessID))], [1], "offers and candidates are not kept");
  assert.equal(said.filter(({ data }) => JSON.parse(data).data.cmd === "hangup").length >= 2, true);
  assert.deepEqual([...new Set(page.problems)], []);
});

test("a call is taken by a device at another node", { skip: !NODES && "there is one node" }, async () => {
  const here = await chat("amy", "bob");
  const there = await chat("cat", "bob", NODES[1]);
  await here.getByLabel(t("calls:relayOnly")).check();
  await there.getByLabel(t("calls:relayOnly")).check();
  await press("amy", "video", here);
  for (const at of [here, there]) await says("bob", t("calls:ringing.video", { peer: "amy" }), at);
  await press("bob", "accept", there);
  await says("amy", t("calls:talking", { peer: "bob" }), here);
  await outcome("bob", "elsewhere", here);
  await arrives("amy", { video: true, relayed: true }, here);
  await arrives("bob", { video: true, relayed: true }, there);
  await press("bob", "hangUp", there);
  await outcome("amy", "ended", here);
  for (const at of [here, there]) assert.deepEqual([...new Set(at.problems)], []);
  for (const at of [here, there]) await at.context().close();
});

test("credentials that are over are refused", async () => {
  const { IceServers, ExpireTime } = await api("sodam_call_svc/get_turn", { UserID: "amy", Expire: 1 });
  const fresh = await api("sodam_call_svc/get_turn", { UserID: "amy", Expire: 600 });
  while (Date.now() / 1000 < ExpireTime + 1) await new Promise((done) => setTimeout(done, 200));
  const gathered = (iceServers) =>
    page.evaluate(async (iceServers) => {
      const peer = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
      peer.addTransceiver("audio");
      const found = [];
      const refusals = [];
      peer.onicecandidateerror = ({ errorCode }) => refusals.push(errorCode);
      const over = new Promise((done) => {
        peer.onicecandidate = ({ candidate }) => (candidate?.candidate ? found.push(candidate.type) : candidate || done());
      });
      await peer.setLocalDescription();
      await over;
      peer.close();
      return { found, refusals };
    }, iceServers);
  assert.ok((await gathered(fresh.IceServers)).found.length > 0);
  const { found, refusals } = await gathered(IceServers);
  assert.deepEqual(found, []);
  assert.ok(refusals.includes(401), `refused with ${refusals}`);
});
