// A small client of the protocol that the web SDK speaks (docs/protocol.md): signs one account in and writes texts. It
// is for trying an app out, not for chatting: no history, no catching up after a loss.

export interface ChatMessage {
  from: string;
  to: string;
  text: string;
  /** Unix seconds, the server's clock. */
  time: number;
  /** The same for the sender and the recipient. */
  id: string;
}

/** What the server refused, with its number. */
export class ChatError extends Error {
  constructor(
    readonly code: number,
    readonly info: string,
  ) {
    super(`${code}: ${info}`);
    this.name = "ChatError";
  }
}

interface Frame {
  head: { servcmd?: string; seq?: number };
  body?: Record<string, unknown>;
}

interface Wired {
  From_Account?: string;
  To_Account?: string;
  MsgRandom?: number;
  MsgTimeStamp?: number;
  MsgBody?: { MsgType: string; MsgContent: { Text?: string; Data?: string } }[];
}

interface Handlers {
  onMessage: (message: ChatMessage) => void;
  /** A custom message, also one that another device of this account has sent. */
  onCustom?: (from: string, to: string, data: string) => void;
  /** The connection is gone; `code` is 0 where the server did not say why. */
  onEnd: (code: number) => void;
}

const TIMEOUT_MS = 10_000;
const ALIVE_MS = 10_000;
const SIGNED_OUT_ELSEWHERE = 70_403;

