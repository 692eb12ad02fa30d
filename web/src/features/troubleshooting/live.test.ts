import { expect, it } from "vitest";
import type { Trouble } from "./api";
import { gathered, MOST } from "./live";

const event = (EventId: number) => ({ EventId }) as Trouble;
const ids = (events: Trouble[]) => events.map(({ EventId }) => EventId);

it("puts the newest first, and each event once", () => {
  expect(ids(gathered([event(2), event(1)], [event(2), event(3), event(4)]))).toEqual([4, 3, 2, 1]);
});

it("keeps a bounded number", () => {
  const many = Array.from({ length: MOST + 5 }, (_, index) => event(index + 1));
  const kept = ids(gathered([], many));
  expect([kept.length, kept[0]]).toEqual([MOST, MOST + 5]);
});
