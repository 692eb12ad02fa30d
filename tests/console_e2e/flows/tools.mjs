import assert from "node:assert/strict";

/** A signature made on the page signs in and verifies; rubbish is explained; the API call is shown. */
export async function tools(hand, { server, app }) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/usersig`);
  const maker = hand.card("tools:generate.title");
  const checker = hand.card("tools:verify.title");
  await hand.fill("UserID", "administrator", maker);
  await hand.press("tools:generate.submit", maker);
  const signature = await maker.locator(".signature .mono").textContent();
  const query = `sdkappid=${app}&identifier=administrator&usersig=${encodeURIComponent(signature)}&random=1&contenttype=json`;
  const answer = await fetch(`${server.url}/v4/im_open_login_svc/account_check?${query}`, {
    method: "POST",
    body: JSON.stringify({ CheckItem: [{ UserID: "dora" }] }),
  });
  assert.equal((await answer.json()).ErrorCode, 0);
  await hand.fill("UserID", "administrator", checker);
  await hand.fill("UserSig", signature, checker);
  await hand.press("tools:verify.submit", checker);
  await hand.hears("tools:verify.valid");
  await hand.picture("usersig");
  await hand.fill("UserSig", "not a signature", checker);
  await hand.press("tools:verify.submit", checker);
  await checker.locator(".note--error code").waitFor();
  await hand.picture("usersig-wrong");
  await hand.press("api.show");
  await page.locator("dialog pre").first().waitFor();
  await hand.picture("api-call");
  await hand.press("action.close");
  await hand.closed();
  await status(hand, app);
}

/** Whether a user is there, and whether a push could reach somebody who is not. */
async function status(hand, app) {
  const { t, page } = hand;
  await hand.go(`/apps/${app}/user-status`);
  await hand.fill("UserID", "bea");
  await hand.press("tools:status.submit");
  const said = page.locator("main").getByRole("status");
  await said.getByText(t("tools:status.offline"), { exact: true }).waitFor();
  await said.getByText(t("tools:status.noDevice"), { exact: true }).waitFor();
}
