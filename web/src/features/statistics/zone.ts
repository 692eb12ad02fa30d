const FIXED = /^([+-])(\d\d):(\d\d)$/;

/** Minutes by which a time zone (`+05:45`, `Europe/Berlin`) is ahead of UTC at a moment, in unix milliseconds. */
export function offsetOf(zone: string, at: number): number {
  const [, sign, hours, minutes] = FIXED.exec(zone) ?? [];
  if (sign) return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const parts = clockOf(zone).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const there = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return Math.round((there - Math.floor(at / 60_000) * 60_000) / 60_000);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    const wanted = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
    try {
      clock = new Intl.DateTimeFormat("en-GB", { ...wanted, hourCycle: "h23", timeZone: zone });
    } catch {
      // A name that the server knows and this browser does not.
      clock = new Intl.DateTimeFormat("en-GB", { ...wanted, hourCycle: "h23", timeZone: "UTC" });
    }
    clocks.set(zone, clock);
  }
  return clock;
}

/** Hour and minute on the clocks of a time zone. */
export const wallTime = (zone: string, at: number): string =>
  new Date(at + offsetOf(zone, at) * 60_000).toISOString().slice(11, 16);
