// chat-uikit-react 6: where it shows what.
import { walk } from "./walk.mjs";

const preview = (page, title) => page.locator(".uikit-ConversationList-conversationPreview", { hasText: title });
const message = (page, words) => page.locator("[class*=message-layout__content]").getByText(words, { exact: true }).last();

walk({
  preview,
  badge: (page, title) => preview(page, title).locator(".uikit-avatar-badge__unread"),
  message,
  async say(page, words) {
    await page.locator("[contenteditable=true]").fill(words);
    await page.keyboard.press("Enter");
  },
  async act(page, words, action) {
    await message(page, words).click({ button: "right" });
    await page.getByText(action, { exact: true }).click();
  },
  attach: (page) => page.getByTitle("File").click(),
  image: (page) => page.locator("[class*=message-layout__content] img").last(),
  receipt: (page) => page,
  recalled: (page) => page.getByText(/recalled a message/).first(),
  quote: "Quote",
  answered: (page, words, to) => page.locator("[class*=text-message__reference]", { hasText: to }).first(),
  oneOfGroupHasRead: /^[23] Unread$/,
  async makeGroup(page, name, member) {
    await page.locator(".uikit-ConversationList-conversationListHeader svg").last().click();
    await page.getByText("New group chat").click();
    await page.locator(`label[for$=-${member.toLowerCase()}]`).first().click();
    await page.getByText("Next", { exact: true }).click();
    await page.getByPlaceholder("Group Name").fill(name);
    await page.getByText("Create", { exact: true }).last().click();
    await page.locator("[contenteditable=true]").waitFor();
  },
  async search(page, words) {
    await page.getByRole("button", { name: "search" }).click();
    await page.getByPlaceholder("Search").last().fill(words);
    await page.getByText(/\d related record/).waitFor();
  },
});
