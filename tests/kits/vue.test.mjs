// chat-uikit-vue 3: where it shows what.
import { walk } from "./walk.mjs";

const preview = (page, title) => page.locator(".tui-conversation-content", { hasText: title });
const bubble = (page, words) => page.locator(".message-bubble-content", { hasText: words }).last();
const message = (page, words) => page.locator(".content-main").getByText(words, { exact: true }).last();

walk({
  preview,
  badge: (page, title) => preview(page, title).locator(".num"),
  message,
  async say(page, words) {
    await page.locator("[contenteditable=true]").click();
    await page.keyboard.insertText(words);
    await page.keyboard.press("Enter");
  },
  async act(page, words, action) {
    await message(page, words).click({ button: "right" });
    await page.locator(".dialog-item-list .list-item", { hasText: action }).click();
  },
  attach: async () => undefined,
  image: (page) => page.locator("img.message-image").last(),
  receipt: bubble,
  recalled: (page) => page.getByText(/recalled a message/).first(),
  quote: "Reference",
  answered: (page, words, to) => bubble(page, words).locator(".reference-content", { hasText: to }).first(),
  oneOfGroupHasRead: "1 read",
  async makeGroup(page, name, member) {
    await page.locator(".tui-search-more .more").first().click();
    await page.locator(".tui-search-more-list").getByText("New group chat").click();
    await page.locator(".transfer-list-item", { hasText: member }).click();
    await page.locator(".transfer").getByText("Done", { exact: true }).click();
    await page.getByPlaceholder("Enter the group name").fill(name);
    await page.locator(".group-profile-footer .btn-submit").click();
  },
  async search(page, words) {
    await page.getByPlaceholder("Search").first().click();
    await page.getByPlaceholder("Search").first().fill(words);
    await page.keyboard.press("Enter");
    const found = page.locator(".tui-search-result", { hasText: /\d related result/ }).first();
    await found.getByText("The team", { exact: true }).waitFor();
  },
});
