import { describe, expect, it } from "vitest";
import { type Call, read, type Signal, write } from "./signal";
import { type Happening, type Phase, step } from "./state";

const call: Call = { id: "one", kind: "video", caller: "amy", callee: "bob" };
const idle: Phase = { name: "idle" };
const ringing: Phase = { name: "ringing", call, timeout: 30 };
const calling: Phase = { name: "calling", call, timeout: 30 };
const talking: Phase = { name: "talking", call, since: 1000 };
const heard = (from: string, signal: Signal): Happening => ({ name: "heard", from, signal, now: 1000 });
/** What comes of it, and the names of what is said. */
const after = (phase: Phase, happening: Happening) => {
  const [next, said] = step(phase, happening);
  return [next, said.map(({ signal }) => signal.name)] as const;
};

describe("a call", () => {
  it("is made, taken and ended", () => {
    expect(after(idle, { name: "dial", call, timeout: 30 })).toEqual([calling, ["invite"]]);
    expect(after(idle, heard("amy", { name: "invite", call, timeout: 30 }))).toEqual([ringing, []]);
    expect(after(ringing, { name: "accept", now: 1000 })).toEqual([talking, ["accept"]]);
    expect(after(calling, heard("bob", { name: "accept", id: "one" }))).toEqual([talking, []]);
    const ended = { name: "idle", outcome: "ended", seconds: 7 };
    expect(after(talking, { name: "hangup", now: 8500 })).toEqual([ended, ["hangup"]]);
    expect(after(talking, heard("bob", { name: "hangup", id: "one", seconds: 7 }))).toEqual([ended, []]);
    expect(after(talking, heard("bob", { name: "hangup", id: "", seconds: 7 }))).toEqual([ended, []]);
  });

  it("comes to nothing in each way", () => {
    const over = (outcome: string) => ({ name: "idle", outcome });
    expect(after(ringing, { name: "hangup", now: 0 })).toEqual([over("refused"), ["refuse"]]);
    expect(after(calling, { name: "hangup", now: 0 })).toEqual([over("cancelled"), ["cancel"]]);
    expect(after(calling, { name: "late", now: 0 })).toEqual([over("unanswered"), ["timeout"]]);
    expect(after(ringing, { name: "late", now: 0 })).toEqual([over("missed"), ["timeout"]]);
    expect(after(ringing, heard("amy", { name: "cancel", id: "one" }))).toEqual([over("missed"), []]);
    expect(after(calling, heard("bob", { name: "timeout", id: "one" }))).toEqual([over("unanswered"), []]);
    expect(after(calling, heard("bob", { name: "refuse", id: "one", busy: false }))).toEqual([over("refused"), []]);
    expect(after(calling, heard("bob", { name: "refuse", id: "one", busy: true }))).toEqual([over("busy"), []]);
    expect(after(ringing, { name: "own", signal: { name: "accept", id: "one" } })).toEqual([over("elsewhere"), []]);
    expect(after(ringing, { name: "broken", outcome: "deaf", now: 0 })).toEqual([over("deaf"), ["refuse"]]);
  });

  it("is not disturbed", () => {
    const second: Call = { ...call, id: "two", caller: "cat" };
    const [phase, said] = step(talking, heard("cat", { name: "invite", call: second, timeout: 30 }));
    expect(phase).toBe(talking);
    expect(said).toEqual([{ call: second, signal: { name: "refuse", id: "two", busy: true } }]);
    for (const stranger of [
      heard("cat", { name: "hangup", id: "one", seconds: 1 }),
      heard("cat", { name: "hangup", id: "", seconds: 1 }),
      heard("bob", { name: "hangup", id: "two", seconds: 1 }),
      heard("bob", { name: "cancel", id: "one" }),
      { name: "late", now: 0 },
      { name: "accept", now: 0 },
    ] satisfies Happening[]) {
      expect(step(talking, stranger)).toEqual([talking, []]);
    }
    expect(step(calling, heard("bob", { name: "accept", id: "two" }))).toEqual([calling, []]);
    expect(step(idle, { name: "broken", outcome: "failed", now: 0 })).toEqual([idle, []]);
  });
});

describe("its messages", () => {
  it("come back as they were", () => {
    const all: Signal[] = [
      { name: "invite", call, timeout: 30 },
      { name: "cancel", id: "one" },
      { name: "accept", id: "one" },
      { name: "refuse", id: "one", busy: true },
      { name: "refuse", id: "one", busy: false },
      { name: "timeout", id: "one" },
      { name: "hangup", id: "one", seconds: 7 },
      { name: "part", id: "one", part: { sdp: { type: "offer", sdp: "v=0\r\n" } } },
      { name: "part", id: "one", part: { candidate: { candidate: "c", sdpMid: "0", sdpMLineIndex: 0 } } },
    ];
    for (const signal of all) expect(read(write(signal, call, "amy"), "amy", "bob")).toEqual(signal);
  });

  it("have the SDK's form", () => {
    const said = JSON.parse(write({ name: "refuse", id: "one", busy: true }, call, "bob"));
    expect(said).toMatchObject({ businessID: 1, inviteID: "one", inviter: "amy", inviteeList: ["bob"], actionType: 4 });
    expect(JSON.parse(said.data)).toMatchObject({ call_type: 2, line_busy: "line_busy", data: { cmd: "videoCall" } });
  });

  it("are told from others", () => {
    for (const text of ["", "null", "7", "hello", "{}", '{"businessID":1,"inviteID":"x","actionType":1,"data":"x"}']) {
      expect(read(text, "amy", "bob")).toBeUndefined();
    }
  });
});
