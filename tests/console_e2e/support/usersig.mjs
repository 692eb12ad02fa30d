// UserSigs as an app's own server makes them, also wrong ones (client-protocol: version 2.0, HMAC-SHA256).
import { createHmac } from "node:crypto";
import { deflateSync } from "node:zlib";

/** `ago`: seconds since it was made; `expire`: its lifetime. */
export function usersig(app, key, user, { ago = 0, expire = 86400 } = {}) {
  const at = Math.floor(Date.now() / 1000) - ago;
  const lines = { "TLS.identifier": user, "TLS.sdkappid": app, "TLS.time": at, "TLS.expire": expire };
  const text = Object.entries(lines).map(([name, value]) => `${name}:${value}\n`).join("");
  const document = { "TLS.ver": "2.0", ...lines, "TLS.sig": createHmac("sha256", key).update(text).digest("base64") };
  const safe = { "+": "*", "/": "-", "=": "_" };
  return deflateSync(JSON.stringify(document)).toString("base64").replace(/[+/=]/g, (one) => safe[one]);
}
