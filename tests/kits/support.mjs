// A page of one user with an official kit, as `make demo` serves it, and every host that it asks for anything.
import { after, before } from "node:test";
import { DEADLINE, launch } from "../console_e2e/support/browser.mjs";

const { DEMO_PAGE } = process.env;
/** Hosts that give pictures for emoji and for whoever has no face: a page without them shows letters instead. */
export const DECORATIONS = ["web.sdk.qcloud.com"];
/** A picture of four dots. */
export const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGM4IScHRAwQCgAfJgQRoo8irwAAAABJRU5ErkJggg==",
  "base64",
);

export function demo() {
  const hosts = new Set();
  const problems = [];
  const pages = {};
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  /** The page of a user, signed in. */
  async function open(user) {
    const context = await browser.newContext({ viewport: { width: 1300, height: 850 }, locale: "en-GB" });
    for (const host of DECORATIONS) await context.route(`https://${host}/**`, (route) => route.abort());
    context.on("request", (request) => {
      if (/^(https?|wss?):/.test(request.url())) hosts.add(new URL(request.url()).hostname);
    });
    const page = await context.newPage();
    page.setDefaultTimeout(Number(process.env.KIT_DEADLINE ?? DEADLINE));
    page.on("websocket", (socket) => hosts.add(new URL(socket.url()).hostname));
    page.on("pageerror", (error) => problems.push(`${user}: ${error.message}`));
    await page.goto(`${DEMO_PAGE}chat.html?user=${user}`);
    pages[user] = page;
    return page;
  }
  return { hosts, problems, pages, open };
}
