import { useEffect, useState } from "react";
import { useRead } from "../../api/hooks";
import type { Realtime } from "./api";
import { merged, type Now } from "./live";

/** Today's minutes of an app: read once, then told by the server as they come; asked for where it cannot tell. */
export function useLive(app: number) {
  const [now, setNow] = useState<Now>();
  const [deaf, setDeaf] = useState(false);
  const query = useRead("im/DescribeRealtimeStatistics", { SDKAppID: app }, { every: deaf ? 10_000 : false });
  const { data } = query;
  useEffect(() => {
    if (data) setNow((known) => merged(known, data));
  }, [data]);
  const ready = data !== undefined;
  useEffect(() => {
    if (!ready) return;
    const stream = new EventSource(`/console/live/statistics?SDKAppID=${app}`);
    const end = () => {
      stream.close();
      setDeaf(true);
    };
    stream.addEventListener("statistics", ({ data: text }) => {
      setDeaf(false);
      setNow((known) => merged(known, JSON.parse(text) as Realtime));
    });
    stream.addEventListener("refused", end);
    // It comes back by itself unless the server refused it.
    stream.addEventListener("error", () => (stream.readyState === EventSource.CLOSED ? end() : setDeaf(true)));
    return () => stream.close();
  }, [app, ready]);
  return { ...query, data: now, live: !deaf };
}
