import type { Realtime, Series } from "./api";

export type Point = [minute: number, total: number, success: number];
export interface Now extends Omit<Realtime, "Lines"> {
  /** By series, then by line. */
  lines: Map<Series, Map<string, Point[]>>;
}

/** What is known with what is new: points of the same minute are replaced, other lines stay as they are. */
export function merged(known: Now | undefined, news: Realtime): Now {
  const { Lines, ...rest } = news;
  const same = known?.DayStart === news.DayStart ? known : undefined;
  const lines = new Map(same?.lines);
  const fresh = new Set<Series>();
  for (const { Series, Line, Points } of Lines) {
    const ofSeries = fresh.has(Series) ? lines.get(Series) : new Map(lines.get(Series));
    if (!ofSeries) continue;
    fresh.add(Series);
    lines.set(Series, ofSeries);
    ofSeries.set(Line, joined(ofSeries.get(Line) ?? [], Points as Point[]));
  }
  return { ...rest, lines };
}

function joined(old: Point[], news: Point[]): Point[] {
  const first = news[0]?.[0];
  if (first === undefined) return old;
  const taken = new Set(news.map(([minute]) => minute));
  const kept = old.filter(([minute]) => !taken.has(minute));
  return [...kept, ...news].sort((a, b) => a[0] - b[0]);
}

export interface Sums {
  total: number;
  success: number;
}

export function sumsOf(points: Point[]): Sums {
  let [total, success] = [0, 0];
  for (const [, all, good] of points) {
    total += all;
    success += good;
  }
  return { total, success };
}

/** Points of a chart of numbers: unix milliseconds and how many, 0 in minutes of which nothing was told. */
export function countsOf(points: Point[], start: number, now: number, step: number): [number, number][] {
  const by = new Map(points.map(([minute, total]) => [minute, total]));
  const found: [number, number][] = [];
  const last = Math.floor(now / 60);
  for (let minute = Math.floor(start / 60); minute <= last; minute += step) {
    found.push([minute * 60_000, by.get(minute) ?? 0]);
  }
  return found;
}

/** Points of a chart of success: unix milliseconds and per cent, where there was anything at all. */
export const ratesOf = (points: Point[]): [number, number][] =>
  points
    .filter(([, total]) => total > 0)
    .map(([minute, total, success]) => [minute * 60_000, Math.round((success / total) * 10_000) / 100]);
