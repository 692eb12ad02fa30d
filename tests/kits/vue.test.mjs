// chat-uikit-vue 3, unmodified, in Chromium: two users of the page that `make demo ARGS="--kit web-chat-vue"` serves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DECORATIONS, PICTURE, demo } from "./support.mjs";

const { hosts, problems, pages, open } = demo();

const preview = (page, title) => page.locator(".tui-conversation-content", { hasText: title });
const bubble = (page, words) => page.locator(".message-bubble-content", { hasText: words }).last();
const message = (page, words) => page.locator(".content-main").getByText(words, { exact: true }).last();
const choose = (page, title) => preview(page, title).first().click();
const unread = (page, title) => preview(page, title).locator(".num").innerText();

async function say(page, words) {
  await page.locator("[contenteditable=true]").click();
  await page.keyboard.insertText(words);
  await page.keyboard.press("Enter");
}

async function act(page, words, action) {
  await message(page, words).click({ button: "right" });
  await page.locator(".dialog-item-list .list-item", { hasText: action }).click();
}

test("they sign in and see their conversations", async () => {
  await open("alice");
  await open("bob");
  await preview(pages.alice, "Never mind, found it.").waitFor();
  await preview(pages.alice, "Welcome to The team").waitFor();
  await preview(pages.alice, "他们住在杭州西边").waitFor();
  assert.equal(await unread(pages.alice, "The team"), "1");
  assert.equal(await unread(pages.alice, "Never mind"), "2");
});

test("a message arrives, and is known to be read", async () => {
  const { alice, bob } = pages;
  await choose(alice, "Never mind");
  await message(alice, "Are you there?").waitFor();
  await say(alice, "the first");
  await message(alice, "the first").waitFor();
  await preview(bob, "the first").waitFor();
  await bubble(alice, "the first").getByText("Unread", { exact: true }).waitFor();
  await choose(bob, "the first");
  await message(bob, "the first").waitFor();
  await bubble(alice, "the first").getByText("Read", { exact: true }).waitFor();
  assert.equal(await preview(alice, "the first").locator(".num").count(), 0);
});

test("a picture arrives", async () => {
  const { alice, bob } = pages;
  await alice.locator("input[accept*=png]").first().setInputFiles({ name: "dots.png", mimeType: "image/png", buffer: PICTURE });
  const shown = bob.locator("img.message-image").last();
  await shown.waitFor({ state: "attached" });
  await bob.waitForFunction((image) => image.naturalWidth === 2, await shown.elementHandle());
});

test("a message is recalled", async () => {
  const { alice, bob } = pages;
  await say(bob, "a slip");
  await message(alice, "a slip").waitFor();
  await act(bob, "a slip", "Recall");
  await message(alice, "a slip").waitFor({ state: "detached" });
  await alice.getByText(/recalled a message/).first().waitFor();
  await message(bob, "a slip").waitFor({ state: "detached" });
});

test("a message is answered", async () => {
  const { alice, bob } = pages;
  await say(alice, "tea or coffee?");
  await message(bob, "tea or coffee?").waitFor();
  await act(bob, "tea or coffee?", "Reference");
  await say(bob, "tea");
  await message(alice, "tea").waitFor();
  await bubble(alice, "tea").locator(".reference-content", { hasText: "tea or coffee?" }).first().waitFor();
});

test("a group talks", async () => {
  const { alice, bob } = pages;
  await choose(alice, "The team");
  await say(alice, "to the team");
  await preview(bob, "to the team").waitFor();
  assert.equal(await unread(bob, "to the team"), "1");
  await choose(bob, "to the team");
  await message(bob, "to the team").waitFor();
  await say(bob, "from the team");
  await message(alice, "from the team").waitFor();
  await bubble(alice, "to the team").getByText("1 read", { exact: true }).waitFor();
});

test("a group is made", async () => {
  const { alice, bob } = pages;
  await alice.locator(".tui-search-more .more").first().click();
  await alice.locator(".tui-search-more-list").getByText("New group chat").click();
  await alice.locator(".transfer-list-item", { hasText: "Bob" }).click();
  await alice.locator(".transfer").getByText("Done", { exact: true }).click();
  await alice.getByPlaceholder("Enter the group name").fill("Lunch");
  await alice.locator(".group-profile-footer .btn-submit").click();
  await preview(alice, "Lunch").waitFor();
  await choose(alice, "Lunch");
  await say(alice, "at noon?");
  await preview(bob, "at noon?").waitFor();
});

test("messages are found", async () => {
  const { alice } = pages;
  await alice.getByPlaceholder("Search").first().click();
  await alice.getByPlaceholder("Search").first().fill("to the team");
  await alice.keyboard.press("Enter");
  const found = alice.locator(".tui-search-result", { hasText: /\d related result/ }).first();
  await found.getByText("The team", { exact: true }).waitFor();
});

test("no other host was asked for anything but decorations", () => {
  assert.deepEqual([...hosts].filter((host) => host !== "127.0.0.1" && !DECORATIONS.includes(host)), []);
  assert.deepEqual(problems, []);
});
