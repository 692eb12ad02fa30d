import assert from "node:assert/strict";
import { createServer } from "node:http";
import { startClient } from "../support/api.mjs";
import { openPage, picture } from "../support/browser.mjs";
import { hands, until } from "../support/hands.mjs";
import { texts } from "../support/texts.mjs";
import { usersig } from "../support/usersig.mjs";

const LANGUAGES = { en: /[A-Za-z]{3}/, ko: /[가-힣]/, zh: /[一-鿿]/ };
/** What Xiaomi's service answers, and what the console says of it. */
const CAUSES = { 10029: "token", 21301: "secret", 21302: "credentials", 22006: "bundle", 10034: "quota", 10017: "payload" };
const OTHER_KEY = "0".repeat(64);

/**
 * What a developer meets, from the wrong key to the blacklist: each row of the log, each verdict on a UserSig and each
 * test push says cause and cure, in the reader's language.
 */
export async function failures(hand, scene) {
  const { server, browser, call, app } = scene;
  const [{ Secret: key }] = (await call("im/DescribeSecret", { SDKAppID: app })).Keys;
  const outside = await receive();
  const client = startClient(server.url, call, app);
  try {
    const signatures = {
      70001: usersig(app, key, "ann", { ago: 3600, expire: 60 }),
      70003: "eJwNotAZlibStream",
      70009: usersig(app, OTHER_KEY, "ann"),
      70014: usersig(app + 1, key, "ann"),
    };
    const ask = await prepare(scene, outside, client);
    const table = await happen(scene, client, signatures, ask, outside);
    for (const [language, letters] of Object.entries(LANGUAGES)) {
      const page = await openPage(browser, { url: server.url, ...scene.run, language, cookie: call.cookie() });
      try {
        const reader = hands(page, texts(language), `${language}-${scene.run.width}/failures`, false);
        await page.goto(`${server.url}/console/apps/${app}/troubleshooting?result=failed&size=100`);
        await log(reader, table, letters);
        await verdicts(reader, app, signatures, letters);
        await pushes(reader, app, outside, letters);
        assert.deepEqual([...new Set(page.problems)], []);
      } catch (error) {
        await picture(page, `${language}-${scene.run.width}/failed-failures`).catch(() => undefined);
        throw error;
      } finally {
        await page.context().close();
      }
    }
  } finally {
    client.stop();
    outside.close();
    const { Version } = await call("im/DescribeCallBack", { SDKAppID: app });
    await call("im/SetCallBack", { SDKAppID: app, Version, Url: "", Commands: [] });
    for (const { CertificateId } of (await call("im/DescribePushCertificates", { SDKAppID: app })).Certificates) {
      await call("im/DeletePushCertificate", { SDKAppID: app, CertificateId });
    }
  }
}

/** The app's own server, which refuses some messages, and a push service, which knows no token while `refuses` is set. */
async function receive() {
  const outside = { refuses: undefined };
  const listening = createServer((request, answer) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const refused = { result: "error", code: outside.refuses, reason: "refused" };
      const taken = { result: "ok", code: 0, data: { id: "x" } };
      if (request.url.startsWith("/v3/")) return answer.end(JSON.stringify(outside.refuses ? refused : taken));
      const ErrorCode = body.includes("forbidden") ? 1 : 0;
      answer.end(JSON.stringify({ ActionStatus: "OK", ErrorInfo: "", ErrorCode }));
    });
  });
  await new Promise((done) => listening.listen(0, "127.0.0.1", done));
  return Object.assign(outside, {
    url: `http://127.0.0.1:${listening.address().port}`,
    close: () => listening.close(),
  });
}

/** People, the callback before a message, a certificate, and the phones of bea and dora with a token each. */
async function prepare({ server, call, rest, app }, outside, client) {
  const ask = await rest(server.url, call, app);
  const names = ["fay", "dora", "mute"];
  await ask("im_open_login_svc/multiaccount_import", { AccountList: names.map((UserID) => ({ UserID })) });
  const { Version } = await call("im/DescribeCallBack", { SDKAppID: app });
  const Commands = ["C2C.CallbackBeforeSendMsg"];
  await call("im/SetCallBack", { SDKAppID: app, Version, Confirmed: true, Url: outside.url, Commands });
  const Fields = { PackageName: "p", AppId: "1", AppSecret: "s", Endpoint: outside.url };
  const { CertificateId } = await call("im/PutPushCertificate", { SDKAppID: app, Name: "Failing", Vendor: "xiaomi", Fields });
  const token = (TokenID) => [["im_open_status.ws_stat_settoken", { BusiID: CertificateId, TokenID, InstType: 2000 }]];
  assert.equal(await client.send("dora", token("dead-token")), 0);
  assert.equal(await client.send("fay", token("token-of-fay")), 0);
  const ability = await call("im/DescribeAbilityConfInfo", { SDKAppID: app });
  await call("im/SetAbilityConfInfo", { SDKAppID: app, Version: ability.Version, BlacklistCheck: false, UserStatus: true });
  return ask;
}

