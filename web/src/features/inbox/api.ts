import { useEffect, useState } from "react";
import { ApiError, call, type Data, type Request } from "../../api/client";

type Answer = Data<"im/DescribeDevelopmentInbox">;
export type Caught = Answer["Requests"][number];
export type Kind = NonNullable<Request<"im/DescribeDevelopmentInbox">["Kind"]>;
export const KINDS = ["callback", "push"] as const;
/** Requests that the page shows. */
export const MOST = 200;
/** Requests of one answer. */
export const AT_ONCE = 100;
const EVERY_MS = 1000;

export interface Held {
  began: number;
  requests: Caught[];
}
export const NOTHING: Held = { began: 0, requests: [] };

/** Newest first. What the server has forgotten goes; after a full answer older ones may be missing in between, and go, too. */
export function merged(held: Held, { Requests, Oldest, Began }: Answer): Held {
  const kept = held.began === Began && Requests.length < AT_ONCE ? held.requests : [];
  const known = new Set(kept.map((one) => one.Number));
  const fresh = Requests.filter((one) => !known.has(one.Number));
  const requests = [...fresh, ...kept].filter((one) => one.Number >= Oldest).slice(0, MOST);
  return { began: Began, requests };
}

const passing = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 500);

/** What the inbox holds, asked every second for what is new. A refusal ends the asking; `again` begins it anew. */
export function useInbox(app: number, kind: Kind, text: string) {
  const [held, setHeld] = useState<Held>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  // Another turn asks anew.
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    let known = NOTHING;
    setHeld(undefined);
    const look = async () => {
      const asked = { SDKAppID: app, Kind: kind, Text: text, After: known.requests[0]?.Number ?? 0, Limit: AT_ONCE };
      try {
        let answer = await call("im/DescribeDevelopmentInbox", asked, stop.signal);
        // Numbers of a server that has started anew are smaller: it is asked once more for all it has.
        if (known.began && answer.Began !== known.began) {
          answer = await call("im/DescribeDevelopmentInbox", { ...asked, After: 0 }, stop.signal);
        }
        known = merged(known, answer);
        setHeld(known);
        setError(undefined);
      } catch (failed) {
        if (stop.signal.aborted) return;
        setError(failed);
        if (!passing(failed)) return;
      }
      timer = window.setTimeout(look, EVERY_MS);
    };
    void look();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [app, kind, text, turn]);
  return { requests: held?.requests, error, again: () => setTurn((before) => before + 1) };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a line for a shell: a receiver of one's own can be tried with it. */
export const curl = ({ Url, Headers, Body }: Caught) =>
  [
    `curl -X POST ${quoted(Url)}`,
    ...Headers.map(({ Name, Value }) => `-H ${quoted(`${Name}: ${Value}`)}`),
    `--data-raw ${quoted(Body)}`,
  ].join(" \\\n  ");
