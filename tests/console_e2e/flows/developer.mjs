import assert from "node:assert/strict";

/** Why does it not work? A wrong key is found in the log with cause and cure, seen live, and a command is tried. */
export async function developer(hand, { server, app }) {
  const { t, page } = hand;
  const wrong = (user) =>
    fetch(`${server.url}/v4/openim/querystate?sdkappid=${app}&identifier=${user}&usersig=eJwNothing`, {
      method: "POST",
      body: "{}",
    });
  await wrong("stranger1");

  await hand.go(`/apps/${app}/troubleshooting`);
  await hand.choose(t("troubleshooting:result"), "failed");
  await page.getByPlaceholder(t("troubleshooting:filterUser")).fill("stranger1");
  const row = hand.row("stranger1");
  await row.getByText("70003").waitFor();
  await row.getByText(t("numbers:70003.title")).waitFor();
  await row.getByText(t("numbers:70003.cure")).waitFor();
  await hand.until(async () => (await page.locator("tbody tr").count()) === 1, "that one alone");
  await hand.picture("troubleshooting");
  await hand.press("troubleshooting:action.details", row);
  await page.locator("dialog .note--error", { hasText: t("numbers:70003.title") }).waitFor();
  await hand.picture("troubleshooting-event");
  await hand.press("action.close");
  await hand.closed();
  await page.getByPlaceholder(t("troubleshooting:filterCode")).fill("70001");
  await hand.sees(t("table.nothingFound"));

  // As it happens: what is filtered out does not come, and a pause holds back.
  await hand.go(`/apps/${app}/troubleshooting?tab=live&result=failed`);
  await hand.hears("troubleshooting:live.waiting");
  await wrong("stranger2");
  await hand.row("stranger2").getByText("70003").waitFor();
  assert.equal(await page.locator("tbody tr", { hasText: "stranger1" }).count(), 0, "only what comes now");
  await hand.press("troubleshooting:action.pause");
  await wrong("stranger3");
  await hand.hears("troubleshooting:live.paused", { count: 1 });
  assert.equal(await page.locator("tbody tr", { hasText: "stranger3" }).count(), 0);
  await hand.press("troubleshooting:action.resume");
  await hand.row("stranger3").waitFor();
  await hand.picture("troubleshooting-live");
  await hand.press("troubleshooting:action.clear");
  await hand.sees(t("table.nothingFound"));

  // A command as a form: its curl line, its answer, a refusal explained; what deletes is asked about.
  await hand.go(`/apps/${app}/explorer?command=${encodeURIComponent("im_open_login_svc/account_import")}`);
  await hand.sees(t("explorer:does.im_open_login_svc/account_import"));
  await hand.fill("UserID", "explorer1");
  await hand.fill("Nick", "Explorer");
  await page.locator("pre", { hasText: '"UserID": "explorer1"' }).waitFor();
  await hand.press("explorer:action.send");
  await page.locator("pre", { hasText: '"ActionStatus": "OK"' }).waitFor();
  await hand.picture("explorer");
  await hand.choose(t("explorer:command.service"), "group_open_http_svc");
  await hand.choose(t("explorer:command.name"), "group_open_http_svc/destroy_group");
  await hand.fill("GroupId", "nowhere");
  await hand.press("explorer:action.send");
  await hand.confirm("explorer:action.send");
  await hand.closed();
  await page.locator(".note--error", { hasText: t("numbers:10010.title") }).waitFor();
  await hand.tick(t("explorer:request.json"));
  await hand.fill("JSON", "[]");
  assert.equal(await page.getByRole("button", { name: t("explorer:action.send"), exact: true }).isDisabled(), true);
}
