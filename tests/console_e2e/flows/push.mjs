import assert from "node:assert/strict";
import { createServer } from "node:http";
import { startClient } from "../support/api.mjs";

const XIAOMI = { PackageName: "com.example.river", AppId: "2882303", AppSecret: "a-secret" };

/** A certificate, a device with a token, a test that is taken and one that is not, a push to a tag with its report. */
export async function push(hand, { server, call, rest, app }) {
  const vendor = await receive();
  const client = startClient(server.url, call, app);
  try {
    const id = await certificate(hand, vendor, call, app);
    const reports = [
      ["im_open_status.ws_stat_settoken", { BusiID: id, TokenID: "regid-of-the-phone-of-ann", InstType: 2000 }],
      ["im_open_status.ws_stat_background", { C2cUnread: 0, GrpUnread: 0 }],
    ];
    assert.equal(await client.send("ann", reports), 0);
    await check(hand, vendor, app);
    await failures(hand, app);
    await marks(hand, app, call);
    await compose(hand, vendor, call, app);
    const ask = await rest(server.url, call, app);
    await refused(hand, vendor, ask, call, app);
    await plan(hand, call, app);
    await forget(hand, call, app);
    await remove(hand, app, id, call);
  } finally {
    client.stop();
    vendor.close();
  }
}

/** Xiaomi's push service as far as it matters here: takes everything until told not to. */
async function receive() {
  const got = [];
  const vendor = { got, refuses: undefined };
  const listening = createServer((request, answer) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      got.push({ form: new URLSearchParams(body), key: request.headers.authorization });
      const refused = { result: "error", code: vendor.refuses, reason: "no such app" };
      answer.end(JSON.stringify(vendor.refuses ? refused : { result: "ok", code: 0, data: { id: "x" } }));
    });
  });
  await new Promise((done) => listening.listen(0, "127.0.0.1", done));
  return Object.assign(vendor, {
    url: `http://127.0.0.1:${listening.address().port}`,
    close: () => listening.close(),
  });
}

async function certificate(hand, vendor, call, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/push-certificates`);
  await hand.press("push:form.add");
  await hand.choose(t("push:vendor.label"), "apns_p8");
  const key = page.locator("dialog[open] input[type=file]");
  assert.equal(await key.getAttribute("accept"), ".p8,.pem,text/plain");
  await hand.picture("certificate-apns");
  await hand.choose(t("push:vendor.label"), "xiaomi");
  await hand.fill(t("push:form.name"), "Phones");
  await wrongFile(hand);
  for (const [name, value] of Object.entries(XIAOMI)) await hand.fill(t(`push:field.${name}`), value);
  await page.locator("dialog[open] summary").click();
  await hand.fill(t("push:field.Endpoint"), vendor.url);
  await hand.picture("certificate");
  await hand.press("action.save");
  await hand.closed();
  // Edited: what is secret is neither shown nor asked again.
  await chosen(hand, "Phones", "action.edit");
  assert.doesNotMatch(await page.content(), /a-secret/);
  await hand.fill(t("push:form.name"), "All phones");
  await hand.press("action.save");
  await hand.closed();
  await hand.row("All phones").waitFor();
  const { Certificates } = await call("im/DescribePushCertificates", { SDKAppID: app });
  assert.deepEqual(Certificates.map(({ Name, Vendor, Fields }) => [Name, Vendor, Fields.AppSecret]), [["All phones", "xiaomi", undefined]]);
  return Certificates[0].CertificateId;
}

/** A file of another kind: said what it is not, and what would be. */
async function wrongFile(hand) {
  const { t, page } = hand;
  page.refusals.push("im/PutPushCertificate");
  await hand.choose(t("push:vendor.label"), "fcm");
  const buffer = Buffer.from('{"project_info": {"project_id": "river"}}');
  await page.locator("dialog[open] input[type=file]").setInputFiles({ name: "google-services.json", mimeType: "application/json", buffer });
  await hand.press("action.save");
  await hand.sees(t("error.PushServiceAccount.title"));
  await hand.picture("certificate-wrong");
  page.refusals.length = 0;
  await hand.choose(t("push:vendor.label"), "xiaomi");
}

/** What stands in the menu of a certificate's row. */
async function chosen(hand, name, act) {
  await hand.press("push:rowMenu", hand.row(name), { name });
  await hand.press(act, hand.page.locator(".menu:popover-open"));
}

/** What stands in the menu of a device. */
async function ofDevice(hand, act) {
  await hand.row("regid-…of-ann").locator("[aria-haspopup]").click();
  await hand.press(act, hand.page.locator(".menu:popover-open"));
}

async function check(hand, vendor, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/push-check`);
  await hand.fill("UserID", "bea");
  await hand.press("push:check.submit");
  await hand.hears("push:devices.none");
  await hand.fill("UserID", "ann");
  await hand.press("push:check.submit");
  await page.waitForURL(/user=ann/);
  await hand.sees("regid-…of-ann");
  await hand.picture("push-check");
  await ofDevice(hand, "push:test.open");
  await hand.fill(t("push:compose.desc"), "Does it ring?");
  await hand.press("push:test.send");
  await hand.hears("push:test.taken");
  assert.equal(vendor.got[0].key, "key=a-secret");
  assert.equal(vendor.got[0].form.get("description"), "Does it ring?");
  assert.equal(vendor.got[0].form.get("registration_id"), "regid-of-the-phone-of-ann");
  vendor.refuses = 21301;
  await hand.press("push:test.send");
  await hand.hears("push:cause.secret.title");
  await hand.hears("push:cause.secret.cure");
  await hand.picture("push-test");
  vendor.refuses = undefined;
  await hand.press("action.close");
  await hand.closed();
}

