// A page that includes /connect.js and then the newest UI kits' client, as it comes from npm: it signs in here, and asks
// no other host for anything. There a worker opens the socket, which no other test sees.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { signIn } from "./support/api.mjs";
import { DEADLINE, launch } from "./support/browser.mjs";
import { APP, REPOSITORY, startServer } from "./support/server.mjs";

const LITE = `${REPOSITORY}tests/sdk/node_modules/@tencentcloud/lite-chat/professional.js`;

let server;
let shop;
let browser;
before(async () => {
  server = await startServer();
  shop = await startShop(`<!doctype html><meta charset="utf-8"><script src="${server.url}/connect.js"></script>`);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  shop?.close();
  await server?.stop();
});

/** Another site, with one page. It is on this machine: from elsewhere a browser lets no page reach it. */
async function startShop(body) {
  const site = createServer((request, answer) => {
    answer.writeHead(request.url === "/" ? 200 : 404, { "content-type": "text/html" }).end(body);
  });
  await new Promise((done) => site.listen(0, "127.0.0.1", done));
  site.host = `127.0.0.1:${site.address().port}`;
  return site;
}

/** A page of somebody else's site, with the kit's client signed in. */
async function kit(userID, userSig, hosts) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE);
  context.on("request", (request) => hosts.add(new URL(request.url()).host));
  page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host));
  await page.goto(`http://${shop.host}/`);
  await page.evaluate(() => {
    window.workers = 0;
    const Original = window.Worker;
    window.Worker = class extends Original {
      constructor(...rest) {
        super(...rest);
        window.workers += 1;
      }
    };
  });
  await page.addScriptTag({ path: LITE });
  await page.evaluate(
    async ([app, userID, userSig]) => {
      const Chat = window.TencentCloudChat.default ?? window.TencentCloudChat;
      window.chat = Chat.create({ SDKAppID: app });
      window.chat.setLogLevel(4);
      window.heard = [];
      window.chat.on(Chat.EVENT.MESSAGE_RECEIVED, ({ data }) => window.heard.push(...data.map((one) => one.payload.text)));
      const ready = new Promise((done) => window.chat.on(Chat.EVENT.SDK_READY, done));
      await window.chat.login({ userID, userSig });
      await ready;
    },
    [APP, userID, userSig],
  );
  return page;
}

test("two pages chat", async () => {
  const call = await signIn(server.url);
  const hosts = new Set();
  const pages = {};
  for (const user of ["amy", "bob"]) {
    await call("im/CreateAccount", { SDKAppID: APP, UserID: user });
    const { UserSig } = await call("im/CreateSecretUserSig", { SDKAppID: APP, UserID: user });
    pages[user] = await kit(user, UserSig, hosts);
  }
  await pages.amy.evaluate(async () => {
    const message = window.chat.createTextMessage({ to: "bob", conversationType: "C2C", payload: { text: "from the page" } });
    await window.chat.sendMessage(message);
  });
  await pages.bob.waitForFunction(() => window.heard.includes("from the page"));
  assert.ok((await pages.amy.evaluate(() => window.workers)) > 0, "the socket was opened by a worker");
  hosts.delete(""); // the worker itself
  hosts.delete(shop.host);
  assert.deepEqual([...hosts], [new URL(server.url).host]);
});
