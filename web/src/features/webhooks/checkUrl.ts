/** What is wrong with a callback URL, by the rules of the server; the name of a text under `wrong`. */
export type Wrong = "begin" | "blank" | "host" | "port" | "domain" | "long" | "signs" | "user" | "tooLong" | "";

const MAX_DOMAIN = 63;

export function checkUrl(url: string, max: number): Wrong {
  if (!url) return "";
  if (url.length > max) return "tooLong";
  if (!/^[\x21-\x7e]+$/.test(url)) return "blank";
  const found = /^https?:\/\/([^/?#]*)([^?#]*)/.exec(url);
  if (!found) return "begin";
  const [, place = "", path = ""] = found;
  if (place.includes("@") || url.includes("#")) return "user";
  const port = /:(\d*)$/.exec(place.replace(/^\[.*\]/, ""))?.[1];
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65535)) return "port";
  const host = place.startsWith("[") ? place : place.replace(/:\d*$/, "");
  if (!host) return "host";
  if (/[!$&]/.test(path)) return "signs";
  if (host.startsWith("[") || /^[0-9.]+$/.test(host)) return "";
  if (host.length > MAX_DOMAIN) return "long";
  const labels = host.replace(/\.$/, "").split(".");
  return labels.every((label) => /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(label)) ? "" : "domain";
}
