import type { Day } from "./api";

export const SPANS = [7, 14, 30] as const;
/** Of a free range: the server reads one day more, with which the first is compared. */
export const MOST_DAYS = 365;
const DAY = 86_400_000;

export type Range = { days: number } | { from: string; to: string };

/** A date as the server writes it, some days away from another. */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Days from one date to another, both counted; NaN when one is none. */
export const daysOf = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY + 1;

/** The range that the address names. */
export function rangeOf(span: string, from: string, to: string): Range {
  const count = daysOf(from, to);
  if (span === "free" && count >= 1 && count <= MOST_DAYS) return { from, to };
  return { days: SPANS.find((one) => String(one) === span) ?? SPANS[0] };
}

/**
 * What to ask the server for: what is shown and the day before, with which the first is compared. Which day an app is at
 * only the server knows: the last days are asked generously.
 */
export function askedOf(range: Range, now: number): { From: string; To: string } {
  if ("from" in range) return { From: dateAfter(range.from, -1), To: range.to };
  const today = new Date(now).toISOString().slice(0, 10);
  return { From: dateAfter(today, -range.days - 2), To: dateAfter(today, 1) };
}

export interface Row extends Day {
  before: Day | undefined;
}

/** The days that are shown, each with the one before it. Days that are not over are left out unless they are asked for. */
export function rowsOf(days: Day[], range: Range, upTo: string): Row[] {
  const rows = days.map((day, index) => ({ ...day, before: days[index - 1] }));
  if ("from" in range) return rows.filter(({ Date: date }) => date >= range.from && date <= range.to);
  return rows.filter(({ Date: date }) => date <= upTo && date > dateAfter(upTo, -range.days));
}

/** By how much a number changed, as a part of what it was; undefined where nothing can be said. */
export function changeOf(value: number, before: number | null | undefined): number | undefined {
  if (before === null || before === undefined) return undefined;
  if (before === 0) return value === 0 ? 0 : undefined;
  return (value - before) / before;
}

/** Whether the numbers of a day are known. */
export const isKnown = (day: Day | undefined): day is Day => day !== undefined && day.State !== "none";
