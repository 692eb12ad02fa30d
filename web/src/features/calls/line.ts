// The telephone of one signed-in account: the machine of state.ts with its messages, its clock and its media.
import { type Figures, Media } from "./media";
import { type Call, type Kind, type Part, read, type Signal, write } from "./signal";
import { type Happening, type Phase, step } from "./state";

/** The account's connection. */
export interface Wire {
  user: string;
  /** `online`: for devices that are there now, never stored. */
  custom: (to: string, text: string, online: boolean) => Promise<unknown>;
  servers: () => Promise<RTCIceServer[]>;
}

export interface Wishes {
  /** Seconds. */
  timeout: number;
  relayOnly: boolean;
}

export interface View {
  phase: Phase;
  local?: MediaStream;
  remote?: MediaStream;
  reached: boolean;
  figures?: Figures;
}

const IDLE: View = { phase: { name: "idle" }, reached: false };
/** The caller waits a little longer than the one who is called, who says so when time is up: as in the SDK. */
const LONGER = 5;
const REACH_SECONDS = 30;
const USUAL_SECONDS = 30;

export class Line {
  private view = IDLE;
  private media: Media | undefined;
  /** Of the other side, before media stands here. */
  private early: Part[] = [];
  private timer = 0;
  private ticking = 0;
  private sending: Promise<unknown> = Promise.resolve();
  private taking: Promise<unknown> = Promise.resolve();
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly wire: Wire,
    private readonly wishes: () => Wishes,
    private readonly onError: (error: unknown) => void,
  ) {}

  readonly watch = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };
  readonly seen = (): View => this.view;

  async dial(callee: string, kind: Kind): Promise<void> {
    const local = await this.open(kind);
    if (!local) return;
    if (this.view.phase.name !== "idle") return stop(local);
    const call: Call = { id: crypto.randomUUID(), kind, caller: this.wire.user, callee };
    this.show({ local });
    this.happen({ name: "dial", call, timeout: this.wishes().timeout });
  }

  async accept(): Promise<void> {
    const { phase } = this.view;
    if (phase.name !== "ringing") return;
    const local = await this.open(phase.call.kind);
    if (!local) return;
    const now = this.view.phase;
    if (now.name !== "ringing" || now.call.id !== phase.call.id) return stop(local);
    this.show({ local });
    this.happen({ name: "accept", now: Date.now() });
  }

  /** Refuses, cancels or hangs up: whatever it is, it is over. */
  hangUp(): void {
    this.happen({ name: "hangup", now: Date.now() });
  }

  /** A custom message, of the other side or of another device of this user. */
  hear(from: string, to: string, text: string): void {
    const signal = read(text, from, to);
    if (!signal) return;
    if (from === this.wire.user) {
      this.happen({ name: "own", signal });
      return;
    }
    const { phase } = this.view;
    if (signal.name === "part" && phase.name === "talking" && signal.id === phase.call.id) this.take(signal.part);
    else this.happen({ name: "heard", from, signal, now: Date.now() });
  }

  private happen(happening: Happening): void {
    const before = this.view.phase;
    const [phase, said] = step(before, happening);
    for (const { signal, call } of said) this.say(signal, call);
    if (phase === before) return;
    clearTimeout(this.timer);
    if (phase.name === "idle") this.clear(phase);
    else this.show({ phase });
    if (phase.name === "calling" || phase.name === "ringing") {
      const seconds = (phase.timeout || USUAL_SECONDS) + (phase.name === "calling" ? LONGER : 0);
      this.after(seconds, { name: "late", now: 0 });
    }
    if (phase.name === "talking") void this.talk(phase.call);
  }

  private async talk(call: Call): Promise<void> {
    const { local } = this.view;
    this.after(REACH_SECONDS, { name: "broken", outcome: "unreachable", now: 0 });
    try {
      const servers = await this.wire.servers();
      const { phase } = this.view;
      if (!local || phase.name !== "talking" || phase.call.id !== call.id) return;
      const media = new Media(local, servers, this.wishes().relayOnly, {
        say: (part) => this.say({ name: "part", id: call.id, part }, call),
        onReached: () => {
          clearTimeout(this.timer);
          this.show({ reached: true });
        },
        onBroken: () => this.break("unreachable"),
      });
      this.media = media;
      this.show({ remote: media.remote });
      this.ticking = window.setInterval(() => void this.count(media), 1000);
      for (const part of this.early.splice(0)) this.take(part);
      if (call.caller === this.wire.user) await media.offer();
    } catch (error) {
      this.break("failed", error);
    }
  }

  private take(part: Part): void {
    const { media } = this;
    if (!media) this.early.push(part);
    else
      this.taking = this.taking
        .then(() => (media === this.media ? media.take(part) : undefined))
        .catch((error) => this.break("failed", error));
  }

  private async count(media: Media): Promise<void> {
    const figures = await media.figures().catch(() => undefined);
    if (figures && media === this.media) this.show({ figures });
  }

  private say(signal: Signal, call: Call): void {
    const { user } = this.wire;
    const to = call.caller === user ? call.callee : call.caller;
    this.sending = this.sending
      .then(() => this.wire.custom(to, write(signal, call, user), signal.name === "part"))
      .catch((error) => this.break("failed", error));
  }

  /** Microphone and camera; undefined, and the call is over, where there are none. */
  private async open(kind: Kind): Promise<MediaStream | undefined> {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: true, video: kind === "video" });
    } catch {
      if (this.view.phase.name === "idle") this.show({ phase: { name: "idle", outcome: "deaf" } });
      else this.break("deaf");
      return undefined;
    }
  }

  private break(outcome: "failed" | "deaf" | "unreachable", error?: unknown): void {
    if (this.view.phase.name === "idle") return;
    this.happen({ name: "broken", outcome, now: Date.now() });
    if (error) this.onError(error);
  }

  private after(seconds: number, happening: Happening): void {
    this.timer = window.setTimeout(() => this.happen({ ...happening, now: Date.now() } as Happening), seconds * 1000);
  }

  private clear(phase: Phase): void {
    clearInterval(this.ticking);
    this.media?.close();
    this.media = undefined;
    this.early = [];
    if (this.view.local) stop(this.view.local);
    this.view = IDLE;
    this.show({ phase });
  }

  private show(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    for (const watcher of this.watchers) watcher();
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
