// A real browser that takes web pushes: it runs the example's page and worker, prints its subscription, then, for every
// line that it reads (the encrypted body in base64), decrypts it with its own keys and hands it to the worker, and prints
// the notifications that it shows. Its push service is out of reach: the endpoint is the test's, the keys are the page's.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [, , repository, executablePath, publicKey, endpoint] = process.argv;
const require = createRequire(join(repository, "web/package.json"));
const { chromium } = require("playwright-core");
const files = { "/service-worker.js": "service-worker.js", "/subscribe.js": "subscribe.js" };
const server = createServer((request, response) => {
  const file = files[request.url];
  response.setHeader("Content-Type", file ? "text/javascript" : "text/html");
  response.end(file ? readFileSync(join(repository, "examples/web-push", file)) : "<!doctype html><title>push</title>");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://localhost:${server.address().port}`;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ permissions: ["notifications"] });
await context.grantPermissions(["notifications"], { origin });
const page = await context.newPage();
const cdp = await context.newCDPSession(page);
const registered = new Promise((done) =>
  cdp.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    const active = versions.find(({ status }) => status === "activated");
    if (active) done(active.registrationId);
  }),
);
await cdp.send("ServiceWorker.enable");
await page.goto(origin);

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const refused = await page.evaluate(async (publicKey) => {
  const { subscribe } = await import("/subscribe.js");
  return subscribe(publicKey).then(
    (token) => token,
    (error) => `${error.name}: ${error.message}`,
  );
}, publicKey);
const wrong = await page.evaluate(async () => {
  const { subscribe } = await import("/subscribe.js");
  return subscribe("AAAA").catch((error) => error.name);
});
const registrationId = await registered;

// The page's own keys, as a subscription has them; the private one does not leave the browser.
const keys = await page.evaluate(async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const text = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const auth = crypto.getRandomValues(new Uint8Array(16));
  const encoder = new TextEncoder();
  const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const derive = async (secret, salt, info, bytes) => {
    const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
    const how = { name: "HKDF", hash: "SHA-256", salt, info };
    return new Uint8Array(await crypto.subtle.deriveBits(how, key, bytes * 8));
  };
  // RFC 8188 and 8291.
  window.decrypt = async (base64) => {
    const body = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const salt = body.slice(0, 16);
    const size = new DataView(body.buffer).getUint32(16);
    const sender = body.slice(21, 21 + body[20]);
    const sealed = body.slice(21 + body[20]);
    if (body.length > size) throw new Error("more than one record");
    const theirs = await crypto.subtle.importKey("raw", sender, { name: "ECDH", namedCurve: "P-256" }, false, []);
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, 256);
    const secret = await derive(shared, auth, join(encoder.encode("WebPush: info\0"), point, sender), 32);
    const raw = await derive(secret, salt, encoder.encode("Content-Encoding: aes128gcm\0"), 16);
    const iv = await derive(secret, salt, encoder.encode("Content-Encoding: nonce\0"), 12);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed));
    const end = plain.lastIndexOf(2);
    if (end < 0 || plain.slice(end + 1).some((byte) => byte !== 0)) throw new Error("no end of the last record");
    return new TextDecoder("utf-8", { fatal: true }).decode(plain.slice(0, end));
  };
  return { p256dh: text(point), auth: text(auth) };
});
say({ refused, wrong, subscription: { endpoint, expirationTime: null, keys } });

for await (const line of createInterface({ input: process.stdin })) {
  const data = await page.evaluate((body) => window.decrypt(body), line);
  await cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
  const shown = await page.evaluate(async (data) => {
    const { tag, title, body } = JSON.parse(data);
    const registration = await navigator.serviceWorker.ready;
    for (;;) {
      const all = await registration.getNotifications();
      const found = all.map((one) => ({ title: one.title, body: one.body, tag: one.tag, silent: one.silent, ext: one.data.ext }));
      if (found.some((one) => one.tag === tag && one.title === (title ?? "") && one.body === (body ?? ""))) return found;
      await new Promise((done) => setTimeout(done, 20));
    }
  }, data);
  say({ data: JSON.parse(data), shown });
}
await browser.close();
server.close();
