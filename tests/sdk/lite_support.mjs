// Users of lite-chat, unmodified, led to a server by our own connect.js: what the newest UI kits stand on.
//
// node lite_<subject>.mjs <server> <SDKAppID> <UserSig of amy> <UserSig of bob> ... prints a line of JSON for each step:
// {"step": "...", "ok": true, "value": ...} or {"step": "...", "ok": false, "code": 10017, "message": "..."}, and at
// the end which methods of the package were called, of all that there are.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';

const require = createRequire(import.meta.url);
const [, , server, app, ...signatures] = process.argv;
export const sdkAppID = Number(app);
export const userSigs = signatures;
for (const level of ['log', 'info', 'debug', 'warn', 'error']) console[level] = () => {};

runInThisContext(readFileSync(new URL('../../src/sodam/connect/connect.js', import.meta.url), 'utf8'));
globalThis.sodamConnect(server);

// Its plugins look for a page.
globalThis.window = globalThis;
globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};
globalThis.location = { href: server, protocol: 'http:', host: '127.0.0.1' };
globalThis.document = {
  charset: 'UTF-8',
  hidden: false,
  visibilityState: 'visible',
  body: {},
  addEventListener() {},
  removeEventListener() {},
  createElement: () => ({ style: {} }),
};

/** How often each command was sent. */
export const sent = new Map();
const { send } = WebSocket.prototype;
/** How many catch-ups were answered to their end. */
let caughtUp = 0;
const watchedSockets = new WeakSet();
const look = async ({ data }) => {
  const text = typeof data === 'string' ? data : Buffer.from(data instanceof Blob ? await data.arrayBuffer() : data).toString();
  if (text.includes('"openim.getmsg"') && text.includes('"SyncFlag":2')) setTimeout(() => (caughtUp += 1), 20);
};
WebSocket.prototype.send = function (data) {
  if (!watchedSockets.has(this)) {
    watchedSockets.add(this);
    this.addEventListener('message', look);
  }
  const command = Buffer.from(data).toString().match(/"servcmd":"([^"]+)"/)?.[1];
  sent.set(command, (sent.get(command) ?? 0) + 1);
  return send.call(this, data);
};

const called = new Set();
const methods = new Set();

/** The client, which keeps what of it was called. */
function watched(chat) {
  for (let at = chat; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (typeof chat[name] === 'function' && name !== 'constructor') methods.add(name);
  }
  return new Proxy(chat, {
    get(from, name) {
      const found = from[name];
      if (typeof found !== 'function') return found;
      called.add(name);
      return found.bind(from);
    },
  });
}

/** Each user has a copy of the package: it keeps what it knows in variables of its own. */
export function client() {
  const path = require.resolve('@tencentcloud/lite-chat/professional');
  delete require.cache[path];
  const loaded = require(path);
  const Chat = loaded.default ?? loaded;
  const chat = watched(Chat.create({ SDKAppID: sdkAppID }));
  chat.setLogLevel(4);
  const events = [];
  const waiting = new Set();
  for (const name of Object.values(Chat.EVENT)) {
    chat.on(name, (event) => {
      events.push(event);
      for (const look of waiting) look();
    });
  }
  /** The next event of this name that `fits`; those before it are forgotten. */
  const next = (name, fits = () => true) =>
    new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`no ${name}; had ${events.map((event) => event.name)}`)), 90_000);
      const look = () => {
        const at = events.findIndex((event) => event.name === Chat.EVENT[name] && fits(event.data));
        if (at < 0) return;
        clearTimeout(late);
        waiting.delete(look);
        done(events.splice(0, at + 1).at(-1).data);
      };
      waiting.add(look);
      look();
    });
  /** Ready, and caught up: what is said before that is counted, and not announced. */
  const signIn = async (userID, userSig) => {
    const before = caughtUp;
    await chat.login({ userID, userSig });
    await next('SDK_READY');
    while (caughtUp === before) await new Promise((done) => setTimeout(done, 10));
  };
  return { Chat, chat, next, signIn };
}

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const late = () => new Promise((_, fail) => setTimeout(() => fail(new Error('it did not end')), 120_000).unref());

export async function step(name, work) {
  try {
    const value = await Promise.race([work(), late()]);
    tell({ step: name, ok: true, value: value ?? null });
    return value;
  } catch (error) {
    tell({ step: name, ok: false, code: error.code ?? null, message: String(error.message) });
    return null;
  }
}

/** Ends the process, whatever the package still has open. */
export function end() {
  process.stdout.write(`${JSON.stringify({ methods: [...methods].sort(), called: [...called].sort() })}\n`);
  process.exit(0);
}
