import { expect, it } from "vitest";
import { newest, type Sensitive } from "./sensitive";

const event = (EventId: number, Time: number) => ({ EventId, Time }) as Sensitive;

it("puts several lists into one, newest first, and keeps no more than asked for", () => {
  const found = newest(
    [
      [event(4, 40), event(1, 10)],
      [event(3, 30), event(2, 10)],
    ],
    3,
  );
  expect(found.map(({ EventId }) => EventId)).toEqual([4, 3, 2]);
});