/** One signed-in account. */
export class ChatClient {
  private seq = 0;
  private waiting = new Map<string, { done: (body: never) => void; fail: (error: Error) => void }>();
  private ticket: Record<string, unknown> = {};
  private alive = 0;
  private over = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly app: number,
    readonly user: string,
    private readonly handlers: Handlers,
  ) {
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.receive(data));
    socket.addEventListener("close", () => this.end(0));
  }

  /** Connects and signs in. Rejects with {@link ChatError}; code 0 when the server cannot be reached. */
  static async open(origin: string, app: number, user: string, usersig: string, handlers: Handlers) {
    const query = new URLSearchParams({
      sdkappid: String(app),
      instanceid: hex(16),
      random: String(random()),
      platform: "7",
      host: "unknown",
      version: "-1",
      sdkversion: "sodam-console",
    });
    const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/binfo?${query}`);
    await new Promise<void>((done, fail) => {
      socket.addEventListener("open", () => done(), { once: true });
      socket.addEventListener("close", () => fail(new ChatError(0, "cannot connect")), { once: true });
    });
    const client = new ChatClient(socket, app, user, handlers);
    try {
      await client.signIn(usersig);
    } catch (error) {
      client.over = true;
      socket.close();
      throw error;
    }
    return client;
  }

  /** Sends a text; resolves when the server has stored it. Rejects with {@link ChatError}. */
  async send(to: string, text: string): Promise<ChatMessage> {
    const { time, id } = await this.write(to, { MsgType: "TIMTextElem", MsgContent: { Text: text } });
    return { from: this.user, to, text, time, id };
  }

  /** Sends a custom message; `online`: to who is there now, never stored. Rejects with {@link ChatError}. */
  async custom(to: string, data: string, online: boolean): Promise<void> {
    const element = { MsgType: "TIMCustomElem", MsgContent: { Data: data, Desc: "", Ext: "" } };
    await this.write(to, element, online ? { OnlineOnlyFlag: 1 } : {});
  }

  /** The TURN servers that the server names, with credentials. Rejects with {@link ChatError}: 60020, there are none. */
  async servers(): Promise<RTCIceServer[]> {
    return (await this.ask<{ IceServers: RTCIceServer[] }>("sodam_call_svc.get_turn", {})).IceServers;
  }

  private async write(to: string, element: object, more: object = {}): Promise<{ time: number; id: string }> {
    const MsgRandom = random();
    const stored = await this.ask<{ MsgTime: number }>("openim.sendmsg", {
      From_Account: this.user,
      To_Account: to,
      MsgSeq: random(),
      MsgRandom,
      MsgClientTime: Math.floor(Date.now() / 1000),
      MsgBody: [element],
      ...more,
    });
    return { time: stored.MsgTime, id: `${this.user}-${MsgRandom}` };
  }

  /** Signs out and closes. */
  close(): void {
    if (this.over) return;
    const farewell = this.ask("im_open_status.wslogout", { wslogout_type: 0, is_web_uniapp: 0 });
    this.over = true;
    clearInterval(this.alive);
    void farewell.catch(() => undefined).finally(() => this.socket.close());
  }

  private async signIn(usersig: string): Promise<void> {
    const answer = await this.ask<{ A2Key: string; TinyId: string; InstId?: number }>(
      "im_open_status.wslogin",
      { State: "Online", InstType: "Web", is_web_uniapp: 0 },
      { identifier: this.user, usersig },
    );
    this.ticket = { a2: answer.A2Key, tinyid: answer.TinyId, status_instid: answer.InstId ?? 0 };
    this.alive = window.setInterval(() => void this.ask("heartbeat.alive", {}).catch(() => undefined), ALIVE_MS);
  }

  private ask<T>(servcmd: string, body: object, signing: object = {}): Promise<T> {
    const seq = ++this.seq;
    const key = `${servcmd} ${seq}`;
    const head = {
      ver: "v4",
      platform: 7,
      sdkappid: this.app,
      contenttype: "json",
      reqtime: Math.floor(Date.now() / 1000),
      status_instid: 0,
      ...this.ticket,
      ...signing,
      servcmd,
      seq,
    };
    return new Promise<T>((done, fail) => {
      if (this.socket.readyState !== WebSocket.OPEN) return fail(new ChatError(0, "the connection is closed"));
      const timer = setTimeout(() => {
        this.waiting.delete(key);
        fail(new ChatError(0, `${servcmd} was not answered`));
      }, TIMEOUT_MS);
      const over = () => clearTimeout(timer);
      this.waiting.set(key, {
        done: (answer) => {
          over();
          done(answer as T);
        },
        fail: (error) => {
          over();
          fail(error);
        },
      });
      this.socket.send(new TextEncoder().encode(JSON.stringify({ head, body })));
    });
  }

  private receive(data: ArrayBuffer | string): void {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    let frame: Frame;
    try {
      frame = JSON.parse(text);
    } catch {
      this.socket.close();
      return;
    }
    const { head, body = {} } = frame;
    const key = `${head.servcmd} ${head.seq}`;
    const asked = this.waiting.get(key);
    if (!asked) {
      this.pushed(head.servcmd ?? "", body);
      return;
    }
    this.waiting.delete(key);
    const code = Number(body.ErrorCode ?? 0);
    if (code) asked.fail(new ChatError(code, String(body.ErrorInfo ?? "")));
    else asked.done(body as never);
  }

  private pushed(servcmd: string, body: Record<string, unknown>): void {
    if (body.NeedAck === 1) {
      void this.ask("openim.ws_msg_push_ack", { SessionData: body.SessionData ?? "" }).catch(() => undefined);
    }
    const events = (Array.isArray(body.EventArray) ? body.EventArray : []) as { C2cMsgArray?: Wired[] }[];
    for (const message of events.flatMap((event) => event.C2cMsgArray ?? [])) {
      if (!message.From_Account) continue;
      const custom = message.MsgBody?.find(({ MsgType }) => MsgType === "TIMCustomElem");
      if (custom) {
        const to = message.To_Account ?? this.user;
        this.handlers.onCustom?.(message.From_Account, to, custom.MsgContent.Data ?? "");
        continue;
      }
      if (message.From_Account === this.user) continue;
      this.handlers.onMessage({
        from: message.From_Account,
        to: message.To_Account ?? this.user,
        text: (message.MsgBody ?? []).map(({ MsgContent }) => MsgContent.Text ?? "").join(""),
        time: message.MsgTimeStamp ?? 0,
        id: `${message.From_Account}-${message.MsgRandom}`,
      });
    }
    if (servcmd === "im_open_status.stat_forceoffline" || JSON.stringify(body).includes("KickoutMsgNotify")) {
      this.end(SIGNED_OUT_ELSEWHERE);
      this.socket.close();
    }
  }

  private end(code: number): void {
    if (this.over) return;
    this.over = true;
    clearInterval(this.alive);
    for (const { fail } of this.waiting.values()) fail(new ChatError(0, "the connection is closed"));
    this.waiting.clear();
    this.handlers.onEnd(code);
  }
}

const random = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
const hex = (bytes: number) =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
