// Runs any number of official web SDK clients in one Node process and obeys JSON lines on stdin.
//
// request   {"id": 1, "client": "amy", "op": "call", "args": {"method": "getConversationList", "args": []}}
// answer    {"id": 1, "ok": true, "result": ...}   or   {"id": 1, "ok": false, "error": {"code": 70001, "message": "..."}}
// event     {"client": "amy", "event": "MESSAGE_RECEIVED", "data": ...}
//
// Messages cross the pipe as plain data; {"$message": "<ID>"} inside args stands for the SDK's own object,
// with "set" beside it its fields are overwritten first, as an application does before modifyMessage.
//
// With SODAM_SDK_TRACE=<file> every frame of every socket is written there, one line each.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import WsSocket from 'ws';

const require = createRequire(import.meta.url);
const sdkPath = require.resolve('@tencentcloud/chat');
const SILENT = 4;

for (const level of ['log', 'info', 'debug', 'warn', 'error']) console[level] = () => {};
const emit = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const traceFile = process.env.SODAM_SDK_TRACE;
const trace = (direction, client, data) =>
  appendFileSync(traceFile, `${(performance.now() / 1000).toFixed(3)} ${client?.name} ${direction} ${Buffer.from(data)}\n`);

// Every timer that the SDK sets, so that "reset" can take all of them away. Its pauses (before lists are read anew, the
// next heartbeat, the next attempt to connect) go by several times as fast; how long it waits for an answer stays.
const HASTE = Number(process.env.SODAM_SDK_HASTE ?? 4);
const hastened = (delay) => (delay >= 100 && delay <= 10_000 ? delay / HASTE : delay);
const timers = new Set();
for (const make of ['setTimeout', 'setInterval']) {
  const original = globalThis[make];
  globalThis[make] = (work, delay, ...args) => {
    const timer = original(work, hastened(delay), ...args);
    timers.add(timer);
    return timer;
  };
}

/** @type {Map<string, {name: string, chat: any, sdk: any, messages: Map<string, any>, sockets: Set<WsSocket>, offline: boolean}>} */
const clients = new Map();
const clientOfInstance = new Map();
let creating = null;

// The SDK opens sockets by itself (also on reconnect); the instance id in the URL tells whose it is.
globalThis.WebSocket = class extends WsSocket {
  constructor(url, ...rest) {
    const instance = new URL(url).searchParams.get('instanceid');
    if (creating) clientOfInstance.set(instance, creating);
    const client = clientOfInstance.get(instance);
    super(client?.offline ? 'ws://127.0.0.1:1/' : url, ...rest);
    client?.sockets.add(this);
    this.on('close', () => client?.sockets.delete(this));
    this.on('error', () => {});
    // The SDK has no event for the end of its catch-up, which brings the unread numbers, nor for an answer to its
    // acknowledgement of a push.
    this.on('message', (data) => {
      const text = Buffer.from(data);
      if (text.includes('"openim.getmsg"')) setTimeout(() => emit({ client: client?.name, event: 'SYNCED', data: null }), 20);
      if (text.includes('"openim.ws_msg_push_ack"')) emit({ client: client?.name, event: 'ACKNOWLEDGED', data: null });
    });
    if (traceFile) {
      trace('open', client, '');
      this.on('message', (data) => trace('<-', client, data));
      this.on('close', (code, reason) => trace('close', client, `${code} ${reason}`));
    }
  }

  send(data, ...rest) {
    const client = clientOfInstance.get(new URL(this.url).searchParams.get('instanceid'));
    const text = client?.spoil && Buffer.from(data).toString();
    if (text?.includes(`"servcmd":"${client.spoil.servcmd}"`)) {
      data = spoiled[client.spoil.how](text);
      client.spoil = null;
    }
    if (traceFile) trace('->', clientOfInstance.get(new URL(this.url).searchParams.get('instanceid')), data);
    return super.send(data, ...rest);
  }
};

