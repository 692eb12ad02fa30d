// What the two sides of a call say to each other, as custom messages. Invitations and their answers have the form of the
// SDK's signalling (`invite`, `accept`, ...) with the data that the kits show as calls; a hang-up is an invitation of its
// own, as there. Offers, answers and candidates are of this console alone: the SDKs leave media to TRTC.

export type Kind = "audio" | "video";

export interface Call {
  /** The invitation's. */
  id: string;
  kind: Kind;
  caller: string;
  callee: string;
}

/** Of an RTCPeerConnection; a candidate of null says that these were all. */
export type Part =
  | { sdp: { type: "offer" | "answer"; sdp: string } }
  | { candidate: { candidate: string; sdpMid: string | null; sdpMLineIndex: number | null } | null };

export type Signal =
  | { name: "invite"; call: Call; timeout: number }
  | { name: "cancel" | "accept" | "timeout"; id: string }
  | { name: "refuse"; id: string; busy: boolean }
  | { name: "hangup"; id: string; seconds: number }
  | { name: "part"; id: string; part: Part };

const ACTIONS = { invite: 1, cancel: 2, accept: 3, refuse: 4, timeout: 5, hangup: 1 } as const;
const SIGNALLING = 1;
const MEDIA = "sodam_call_media";

/** The text of a custom message. */
export function write(signal: Signal, call: Call, from: string): string {
  if (signal.name === "part") return JSON.stringify({ businessID: MEDIA, inviteID: signal.id, ...signal.part });
  const hangup = signal.name === "hangup";
  const data = {
    version: 4,
    businessID: "av_call",
    platform: "Web",
    call_type: call.kind === "video" ? 2 : 1,
    ...(hangup && { call_end: signal.seconds, call_id: signal.id }),
    ...(signal.name === "refuse" && signal.busy && { line_busy: "line_busy" }),
    data: { cmd: hangup ? "hangup" : `${call.kind}Call`, message: "" },
  };
  return JSON.stringify({
    businessID: SIGNALLING,
    inviteID: hangup ? crypto.randomUUID() : call.id,
    inviter: hangup ? from : call.caller,
    inviteeList: [hangup && from === call.callee ? call.caller : call.callee],
    actionType: ACTIONS[signal.name],
    timeout: signal.name === "invite" ? signal.timeout : 0,
    groupID: "",
    data: JSON.stringify(data),
  });
}

/** What a custom message from somebody says; undefined: it is about no call of two. */
export function read(text: string, from: string, to: string): Signal | undefined {
  const said = object(text);
  const id = typeof said?.inviteID === "string" ? said.inviteID : "";
  if (!said || !id || said.groupID) return undefined;
  if (said.businessID === MEDIA) return media(id, said);
  if (said.businessID !== SIGNALLING) return undefined;
  const data = object(said.data);
  const cmd = (data?.data as { cmd?: unknown } | undefined)?.cmd;
  switch (said.actionType) {
    case ACTIONS.invite: {
      if (cmd === "hangup")
        return { name: "hangup", id: String(data?.call_id ?? ""), seconds: Number(data?.call_end) || 0 };
      if (cmd !== "audioCall" && cmd !== "videoCall") return undefined;
      const call: Call = { id, kind: cmd === "videoCall" ? "video" : "audio", caller: from, callee: to };
      return { name: "invite", call, timeout: Number(said.timeout) || 0 };
    }
    case ACTIONS.cancel:
      return { name: "cancel", id };
    case ACTIONS.accept:
      return { name: "accept", id };
    case ACTIONS.refuse:
      return { name: "refuse", id, busy: data?.line_busy === "line_busy" };
    case ACTIONS.timeout:
      return { name: "timeout", id };
  }
}

function media(id: string, said: Record<string, unknown>): Signal | undefined {
  if (said.sdp && typeof said.sdp === "object") return { name: "part", id, part: { sdp: said.sdp } as Part };
  if (typeof said.candidate === "object") return { name: "part", id, part: { candidate: said.candidate } as Part };
  return undefined;
}

function object(text: unknown): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(String(text));
    return value && typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}
