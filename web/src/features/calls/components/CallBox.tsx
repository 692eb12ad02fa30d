import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { useFormat } from "../../../ui/format";
import type { Line, View } from "../line";
import type { Kind } from "../signal";
import "../calls.css";

/** Calls of one account with another: what can be done about them, and how they stand. */
export function CallBox({ line, user, peer }: { line: Line; user: string; peer: string }) {
  const { t } = useTranslation("calls");
  const view = useSyncExternalStore(line.watch, line.seen);
  const { phase } = view;
  const words = useId();
  return (
    <div className="call" role="group" aria-label={t("of", { user })} data-phase={phase.name}>
      <div className="row row--tight">
        <p id={words} className="grow" role="status">
          <Words view={view} user={user} />
        </p>
        {phase.name === "idle" && (
          <>
            <Button small onClick={() => void line.dial(peer, "audio")}>
              {t("voice")}
            </Button>
            <Button small onClick={() => void line.dial(peer, "video")}>
              {t("video")}
            </Button>
          </>
        )}
        {phase.name === "ringing" && (
          <Button small kind="primary" aria-describedby={words} onClick={() => void line.accept()}>
            {t("accept")}
          </Button>
        )}
        {phase.name !== "idle" && (
          <Button small kind="danger" onClick={() => line.hangUp()}>
            {t(END[phase.name])}
          </Button>
        )}
      </div>
      {phase.name === "talking" && <Talk view={view} kind={phase.call.kind} user={user} />}
    </div>
  );
}

const END = { calling: "cancel", ringing: "refuse", talking: "hangUp" } as const;

function Words({ view: { phase, reached }, user }: { view: View; user: string }) {
  const { t } = useTranslation("calls");
  const format = useFormat();
  if (phase.name === "idle") {
    if (!phase.outcome) return t("none");
    const said = t(`outcome.${phase.outcome}`);
    return phase.seconds === undefined ? said : `${said} · ${format.span(phase.seconds)}`;
  }
  const { caller, callee, kind } = phase.call;
  const peer = caller === user ? callee : caller;
  if (phase.name === "talking") return t(reached ? "talking" : "connecting", { peer });
  return t(`${phase.name}.${kind}` as const, { peer });
}

function Talk({ view: { local, remote, figures }, kind, user }: { view: View; kind: Kind; user: string }) {
  const { t } = useTranslation("calls");
  const format = useFormat();
  const [hears, setHears] = useState(false);
  const [off, setOff] = useState({ audio: false, video: false });
  const turn = (which: Kind) => {
    const tracks = which === "audio" ? local?.getAudioTracks() : local?.getVideoTracks();
    for (const track of tracks ?? []) track.enabled = off[which];
    setOff({ ...off, [which]: !off[which] });
  };
  return (
    <>
      <div className="call__pictures" hidden={kind === "audio"}>
        <Screen stream={remote} muted={!hears} label={t("remote", { user })} />
        <Screen stream={local} muted label={t("own", { user })} />
      </div>
      <div className="row row--tight">
        <Button small onClick={() => setHears(!hears)}>
          {t(hears ? "soundOff" : "soundOn")}
        </Button>
        <Button small onClick={() => turn("audio")}>
          {t(off.audio ? "microphoneOn" : "microphoneOff")}
        </Button>
        {kind === "video" && (
          <Button small onClick={() => turn("video")}>
            {t(off.video ? "cameraOn" : "cameraOff")}
          </Button>
        )}
      </div>
      {figures && (
        <p
          className="quiet call__figures"
          data-audio={figures.audio}
          data-video={figures.video}
          data-relayed={figures.relayed}
        >
          {t("figures", {
            audio: format.number(figures.audio),
            video: format.number(figures.video),
            lost: format.number(figures.lost),
          })}
          {figures.relayed !== undefined && ` · ${t(figures.relayed ? "relayed" : "direct")}`}
        </p>
      )}
    </>
  );
}

function Screen({ stream, muted, label }: { stream: MediaStream | undefined; muted: boolean; label: string }) {
  const screen = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (screen.current && stream) screen.current.srcObject = stream;
  }, [stream]);
  // A call has no captions.
  return <video ref={screen} autoPlay playsInline muted={muted} aria-label={label} />;
}
