// What two users do with a kit, unmodified, in Chromium: the page that `make demo` serves. A kit says where it shows what.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DECORATIONS, PICTURE, demo } from "./support.mjs";

/**
 * kit: {preview, badge, message, say, act: (page, ...) => locator or promise: an entry of the conversation list by what it shows,
 * its unread number, a message by its words, writing one, choosing an action of one; attach: opens the way to the input for
 * pictures; image: the newest picture; receipt: what is said of a message's readers; answered: an answer with what it answers;
 * recalled: what is said of one's own recalled message; makeGroup, search; quote, oneOfGroupHasRead: words of this kit}
 */
export function walk(kit) {
  const started = Date.now();
  const { hosts, problems, pages, open } = demo();
  const { preview, badge, message, say, act } = kit;
  const unread = (page, title, number) => badge(page, title).filter({ hasText: new RegExp(`^\\s*${number}\\s*$`) }).waitFor();
  const choose = (page, title) => preview(page, title).first().click();

  test("they sign in and see their conversations", async () => {
    await open("alice");
    await open("bob");
    await preview(pages.alice, "Never mind, found it.").waitFor();
    await preview(pages.alice, "Welcome to The team").waitFor();
    await preview(pages.alice, "他们住在杭州西边").waitFor();
    await unread(pages.alice, "The team", 1);
    await unread(pages.alice, "Never mind", 2);
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
    await kit.receipt(alice, "the first").getByText("Unread", { exact: true }).last().waitFor();
    await choose(bob, "the first");
    await message(bob, "the first").waitFor();
    await kit.receipt(alice, "the first").getByText("Read", { exact: true }).last().waitFor();
    await badge(alice, "the first").waitFor({ state: "detached" });
  });

  test("a picture arrives", async () => {
    const { alice, bob } = pages;
    await kit.attach(alice);
    await alice.locator("input[accept*=png]").first().setInputFiles({ name: "dots.png", mimeType: "image/png", buffer: PICTURE });
    const shown = kit.image(bob);
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
    await kit.recalled(bob, "a slip").waitFor();
  });

  test("a message is answered", async () => {
    const { alice, bob } = pages;
    await say(alice, "tea or coffee?");
    await message(bob, "tea or coffee?").waitFor();
    await act(bob, "tea or coffee?", kit.quote);
    await say(bob, "camomile");
    await message(alice, "camomile").waitFor();
    for (const page of [alice, bob]) await kit.answered(page, "camomile", "tea or coffee?").waitFor();
  });

  test("a group talks", async () => {
    const { alice, bob } = pages;
    await choose(alice, "The team");
    await say(alice, "to the team");
    await preview(bob, "to the team").waitFor();
    await unread(bob, "to the team", 1);
    await choose(bob, "to the team");
    await message(bob, "to the team").waitFor();
    await say(bob, "from the team");
    await message(alice, "from the team").waitFor();
    await kit.receipt(alice, "to the team").getByText(kit.oneOfGroupHasRead).first().waitFor();
  });

  test("a group is made", async () => {
    const { alice, bob } = pages;
    await kit.makeGroup(alice, "Lunch", "Bob");
    await choose(alice, "Lunch");
    await say(alice, "at noon?");
    await preview(bob, "at noon?").waitFor();
  });

  test("messages are found", async () => {
    await kit.search(pages.alice, "to the team");
  });

  test("answers are read again from the history", async () => {
    const page = await open("alice");
    await choose(page, "camomile");
    await kit.answered(page, "camomile", "tea or coffee?").waitFor();
  });

  test("no other host was asked for anything but decorations", () => {
    assert.deepEqual([...hosts].filter((host) => host !== "127.0.0.1" && !DECORATIONS.includes(host)), []);
    assert.deepEqual(problems, []);
  });
}
