import assert from "node:assert/strict";
import { signIn } from "../support/api.mjs";
import { openPage, settled } from "../support/browser.mjs";
import { hands } from "../support/hands.mjs";
import { ROOT_PASSWORD } from "../support/server.mjs";
import { texts } from "../support/texts.mjs";
import { totp } from "../support/totp.mjs";

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
  await settled(page);
  page.refusals.length = 0;
  await hand.go("/");
  await page.getByRole("button", { name: t("bar.me"), exact: true }).click();
  await hand.press("bar.myAccount");
  await page.waitForURL("**/console/me");
  await hand.hears("session:me.thisOne");
  // The skip link is the first stop of the keyboard.
  await hand.load("/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
}

/** One's own page, as a sub-user without rights: language and theme, sessions, one-time codes on and off. */
export async function me(hand, { server, browser, run, call }) {
  const { t } = hand;
  const Password = "Sora-pass-123";
  await call("cam/AddUser", { Name: "sora", ConsoleLogin: 1, UseApi: 0, NeedResetPassword: 0, Password });
  const page = await openPage(browser, { url: server.url, ...run });
  page.refusals.push("session/Whoami");
  const they = hands(page, texts(run.language), `${run.language}-${run.width}-${run.theme}/flow`, run.axe);
  await page.goto(`${server.url}/console/login?next=%2Fme`);
  await they.fill(t("session:login.name"), "sora");
  await they.fill(t("session:login.password"), Password);
  await they.press("session:login.submit");
  await page.waitForURL("**/console/me");
  await appearance(they, run);

  const other = await signIn(server.url, "sora", Password);
  await they.go("/me");
  await they.press("session:me.end");
  await they.until(() => other("session/Whoami").then(() => false, () => true), "the other session ended");

  await they.press("session:me.mfaEnable");
  await they.fill(t("session:login.password"), Password);
  await they.press("action.next");
  const secret = await page.locator("dialog .copytext .mono").textContent();
  await they.fill(t("session:login.code"), totp(secret));
  await they.press("session:me.mfaConfirm");
  await they.closed();
  await assert.rejects(signIn(server.url, "sora", Password), /MFAFailure/);
  await they.press("session:me.mfaDisable");
  await they.fill(t("session:login.password"), Password);
  // A code serves once; that of the next half-minute is not spent.
  await they.fill(t("session:login.code"), totp(secret, Date.now() + 30_000));
  await they.confirm("session:me.mfaDisable");
  await they.closed();
  await signIn(server.url, "sora", Password);
  assert.deepEqual([...new Set(page.problems)], []);
  await page.context().close();
}

/** Another language and theme hold at once, and still after a reload. */
async function appearance(they, run) {
  const { t, page } = they;
  const other = run.language === "en" ? { code: "ko", name: "한국어" } : { code: "en", name: "English" };
  const own = { en: "English", ko: "한국어", zh: "简体中文" }[run.language];
  await page.getByRole("button", { name: t("bar.language"), exact: true }).click();
  await they.pressText(other.name);
  const words = texts(other.code);
  await page.getByRole("heading", { name: words("session:me.title") }).waitFor();
  await page.getByRole("button", { name: words("bar.language"), exact: true }).click();
  await they.pressText(own);
  await page.getByRole("heading", { name: t("session:me.title") }).waitFor();
  const mode = () => page.evaluate(() => document.documentElement.getAttribute("theme-mode"));
  const turned = run.theme === "dark" ? "light" : "dark";
  for (const theme of [turned, run.theme]) {
    await page.getByRole("button", { name: t("bar.theme"), exact: true }).click();
    await they.press(`theme.${theme}`);
    await they.until(async () => (await mode()) === theme, `the theme is ${theme}`);
  }
}
