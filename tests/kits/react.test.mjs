// chat-uikit-react 6, unmodified, in Chromium: two users of the page that `make demo` serves.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DECORATIONS, PICTURE, demo } from "./support.mjs";

const { hosts, problems, pages, open } = demo();
const started = Date.now();

const preview = (page, title) => page.locator(".uikit-ConversationList-conversationPreview", { hasText: title });
const message = (page, words) => page.locator("[class*=message-layout__content]").getByText(words, { exact: true }).last();
const choose = (page, title) => preview(page, title).first().click();
const unread = (page, title) => preview(page, title).locator(".uikit-avatar-badge__unread").innerText();

async function say(page, words) {
  await page.locator("[contenteditable=true]").fill(words);
  await page.keyboard.press("Enter");
}

async function act(page, words, action) {
  await message(page, words).click({ button: "right" });
  await page.getByText(action, { exact: true }).click();
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
  const seconds = Number(process.env.DEMO_SECONDS ?? 0) + (Date.now() - started) / 1000;
  console.log(`from make demo to the first message: ${seconds.toFixed(1)} s by the wall clock`);
  await preview(bob, "the first").waitFor();
  await alice.getByText("Unread", { exact: true }).last().waitFor();
  await choose(bob, "the first");
  await message(bob, "the first").waitFor();
  await alice.getByText("Read", { exact: true }).last().waitFor();
  assert.equal(await preview(alice, "the first").locator(".uikit-avatar-badge__unread").count(), 0);
});

test("a picture arrives", async () => {
  const { alice, bob } = pages;
  await alice.getByTitle("File").click();
  await alice.locator("input[accept*=png]").first().setInputFiles({ name: "dots.png", mimeType: "image/png", buffer: PICTURE });
  const shown = bob.locator("[class*=message-layout__content] img").last();
  await shown.waitFor();
  await bob.waitForFunction((image) => image.naturalWidth === 2, await shown.elementHandle());
});

test("a message is recalled", async () => {
  const { alice, bob } = pages;
  await say(bob, "a slip");
  await message(alice, "a slip").waitFor();
  await act(bob, "a slip", "Recall");
  await message(alice, "a slip").waitFor({ state: "detached" });
  await alice.getByText(/recalled a message/).first().waitFor();
});

// The kit asks for lite-chat 1.6.15, whose createQuoteMessage it calls: a registry may have no later one than 1.6.13.
const LITE = new URL("../../examples/web-chat/node_modules/@tencentcloud/lite-chat/standard.js", import.meta.url);
const skip = !readFileSync(LITE, "utf8").includes("createQuoteMessage") && "this lite-chat has no createQuoteMessage";

test("a message is answered", { skip }, async () => {
  const { alice, bob } = pages;
  await say(alice, "tea or coffee?");
  await message(bob, "tea or coffee?").waitFor();
  await act(bob, "tea or coffee?", "Quote");
  await say(bob, "tea");
  await message(alice, "tea").waitFor();
  await alice.locator("[class*=text-message__reference]", { hasText: "tea or coffee?" }).first().waitFor();
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
  await alice.getByText("3 Unread").or(alice.getByText("2 Unread")).first().waitFor();
});

test("a group is made", async () => {
  const { alice, bob } = pages;
  await alice.locator(".uikit-ConversationList-conversationListHeader svg").last().click();
  await alice.getByText("New group chat").click();
  await alice.locator("label[for$=-bob]").first().click();
  await alice.getByText("Next", { exact: true }).click();
  await alice.getByPlaceholder("Group Name").fill("Lunch");
  await alice.getByText("Create", { exact: true }).last().click();
  await alice.locator("[contenteditable=true]").waitFor();
  await preview(alice, "Lunch").waitFor();
  await say(alice, "at noon?");
  await preview(bob, "at noon?").waitFor();
});

test("messages are found", async () => {
  const { alice } = pages;
  await alice.getByRole("button", { name: "search" }).click();
  await alice.getByPlaceholder("Search").last().fill("to the team");
  await alice.getByText(/\d related record/).waitFor();
});

test("no other host was asked for anything but decorations", () => {
  assert.deepEqual([...hosts].filter((host) => host !== "127.0.0.1" && !DECORATIONS.includes(host)), []);
  assert.deepEqual(problems, []);
});