/** Makes each failure happen; answers what the log must hold: name, code, event, who is named, key of the words. */
async function happen({ call, app }, client, signatures, ask, outside) {
  const text = (Text) => ({ MsgRandom: 77, MsgBody: [{ MsgType: "TIMTextElem", MsgContent: { Text } }] });
  const table = [];
  const met = async (name, code, event, who, words, answer) => {
    assert.equal(await answer, code, name);
    table.push({ name, code: String(code), event, who, words });
  };
  for (const [code, signature] of Object.entries(signatures)) {
    await met(`UserSig ${code}`, Number(code), "login", ["ann"], `numbers:${code}`, client.send("ann", [], signature));
  }
  const BusiID = 77;
  const unknown = [["im_open_status.ws_stat_settoken", { BusiID, TokenID: "t", InstType: 2000 }]];
  await met("no certificate", 22001, "push", ["ann"], "numbers:22001", client.send("ann", unknown));
  await ask("sns/black_list_add", { From_Account: "bea", To_Account: ["cho"] });
  await met("blacklist", 20007, "c2c_message", ["cho", "bea"], "numbers:20007", client.send("cho", "bea"));
  const forbidden = [["openim.sendmsg", { From_Account: "ann", To_Account: "bea", MsgSeq: 7, ...text("forbidden") }]];
  await met("callback", 20006, "c2c_message", ["ann", "bea"], "numbers:20006", client.send("ann", forbidden));
  await ask("openconfigsvr/setnospeaking", { Set_Account: "mute", C2CmsgNospeakingTime: 4294967295 });
  await met("muted", 20012, "c2c_message", ["mute", "bea"], "numbers:20012", client.send("mute", "bea"));
  // Ten within ten seconds are allowed: the first that is refused ends it, however slow this is.
  const often = Array(100).fill(["im_open_status.ws_set_custom_status", { CustomStatus: "busy" }]);
  await met("too often", 60018, "other", ["ann"], "numbers:60018", client.send("ann", often));
  const lost = ask("openim/sendmsg", { From_Account: "ann", To_Account: "nobody", ...text("hello") });
  const refusal = lost.then(({ ErrorCode }) => ErrorCode);
  await met("no receiver", 90012, "c2c_message", ["ann", "nobody"], "numbers:90012", refusal);
  outside.refuses = 10029;
  const sent = ask("openim/sendmsg", { From_Account: "ann", To_Account: "dora", ...text("hello") });
  const now = Date.now();
  const range = { SDKAppID: app, StartTime: now - 600_000, EndTime: now + 600_000, Event: "push", ErrorCode: "10029" };
  const told = async () => (await call("im/DescribeTroubleshootingLog", range)).Events.length > 0;
  await met("dead token", 0, "push", ["dora"], "troubleshooting:words.push.gone", sent.then(({ ErrorCode }) => ErrorCode));
  table.at(-1).code = "10029";
  await until(told, "the push service's answer is in the log");
  return table;
}

/** Each failure is a row, with cause and cure. */
async function log({ t, page, picture }, table, letters) {
  for (const { name, code, event, who, words } of table) {
    const row = page.locator("tbody tr", { hasText: code }).filter({ hasText: t(`troubleshooting:events.${event}`) });
    const one = who.reduce((found, user) => found.filter({ hasText: user }), row).first();
    await said(one, name, [t(`${words}.title`), t(`${words}.cure`)], letters);
  }
  await picture("log");
}

/** What the page of UserSigs says of each wrong one. */
async function verdicts(reader, app, signatures, letters) {
  const { t } = reader;
  await reader.go(`/apps/${app}/usersig`);
  const checker = reader.card("tools:verify.title");
  await reader.fill("UserID", "ann", checker);
  for (const [code, signature] of Object.entries(signatures)) {
    await reader.fill("UserSig", signature, checker);
    await reader.press("tools:verify.submit", checker);
    const verdict = checker.locator(".note--error", { hasText: code });
    await said(verdict, code, [t(`numbers:${code}.title`), t(`numbers:${code}.cure`)], letters);
  }
  await reader.picture("usersig");
}

/** What the failed pushes, and the self-check, say of each answer of a push service; nothing to test: a clear word. */
async function pushes(reader, app, outside, letters) {
  const { t, page } = reader;
  await reader.go(`/apps/${app}/push-certificates?tab=failures`);
  const lost = page.locator("tbody tr", { hasText: "dora" }).filter({ hasText: "10029" });
  await said(lost, "dead token", [t("push:cause.token.title"), t("push:cause.token.cure")], letters);
  await reader.go(`/apps/${app}/push-check?user=mute`);
  await said(page, "no device", [t("push:devices.none"), t("push:devices.noneAbout")], letters);
  await reader.go(`/apps/${app}/push-check?user=fay`);
  assert.equal(await page.getByLabel(/^UserID/).first().inputValue(), "fay", "the field names whose devices are shown");
  await page.locator("tbody [aria-haspopup]").first().click();
  await reader.press("push:test.open", page.locator(".menu:popover-open"));
  for (const [code, cause] of Object.entries(CAUSES)) {
    outside.refuses = Number(code);
    await reader.press("push:test.send");
    const verdict = page.locator("dialog[open] .note--error", { hasText: `${code}: refused` });
    await said(verdict, cause, [t(`push:cause.${cause}.title`), t(`push:cause.${cause}.cure`)], letters);
  }
  await reader.picture("push-test");
  await reader.press("action.close");
  await reader.closed();
}

/** Both sentences are on the page, in the letters of its language. */
async function said(place, name, sentences, letters) {
  for (const sentence of sentences) {
    assert.match(sentence, letters, name);
    await place.getByText(sentence, { exact: true }).filter({ visible: true }).first().waitFor();
  }
}