// Ways in which the body of a request may arrive that no SDK writes.
const withBody = (text, body) => text.replace(/"body":\{/, () => body);
const spoiled = {
  cut: (text) => Buffer.from(text.slice(0, -2)),
  type: (text) => Buffer.from(text.replace(/"body":.*$/s, '"body":5}')),
  deep: (text) => Buffer.from(withBody(text, `"body":{"Deep":${'['.repeat(100000)}${']'.repeat(100000)},`)),
  bytes: (text) => Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0x2c, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d, 0x7d])]),
};

// The SDK keeps one object per SDKAppID, so each client gets its own copy of the module.
function loadSdk() {
  delete require.cache[sdkPath];
  return require(sdkPath);
}

function plain(value) {
  return value === undefined ? null : JSON.parse(JSON.stringify(value, (key, item) => (typeof item === 'function' ? undefined : item)));
}

function remember(client, value, depth = 0) {
  if (!value || typeof value !== 'object' || depth > 4) return;
  if (Array.isArray(value)) for (const item of value) remember(client, item, depth + 1);
  else if (typeof value.ID === 'string' && 'conversationID' in value) client.messages.set(value.ID, value);
  else for (const key of ['message', 'messageList', 'data']) remember(client, value[key], depth + 1);
}

function overwrite(target, values) {
  for (const [key, value] of Object.entries(values)) {
    if (value && typeof value === 'object' && !Array.isArray(value)) overwrite(target[key], value);
    else target[key] = value;
  }
  return target;
}

function resolve(client, value) {
  if (Array.isArray(value)) return value.map((item) => resolve(client, item));
  if (!value || typeof value !== 'object') return value;
  if ('$message' in value) {
    const message = client.messages.get(value.$message) ?? client.chat.findMessage(value.$message);
    if (!message) throw Object.assign(new Error(`no message ${value.$message}`), { code: -2 });
    return overwrite(message, value.set ?? {});
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(client, item)]));
}

// kind "media" carries elements with ready URLs: a browser's upload has no place in Node, a forwarded message has.
const creators = {
  text: 'createTextMessage', custom: 'createCustomMessage', face: 'createFaceMessage', location: 'createLocationMessage',
  merger: 'createMergerMessage', forward: 'createForwardMessage', media: 'createForwardMessage', textAt: 'createTextAtMessage',
};

function createMessage(client, { kind, to, conversationType, payload, ...extra }) {
  const body = kind === 'media' ? { type: payload.type, _elements: [payload] } : resolve(client, payload);
  const message = client.chat[creators[kind]]({ to, conversationType: conversationType ?? 'C2C', payload: body, ...extra });
  client.messages.set(message.ID, message);
  return message;
}

