import assert from "node:assert/strict";

/**
 * In Korean one word means one thing: 구문 is the syntax and no statement, 작업 is what one does and not the page of jobs,
 * 회수 is the recall of messages and pushes and not the withdrawal of a key.
 */
export async function words(hand, { app }) {
  const { page, t } = hand;
  if ((await page.evaluate(() => document.documentElement.lang)) !== "ko") return;
  const text = async (path) => {
    await hand.go(path);
    return page.locator("main").innerText();
  };
  const generator = await text("/access/policies/new");
  assert.match(generator, /성명문 1/);
  assert.match(generator, /성명문 추가/);
  assert.doesNotMatch(generator, /구문 \d|구문 추가|번째 구문/);
  await hand.press("access:gen.add");
  await page.getByText("성명문 2", { exact: true }).first().waitFor();
  // What is wrong in a document is told by the statement's name, too.
  await hand.go("/access/policies/new?tab=syntax");
  const editor = page.getByRole("textbox", { name: t("access:policy.document") });
  await editor.fill('{"version": "2.0", "statement": [{"effect": "maybe", "action": "name/im:*", "resource": "*"}]}');
  await page.locator(".mistakes button").first().waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /구문 \d|번째 구문/);
  const jobs = await text(`/apps/${app}/jobs`);
  assert.match(jobs, /^처리 현황/);
  assert.doesNotMatch(jobs, /작업/);
  const bell = page.getByRole("banner").getByRole("button", { name: t("bell.title"), exact: true });
  assert.equal(await bell.count(), 1);
  assert.doesNotMatch(await bell.getAttribute("aria-label"), /작업/);
  assert.doesNotMatch(await text(`/apps/${app}/basic`), /회수/);
  assert.doesNotMatch(await text("/access/keys"), /회수/);
  assert.match(await text(`/apps/${app}/messages`), /회수/);
  // Withdrawing a key speaks of no recall, either.
  await hand.go(`/apps/${app}/basic`);
  const card = hand.card("basic:key.title");
  await hand.press("basic:key.second", card);
  await hand.confirm("basic:key.second");
  await hand.closed();
  await hand.press("basic:key.withdraw", card);
  assert.doesNotMatch(await page.locator("dialog[open]").innerText(), /회수/);
  await hand.fill(t("confirm.type", { name: app }), String(app));
  await hand.confirm("basic:key.withdraw");
  await hand.closed();
}
