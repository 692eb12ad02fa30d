import assert from "node:assert/strict";
import { settled } from "../support/browser.mjs";

const NEWS = "@TOA#_tide";

/** An official account: made, followed by some and refused for others, heard, left, and deleted by its name. */
export async function officials(hand, { server, call, rest, app }) {
  const { t, page } = hand;
  const ask = await rest(server.url, call, app);
  await ask("im_open_login_svc/multiaccount_import", { AccountList: ["ola", "pim", "quy"].map((UserID) => ({ UserID })) });
  await hand.go(`/apps/${app}/officials`);
  await hand.press("officials:create.open");
  await hand.fill(t("officials:texts.Name"), "Tide tables");
  await hand.fill(t("officials:owner"), "ola");
  await hand.fill(t("officials:texts.FaceUrl"), "not a url");
  await hand.hears("field.url");
  await hand.fill(t("officials:texts.FaceUrl"), "");
  await hand.fill("UserID", NEWS);
  await hand.picture("create-official");
  await hand.press("action.create");
  await page.waitForURL(/officials\/.+/);
  await hand.press("officials:subscribers.add");
  await hand.fill("UserID", "pim, quy, nobody-there");
  await hand.press("action.add");
  // Of three one is refused, with the reason; the others follow already.
  await hand.sees("70107");
  await hand.picture("subscribers-refused");
  await hand.press("action.cancel");
  await hand.closed();
  await hand.row("quy").waitFor();
  const { Events } = await call("cloudaudit/DescribeEvents", { SDKAppID: app, Action: "AddOfficialSubscribers", Limit: 1 });
  assert.equal(Events[0].Outcome, "partly");
  await hand.press("officials:send.open");
  await hand.fill(t("officials:send.text"), "High water at six");
  await hand.confirm("officials:send.submit");
  await hand.closed();
  await hand.tick(t("table.select", { name: "quy" }));
  await hand.press("action.remove", page.locator(".table__bulk"));
  await hand.confirm("action.remove");
  await hand.closed();
  await hand.seesNot("quy");
  // Among the accounts it is called what it is, and nobody tries to sign in as it.
  await hand.go(`/apps/${app}/accounts?q=tide`);
  await hand.row(NEWS).getByText(t("accounts:types.official"), { exact: true }).waitFor();
  await hand.go(`/apps/${app}/accounts/${encodeURIComponent(NEWS)}`);
  await hand.sees(t("accounts:officialAbout"));
  assert.equal(await page.locator("main").getByRole("link", { name: t("accounts:chat"), exact: true }).count(), 0);
  await hand.go(`/apps/${app}/overview`);
  assert.doesNotMatch(await page.locator("main").innerText(), /@TOA#_/);
  // What can be done with it stands in its row, too; what cannot be taken back asks for the name.
  await hand.go(`/apps/${app}/officials`);
  await hand.press("officials:rowMenu", hand.row(NEWS), { name: "Tide tables" });
  await hand.press("officials:destroy.open", page.locator(".menu:popover-open"));
  await hand.fill(t("confirm.type", { name: "Tide tables" }), "Tide tables");
  await hand.picture("delete-official");
  await hand.confirm("officials:destroy.open");
  await hand.closed();
  await hand.sees(t("officials:empty"));
  page.refusals.push("im/DescribeOfficialSubscribers");
  await hand.go(`/apps/${app}/officials/${encodeURIComponent(NEWS)}`);
  await hand.sees(t("notFound.title"));
  await settled(page);
  page.refusals.length = 0;
}
