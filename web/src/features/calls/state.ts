// Where a call of two stands, seen from one side: a pure machine. What happened goes in; what to say comes out.
import type { Call, Signal } from "./signal";

export type Outcome =
  | "ended"
  | "refused"
  | "busy"
  | "cancelled"
  | "unanswered"
  | "missed"
  | "elsewhere"
  | "failed"
  /** The camera or the microphone is not to be had. */
  | "deaf"
  /** The two sides do not reach each other. */
  | "unreachable";

export type Phase =
  | { name: "idle"; outcome?: Outcome; seconds?: number }
  | { name: "calling" | "ringing"; call: Call; timeout: number }
  /** `since` in milliseconds. */
  | { name: "talking"; call: Call; since: number };

export type Happening =
  | { name: "dial"; call: Call; timeout: number }
  | { name: "accept" | "refuse" | "hangup" | "late"; now: number }
  /** Of the other side. */
  | { name: "heard"; from: string; signal: Signal; now: number }
  /** Said by another device of the same user. */
  | { name: "own"; signal: Signal }
  | { name: "broken"; outcome: Outcome; now: number };

export interface Said {
  signal: Signal;
  call: Call;
}

type Step = [Phase, Said[]];

export function step(phase: Phase, happening: Happening): Step {
  switch (happening.name) {
    case "dial":
      if (phase.name !== "idle") return [phase, []];
      return [
        { name: "calling", call: happening.call, timeout: happening.timeout },
        [{ call: happening.call, signal: { name: "invite", call: happening.call, timeout: happening.timeout } }],
      ];
    case "accept":
      if (phase.name !== "ringing") return [phase, []];
      return [
        { name: "talking", call: phase.call, since: happening.now },
        [{ call: phase.call, signal: { name: "accept", id: phase.call.id } }],
      ];
    case "refuse":
      return phase.name === "ringing" ? refuse(phase.call, "refused") : [phase, []];
    case "hangup":
      return leave(phase, happening.now);
    case "late":
      return late(phase);
    case "heard":
      return heard(phase, happening.from, happening.signal, happening.now);
    case "own":
      return [own(phase, happening.signal), []];
    case "broken": {
      const [after, said] = leave(phase, happening.now);
      return phase.name === "idle" ? [phase, []] : [{ ...after, outcome: happening.outcome } as Phase, said];
    }
  }
}

function refuse(call: Call, outcome: Outcome): Step {
  return [{ name: "idle", outcome }, [{ call, signal: { name: "refuse", id: call.id, busy: false } }]];
}

/** Whatever it is, it is over. */
function leave(phase: Phase, now: number): Step {
  switch (phase.name) {
    case "idle":
      return [phase, []];
    case "ringing":
      return refuse(phase.call, "refused");
    case "calling":
      return [
        { name: "idle", outcome: "cancelled" },
        [{ call: phase.call, signal: { name: "cancel", id: phase.call.id } }],
      ];
    case "talking": {
      const seconds = Math.max(0, Math.floor((now - phase.since) / 1000));
      return [
        { name: "idle", outcome: "ended", seconds },
        [{ call: phase.call, signal: { name: "hangup", id: phase.call.id, seconds } }],
      ];
    }
  }
}

function late(phase: Phase): Step {
  if (phase.name !== "calling" && phase.name !== "ringing") return [phase, []];
  const outcome = phase.name === "calling" ? "unanswered" : "missed";
  return [{ name: "idle", outcome }, [{ call: phase.call, signal: { name: "timeout", id: phase.call.id } }]];
}

function heard(phase: Phase, from: string, signal: Signal, now: number): Step {
  if (signal.name === "invite") {
    if (phase.name === "idle") return [{ name: "ringing", call: signal.call, timeout: signal.timeout }, []];
    if (phase.call.id === signal.call.id) return [phase, []];
    return [phase, [{ call: signal.call, signal: { name: "refuse", id: signal.call.id, busy: true } }]];
  }
  if (phase.name === "idle" || ![phase.call.caller, phase.call.callee].includes(from) || signal.name === "part")
    return [phase, []];
  if (signal.name === "hangup") {
    // Kits name no call: then the one with that user is meant.
    const meant = phase.name === "talking" && (!signal.id || signal.id === phase.call.id);
    return [meant ? { name: "idle", outcome: "ended", seconds: signal.seconds } : phase, []];
  }
  if (signal.id !== phase.call.id) return [phase, []];
  if (phase.name === "ringing") {
    const over = signal.name === "cancel" || signal.name === "timeout";
    return [over ? { name: "idle", outcome: "missed" } : phase, []];
  }
  if (phase.name !== "calling") return [phase, []];
  switch (signal.name) {
    case "accept":
      return [{ name: "talking", call: phase.call, since: now }, []];
    case "refuse":
      return [{ name: "idle", outcome: signal.busy ? "busy" : "refused" }, []];
    case "timeout":
      return [{ name: "idle", outcome: "unanswered" }, []];
    default:
      return [phase, []];
  }
}

function own(phase: Phase, signal: Signal): Phase {
  const answered = signal.name === "accept" || signal.name === "refuse";
  return answered && phase.name === "ringing" && signal.id === phase.call.id
    ? { name: "idle", outcome: "elsewhere" }
    : phase;
}