const ops = {
  create(name, { sdkappid, server, options }) {
    if (clients.has(name)) throw new Error(`client ${name} exists`);
    const client = { name, chat: null, sdk: loadSdk(), messages: new Map(), sockets: new Set(), offline: false };
    creating = client;
    try {
      client.chat = client.sdk.create({ SDKAppID: sdkappid, proxyServer: server, ...options });
    } finally {
      creating = null;
    }
    client.chat.setLogLevel(SILENT);
    for (const [event, code] of Object.entries(client.sdk.EVENT)) {
      client.chat.on(code, ({ data }) => {
        remember(client, data);
        emit({ client: name, event, data: plain(data) });
      });
    }
    clients.set(name, client);
    return { version: client.sdk.VERSION };
  },
  login: (name, { user, usersig }) => clients.get(name).chat.login({ userID: user, userSig: usersig }),
  logout: (name) => clients.get(name).chat.logout(),
  async destroy(name) {
    const client = clients.get(name);
    clients.delete(name);
    // destroy() logs out first and refuses (2024) when nobody is signed in; the socket is ours to close then.
    await client.chat.destroy().catch(() => {});
    client.offline = true;
    for (const socket of client.sockets) socket.terminate();
  },
  call(name, { method, args }) {
    const client = clients.get(name);
    if (typeof client.chat[method] !== 'function') throw new Error(`the SDK has no method ${method}`);
    return client.chat[method](...resolve(client, args ?? []));
  },
  create_message: (name, args) => createMessage(clients.get(name), args),
  send(name, { options, ...message }) {
    const client = clients.get(name);
    return client.chat.sendMessage(createMessage(client, message), options);
  },
  // An application that takes calls: without a listener the SDK keeps no invitations.
  signals(name) {
    const { chat, sdk } = clients.get(name);
    for (const [event, code] of Object.entries(sdk.TSignaling).filter(([, code]) => typeof code === 'string')) {
      chat.addSignalingListener(code, ({ data }) => emit({ client: name, event, data: plain(data) }));
    }
  },
  constants: (name) => ({ TYPES: clients.get(name).sdk.TYPES, EVENT: clients.get(name).sdk.EVENT }),
  // The network's failures: cut the connection without a goodbye, or keep it cut until "online".
  drop(name) {
    for (const socket of clients.get(name).sockets) socket.terminate();
  },
  offline(name) {
    clients.get(name).offline = true;
    ops.drop(name);
  },
  // The next frame of a command goes out with a body that is broken in one of the ways above.
  spoil(name, what) {
    clients.get(name).spoil = what;
  },
  // After a failed attempt the SDK waits for its next own request before it tries again: ask for something, and once
  // more should an attempt of before have failed meanwhile.
  online(name) {
    const client = clients.get(name);
    client.offline = false;
    const ask = () => {
      client.chat.getUserProfile({ userIDList: [`nobody-${Date.now()}`] }).catch(() => {});
      setTimeout(again, 4000);
    };
    const again = () => {
      const there = [...client.sockets].some((one) => one.readyState === WsSocket.OPEN);
      if (!there && !client.offline && clients.get(name) === client) ask();
    };
    ask();
  },
};

// Ends every client at once, as the end of the process would: connections are cut, nothing that an SDK had begun goes on.
// "clean" says whether that worked; if not, the process is of no use to others.
const turn = () => new Promise((done) => setImmediate(done));
const left = () => process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP|TLS|HTTP/.test(kind));
ops.reset = async () => {
  for (const client of clients.values()) client.offline = true;
  for (const client of new Set([...clients.values(), ...clientOfInstance.values()])) {
    for (const socket of client.sockets) {
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.terminate();
    }
  }
  clients.clear();
  clientOfInstance.clear();
  for (let round = 0; round < 20; round++) {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    await turn();
    if (!left().length) break;
  }
  return { clean: !left().length, left: left(), bytes: process.memoryUsage.rss() };
};
const ABOUT_ALL = ['create', 'reset'];

async function obey({ id, client, op, args }) {
  try {
    if (!(op in ops)) throw new Error(`unknown op ${op}`);
    if (!ABOUT_ALL.includes(op) && !clients.has(client)) throw new Error(`unknown client ${client}`);
    const result = await ops[op](client, args ?? {});
    if (clients.has(client)) remember(clients.get(client), result);
    emit({ id, ok: true, result: plain(result) });
  } catch (error) {
    emit({ id, ok: false, error: { code: error?.code ?? -1, message: String(error?.message ?? error) } });
  }
}

// The SDK leaves some rejections to nobody (a refused login after a reconnect, for one); a test may want to see them.
process.on('unhandledRejection', (error) => emit({ client: '', event: 'UNHANDLED', data: { code: error?.code ?? -1, message: String(error?.message ?? error) } }));
process.on('uncaughtException', (error) => emit({ client: '', event: 'UNCAUGHT', data: { code: -1, message: String(error?.message ?? error) } }));

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => obey(JSON.parse(line)));
lines.on('close', () => process.exit(0));
emit({ client: '', event: 'STARTED', data: null });
