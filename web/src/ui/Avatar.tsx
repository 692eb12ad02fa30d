import { useState } from "react";
import "./avatar.css";

/** A user's picture; the first letter of the name where there is none or it cannot be loaded. */
export function Avatar({ src, name, size = 24 }: { src?: string; name: string; size?: number }) {
  const [broken, setBroken] = useState("");
  const style = { width: size, height: size, fontSize: size / 2 };
  // Pictures of users lie anywhere; only those that the page's security policy lets in are asked for. A page that came
  // over TLS gets none without.
  const shown = src?.startsWith("https://") || (src?.startsWith("http://") && location.protocol === "http:");
  const usable = shown && src !== broken;
  if (!usable) {
    return (
      <span className="avatar" style={style} aria-hidden="true">
        {[...name][0]?.toUpperCase() ?? "?"}
      </span>
    );
  }
  return (
    <img
      className="avatar"
      style={style}
      src={src}
      alt=""
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setBroken(src ?? "")}
    />
  );
}