async function failures(hand, app) {
  await hand.go(`/apps/${app}/push-certificates?tab=failures`);
  await hand.hears("push:failures.empty");
}

async function marks(hand, app, call) {
  const { t } = hand;
  await hand.go(`/apps/${app}/push?tab=attributes`);
  await hand.press("action.edit");
  await hand.fill(t("push:attributes.number", { number: 0 }), "city");
  await hand.fill(t("push:attributes.number", { number: 1 }), "city");
  await hand.hears("push:attributes.twice");
  await hand.fill(t("push:attributes.number", { number: 1 }), "tier");
  await hand.press("action.save");
  await hand.closed();
  await hand.go(`/apps/${app}/accounts/ann?tab=push`);
  await hand.sees("regid-");
  await hand.press("push:marks.edit");
  await hand.fill(t("push:marks.tags"), "river, 한강");
  await hand.fill("city", "Seoul");
  await hand.picture("push-marks");
  await hand.press("action.save");
  await hand.closed();
  assert.deepEqual(await call("im/DescribePushMarks", { SDKAppID: app, UserID: "ann" }), {
    Tags: ["river", "한강"],
    Attrs: { city: "Seoul" },
  });
}

async function compose(hand, vendor, call, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/push`);
  const { TotalCount } = await call("im/DescribeAccountList", { SDKAppID: app, Limit: 1 });
  await hand.hears("push:whom.count", { count: TotalCount, number: String(TotalCount) });
  await page.getByRole("radio", { name: t("push:whom.attrs") }).check();
  await hand.fill("city", "Busan");
  await hand.hears("push:whom.count", { count: 0, number: "0" });
  await page.getByRole("radio", { name: t("push:whom.tags") }).check();
  await hand.fill(t("push:whom.or"), "한강");
  await hand.fill(t("push:whom.and"), "한강");
  await hand.hears("push:whom.inBoth");
  await hand.fill(t("push:whom.and"), "");
  await hand.hears("push:whom.count", { count: 1, number: "1" });
  await hand.fill(t("push:compose.title"), "River news");
  await hand.fill(t("push:compose.desc"), "The ferry is back");
  assert.equal(await page.locator(".preview__title").textContent(), "River news");
  // A look at the report loses nothing; what a maker cuts is shown as it cuts it.
  await hand.tab("push:tabs.report");
  await hand.tab("push:tabs.compose");
  await hand.fill(t("push:compose.desc"), "The ferry is back. ".repeat(9));
  await hand.hears("push:preview.cutBy", { vendors: t("push:vendor.xiaomi") });
  await hand.choose(t("push:preview.on"), "xiaomi");
  assert.match(await page.locator(".preview__text").textContent(), /^.{125}\.\.\.$/);
  await hand.fill(t("push:compose.desc"), "");
  await hand.hears("push:lacking.words");
  await hand.fill(t("push:compose.desc"), "The ferry is back");
  await hand.picture("push-compose");
  const before = vendor.got.length;
  await hand.press("push:compose.submit");
  await hand.hears("push:compose.confirm", { count: 1, number: "1" });
  await hand.picture("push-confirm");
  await hand.confirm("push:compose.send");
  await page.waitForURL(/tab=report/);
  await hand.until(() => vendor.got.length > before, "the push comes to the vendor");
  assert.equal(vendor.got[before].form.get("title"), "River news");
  assert.equal(vendor.got[before].form.get("description"), "The ferry is back");
  const row = hand.row("River news");
  await row.getByText(t("push:state.done"), { exact: true }).waitFor();
  await hand.picture("push-report");
  await hand.pressText("River news", row);
  await hand.hears("push:report.id");
  await hand.row(t("push:report.accepted")).getByText(t("push:vendor.xiaomi")).waitFor();
  await hand.picture("push-facts");
  await hand.press("action.close");
  await hand.closed();
  await hand.press("push:revoke.open", row);
  await hand.confirm("push:revoke.open");
  await hand.closed();
  await hand.until(() => vendor.got.length > before + 1, "it is taken back");
  assert.equal(vendor.got[before + 1].form.get("description"), t("push:revoke.sample"));
  const tasks = async () => (await call("im/DescribePushTask", { SDKAppID: app })).Tasks;
  await hand.until(async () => (await tasks()).every(({ State }) => !["waiting", "running"].includes(State)), "both are over");
  assert.deepEqual(
    (await tasks()).map(({ Total, Devices, Condition }) => [Total, Devices, Condition.TagsOr]),
    [
      [1, 1, ["한강"]],
      [1, 1, ["한강"]],
    ],
  );
}

/** A message's push that the vendor refuses for the credentials: said in the list, behind the certificate's state, whole. */
async function refused(hand, vendor, ask, call, app) {
  const { t, page } = hand;
  vendor.refuses = 21301;
  const before = vendor.got.length;
  const MsgBody = [{ MsgType: "TIMTextElem", MsgContent: { Text: "Are you there?" } }];
  await ask("openim/sendmsg", { From_Account: "bea", To_Account: "ann", MsgRandom: 9, MsgBody });
  await hand.until(() => vendor.got.length > before, "the push comes to the vendor");
  await hand.go(`/apps/${app}/push-certificates?tab=failures`);
  await hand.until(async () => {
    await hand.press("action.refresh");
    return (await hand.row("21301").count()) > 0;
  }, "the refusal is listed");
  await hand.pressText(t("push:cause.secret.title"), hand.row("21301"));
  await hand.hears("push:failures.lost");
  await hand.picture("push-refused");
  await hand.press("action.close");
  await hand.closed();
  await hand.go(`/apps/${app}/push-certificates`);
  await hand.press("push:certificates.trouble", hand.row("All phones"));
  await hand.sees("21301: no such app");
  await hand.picture("certificate-trouble");
  await hand.press("action.close");
  await hand.closed();
  await call("im/CreatePushTask", { SDKAppID: app, Desc: "The river rises" });
  await hand.go(`/apps/${app}/push?tab=report`);
  await hand.pressText("The river rises", hand.row("The river rises"));
  await hand.row("21301: no such app").getByText(t("push:cause.secret.title")).waitFor();
  await hand.picture("push-answers");
  await hand.press("action.close");
  await hand.closed();
  vendor.refuses = undefined;
  assert.equal(await page.locator("dialog[open]").count(), 0);
}

/** On the account's page: what was not taken for this user, and the device, which is forgotten. */
async function forget(hand, call, app) {
  const { t } = hand;
  await hand.go(`/apps/${app}/accounts/bea?tab=push`);
  await hand.hears("push:failures.emptyOfUser");
  await hand.go(`/apps/${app}/accounts/ann?tab=push`);
  await hand.row("21301").waitFor();
  await ofDevice(hand, "push:devices.drop");
  await hand.picture("device-forget");
  await hand.confirm("push:devices.drop");
  await hand.closed();
  await hand.hears("push:devices.none");
  assert.deepEqual((await call("im/DescribePushDevices", { SDKAppID: app, UserID: "ann" })).Devices, []);
}

/** A push for later: it stands in the report as to come, and is called off there. */
async function plan(hand, call, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/push`);
  await hand.fill(t("push:compose.desc"), "The lanterns are lit at eight");
  await page.getByRole("radio", { name: t("push:when.later") }).check();
  await hand.fill(t("push:when.at"), "2020-01-01T08:00");
  await hand.hears("push:lacking.late");
  const later = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  await hand.fill(t("push:when.at"), later);
  await hand.press("push:compose.submit");
  await hand.sees("UTC+9");
  await hand.picture("push-plan");
  await hand.confirm("push:compose.plan");
  await page.waitForURL(/tab=report/);
  const row = hand.row("The lanterns are lit at eight");
  await row.getByText(t("push:state.planned"), { exact: true }).waitFor();
  const { Tasks } = await call("im/DescribePushTask", { SDKAppID: app, Limit: 1 });
  assert.equal(Tasks[0].StartTime, Date.parse(`${later}+09:00`) / 1000);
  await hand.press("push:unplan.open", row);
  await hand.confirm("push:unplan.open");
  await hand.closed();
  await hand.seesNot("The lanterns are lit at eight");
}

async function remove(hand, app, id, call) {
  const { t } = hand;
  await hand.go(`/apps/${app}/push-certificates`);
  await chosen(hand, "All phones", "action.delete");
  await hand.hears("push:delete.about", { count: 0, number: "0" });
  await hand.fill(t("confirm.type", { name: id }), String(id));
  await hand.picture("certificate-delete");
  await hand.confirm("action.delete");
  await hand.closed();
  await hand.hears("push:certificates.empty");
  assert.deepEqual((await call("im/DescribePushDevices", { SDKAppID: app, UserID: "ann" })).Devices, []);
}
