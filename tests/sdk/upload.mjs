// The official web SDK with its upload plugin, unmodified, in Chromium: two users on pages of another origin than the
// server's. Files of a number of bytes have varying ones. Reads one JSON object from stdin, {url, sdkappid, amy, bob: {user, usersig}, group, files: [{kind, name, type, base64 |
// bytes}]}, and writes what the receiver got of each, as its page could load it.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { chromium } = createRequire(join(here, '../../web/package.json'))('playwright-core');
const SCRIPTS = [require.resolve('@tencentcloud/chat'), require.resolve('tim-upload-plugin')];

let text = '';
for await (const chunk of process.stdin) text += chunk;
const task = JSON.parse(text);

const pages = createServer((request, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html>'));
await new Promise((done) => pages.listen(0, '127.0.0.1', done));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
const problems = [];

async function open(who) {
  const page = await (await browser.newContext()).newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  for (const path of SCRIPTS) await page.addScriptTag({ path });
  await page.evaluate(() => {
    const hex = async (data) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', data))].map((b) => b.toString(16).padStart(2, '0')).join('');
    window.digest = async (blob) => hex(await blob.arrayBuffer());
    // What a picture shows, whatever else its file holds.
    window.pixels = async (blob) => {
      const bitmap = await createImageBitmap(blob).catch(() => null);
      if (!bitmap) return null;
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context.drawImage(bitmap, 0, 0);
      return hex(context.getImageData(0, 0, bitmap.width, bitmap.height).data);
    };
  });
  await page.evaluate(async ({ url, sdkappid, who }) => {
    const sdk = window.TencentCloudChat;
    const chat = sdk.create({ SDKAppID: sdkappid, proxyServer: url.replace('http', 'ws') });
    chat.setLogLevel(4);
    chat.registerPlugin({ 'tim-upload-plugin': window.TIMUploadPlugin });
    window.chat = chat;
    window.received = [];
    chat.on(sdk.EVENT.MESSAGE_RECEIVED, ({ data }) => window.received.push(...data));
    const ready = new Promise((done) => chat.on(sdk.EVENT.SDK_READY, done));
    await chat.login({ userID: who.user, userSig: who.usersig });
    await ready;
  }, { url: task.url, sdkappid: task.sdkappid, who });
  return page;
}

const send = async ({ file, to, group }) => {
  const bytes = file.base64 ? Uint8Array.from(atob(file.base64), (c) => c.charCodeAt(0)) : new Uint8Array(file.bytes).map((_, at) => (at * 31) ^ (at >> 11));
  const blob = new File([bytes], file.name, { type: file.type });
  if (file.kind === 'Audio') blob.duration = 1000;
  const steps = [];
  const own = { digest: await window.digest(blob), pixels: file.kind === 'Image' ? await window.pixels(blob) : null };
  const message = window.chat[`create${file.kind}Message`]({
    to: group ?? to, conversationType: group ? 'GROUP' : 'C2C', payload: { file: blob }, onProgress: (step) => steps.push(step),
  });
  return window.chat.sendMessage(message).then(
    () => ({ sent: true, steps, own }),
    (error) => ({ sent: false, code: error.code, message: error.message }),
  );
};

// What a page of the receiver makes of the message: pictures as they load, everything else as it is read.
const look = async (at) => {
  for (let round = 0; window.received.length <= at && round < 3600; round++) await new Promise((done) => setTimeout(done, 25));
  const message = window.received[at];
  if (!message) return null;
  const { type, payload } = message;
  const load = (url) => new Promise((done) => {
    const image = new Image();
    image.onload = () => done([image.naturalWidth, image.naturalHeight]);
    image.onerror = () => done(null);
    image.src = url;
  });
  if (type === 'TIMImageElem') {
    const images = [];
    for (const one of payload.imageInfoArray) images.push({ type: one.type, size: [one.width, one.height], shown: await load(one.url ?? one.imageUrl) });
    const original = await (await fetch(payload.imageInfoArray[0].url ?? payload.imageInfoArray[0].imageUrl)).blob();
    return { type, images, pixels: await window.pixels(original), digest: await window.digest(original) };
  }
  const url = payload.fileUrl ?? payload.videoUrl ?? payload.url;
  const answer = await fetch(url);
  const blob = await answer.blob();
  const part = await (await fetch(url, { headers: { Range: 'bytes=10-19' } })).arrayBuffer();
  return { type, bytes: blob.size, digest: await window.digest(blob), part: part.byteLength, kind: answer.headers.get('content-type'), name: payload.fileName };
};

const results = [];
try {
  const [amy, bob] = await Promise.all([open(task.amy), open(task.bob)]);
  let at = 0;
  for (const file of task.files) {
    const sent = await amy.evaluate(send, { file, to: task.bob.user, group: file.group ? task.group : undefined });
    results.push({ name: file.name, ...sent, got: sent.sent ? await bob.evaluate(look, at++) : null });
  }
} finally {
  await browser.close();
  pages.closeAllConnections();
  pages.close();
}
process.stdout.write(JSON.stringify({ results, problems }));
