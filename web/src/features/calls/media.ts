// Sound and picture of one call: an RTCPeerConnection whose words go through messages.
import type { Part } from "./signal";

/** What has arrived so far, and by which way. */
export interface Figures {
  audio: number;
  video: number;
  lost: number;
  /** Through a TURN server; undefined: no way is chosen yet. */
  relayed: boolean | undefined;
}

interface Ends {
  say: (part: Part) => void;
  /** The two sides reach each other. */
  onReached: () => void;
  onBroken: () => void;
}

export class Media {
  readonly remote = new MediaStream();
  private readonly peer: RTCPeerConnection;
  /** Candidates may come before the offer that they belong to. */
  private early: RTCIceCandidateInit[] = [];

  constructor(
    local: MediaStream,
    iceServers: RTCIceServer[],
    relayOnly: boolean,
    private readonly ends: Ends,
  ) {
    this.peer = new RTCPeerConnection({ iceServers, iceTransportPolicy: relayOnly ? "relay" : "all" });
    for (const track of local.getTracks()) this.peer.addTrack(track, local);
    this.peer.ontrack = ({ track }) => this.remote.addTrack(track);
    this.peer.onicecandidate = ({ candidate }) => {
      const { candidate: text = "", sdpMid = null, sdpMLineIndex = null } = candidate ?? {};
      if (text) ends.say({ candidate: { candidate: text, sdpMid, sdpMLineIndex } });
    };
    this.peer.onconnectionstatechange = () => {
      if (this.peer.connectionState === "connected") ends.onReached();
      if (this.peer.connectionState === "failed") ends.onBroken();
    };
  }

  async offer(): Promise<void> {
    await this.peer.setLocalDescription();
    this.sayDescription();
  }

  async take(part: Part): Promise<void> {
    if ("sdp" in part) {
      await this.peer.setRemoteDescription(part.sdp);
      const early = this.early;
      this.early = [];
      for (const candidate of early) await this.peer.addIceCandidate(candidate);
      if (part.sdp.type !== "offer") return;
      await this.peer.setLocalDescription();
      this.sayDescription();
    } else if (part.candidate) {
      if (this.peer.remoteDescription) await this.peer.addIceCandidate(part.candidate);
      else this.early.push(part.candidate);
    }
  }

  async figures(): Promise<Figures> {
    const figures: Figures = { audio: 0, video: 0, lost: 0, relayed: undefined };
    const report = await this.peer.getStats();
    const pairs: string[] = [];
    for (const stat of report.values()) {
      if (stat.type === "inbound-rtp" && (stat.kind === "audio" || stat.kind === "video")) {
        figures[stat.kind as "audio" | "video"] += stat.packetsReceived ?? 0;
        figures.lost += stat.packetsLost ?? 0;
      }
      if (stat.type === "transport" && stat.selectedCandidatePairId) pairs.push(stat.selectedCandidatePairId);
    }
    const pair = report.get(pairs[0] ?? "");
    if (pair) {
      const ways = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)];
      figures.relayed = ways.some((way) => way?.candidateType === "relay");
    }
    return figures;
  }

  close(): void {
    this.peer.onconnectionstatechange = null;
    this.peer.onicecandidate = null;
    this.peer.close();
  }

  private sayDescription(): void {
    const { type, sdp } = this.peer.localDescription ?? {};
    if (sdp && (type === "offer" || type === "answer")) this.ends.say({ sdp: { type, sdp } });
  }
}
