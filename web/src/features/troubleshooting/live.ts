import { useEffect, useRef, useState } from "react";
import type { Trouble } from "./api";

export const MOST = 200;
export interface Refusal {
  Code: string;
  Message: string;
}
export type Status = "connecting" | "open" | "ended" | Refusal;

/** Newest first, each once, at most `MOST`. */
export function gathered(events: Trouble[], more: Trouble[]): Trouble[] {
  const known = new Set(events.map(({ EventId }) => EventId));
  const fresh = more.filter(({ EventId }) => !known.has(EventId));
  return [...fresh.reverse(), ...events].slice(0, MOST);
}

/**
 * Events as the server tells of them; the browser itself connects again. While paused they wait, up to `MOST` of them.
 */
export function useLive(app: number, filters: Record<string, string>, paused: boolean) {
  const [events, setEvents] = useState<Trouble[]>([]);
  const [waiting, setWaiting] = useState<Trouble[]>([]);
  const [status, setStatus] = useState<Status>("connecting");
  const held = useRef(paused);
  held.current = paused;
  const query = new URLSearchParams({ SDKAppID: String(app), ...filters }).toString();
  useEffect(() => {
    setEvents([]);
    setWaiting([]);
    setStatus("connecting");
    const source = new EventSource(`/console/live/troubleshooting?${query}`);
    const end = (status: Status) => {
      source.close();
      setStatus(status);
    };
    source.onopen = () => setStatus("open");
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data) as Trouble;
      (held.current ? setWaiting : setEvents)((before) => gathered(before, [event]));
    };
    source.onerror = () => setStatus(source.readyState === EventSource.CLOSED ? "ended" : "connecting");
    source.addEventListener("end", () => end("ended"));
    source.addEventListener("refused", ({ data }) => end(JSON.parse(data) as Refusal));
    return () => source.close();
  }, [query]);
  useEffect(() => {
    if (paused) return;
    setEvents((before) => [...waiting, ...before].slice(0, MOST));
    setWaiting([]);
    // What waited is taken once, when the pause ends.
  }, [paused]);
  return { events, waiting: waiting.length, status, clear: () => setEvents([]) };
}
