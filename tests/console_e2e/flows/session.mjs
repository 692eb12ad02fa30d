import assert from "node:assert/strict";
import { ROOT_PASSWORD } from "../support/server.mjs";

/** A wrong password is refused with what to do; the right one leads to where one wanted to go. */
export async function signInOut(hand, { server, page }) {
  const { t } = hand;
  page.refusals.push("session/Whoami", "session/Login");
  await page.goto(`${server.url}/console/audit`);
  await page.waitForURL("**/console/login?next=*");
  await hand.fill(t("session:login.name"), "root");
  await hand.fill(t("session:login.password"), "not the password");
  await hand.press("session:login.submit");
  await hand.hears("error.AuthFailure_LoginFailure.cure");
  await hand.picture("login-refused");
  await hand.fill(t("session:login.password"), ROOT_PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/console/audit");
  page.refusals.length = 0;
  await hand.go("/");
  await page.getByRole("button", { name: t("bar.me"), exact: true }).click();
  await hand.press("bar.myAccount");
  await page.waitForURL("**/console/me");
  await hand.hears("session:me.thisOne");
  // The skip link is the first stop of the keyboard.
  await hand.go("/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
}
