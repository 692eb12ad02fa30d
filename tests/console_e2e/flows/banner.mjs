import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openPage, settled } from "../support/browser.mjs";
import { hands } from "../support/hands.mjs";
import { APP, REPOSITORY, startServer } from "../support/server.mjs";
import { texts } from "../support/texts.mjs";

/** A first start without any setting: what banner and guide promise is what the console has. */
export async function banner(hand, { browser, run }) {
  const server = await startServer({ SODAM_ROOT_PASSWORD: undefined, SODAM_BOOTSTRAP_APP: undefined });
  try {
    await hand.until(() => server.said().includes("Ctrl-C"), "the banner was printed");
    const said = server.said();
    const [, address] = said.match(/^ +console +(\S+)$/m);
    const [, password] = said.match(/^ +root login root \/ (\S+)/m);
    const page = await openPage(browser, { url: server.url, ...run });
    page.refusals.push("session/Whoami");
    const they = hands(page, texts(run.language), `${run.language}-${run.width}-${run.theme}/flow`);
    const { t } = they;
    await page.goto(address);
    await they.fill(t("session:login.name"), "root");
    await they.fill(t("session:login.password"), password);
    await they.press("session:login.submit");
    await page.waitForURL(/\/console\/?$/);
    await they.go(`/apps/${APP}/overview`);
    await they.sees(`SDKAppID: ${APP}, proxyServer: 'ws://`);
    // Every signature of the banner is one: of whom it says, and good.
    const signed = [...said.matchAll(/^ +UserSig of (\S+)\n +(\S+)$/gm)];
    assert.ok(signed.length > 1, said);
    await they.go(`/apps/${APP}/usersig`);
    const checker = they.card("tools:verify.title");
    for (const [, user, signature] of signed) {
      await they.fill("UserID", user, checker);
      await they.fill("UserSig", signature, checker);
      await they.press("tools:verify.submit", checker);
      await checker.getByText(t("tools:verify.valid"), { exact: false }).first().waitFor();
    }
    if (run.language === "en") await guide(they, signed);
    await settled(page);
    assert.deepEqual([...new Set(page.problems)], []);
    await page.context().close();
  } finally {
    await server.stop();
  }
}

/** Whom the guide says the banner signs for is signed for; the pages that it names stand in the menu under these names. */
async function guide(they, signed) {
  const text = readFileSync(join(REPOSITORY, "docs/guide.md"), "utf8");
  assert.match(text, /http:\/\/127\.0\.0\.1:8080\/console\b/);
  const promised = text.match(/^The banner shows[^.]*\./m)[0].match(/\b(alice|bob)\b/g) ?? [];
  for (const user of promised) assert.ok(signed.some(([, name]) => name === user), `a signature of ${user}`);
  const [console] = text.match(/^## 2 The console$[\s\S]*?^### /m);
  const named = [...console.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name);
  assert.ok(named.length > 3);
  const { page } = they;
  for (const name of named) await page.locator(".frame__side").getByText(name, { exact: true }).first().waitFor();
}
