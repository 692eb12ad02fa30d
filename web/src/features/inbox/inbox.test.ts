import { expect, it } from "vitest";
import { AT_ONCE, type Caught, curl, type Held, MOST, merged, NOTHING } from "./api";

const request = (number: number) => ({ Number: number }) as Caught;
const answer = (numbers: number[], Oldest = 1, Began = 7) => ({ Requests: numbers.map(request), Oldest, Began });
const numbers = (held: Held) => held.requests.map((one) => one.Number);

it("puts what is new before what is known, each once", () => {
  const first = merged(NOTHING, answer([2, 1]));
  expect(numbers(merged(first, answer([4, 3, 2])))).toEqual([4, 3, 2, 1]);
});

it("drops what the server has forgotten, and all of a server that has started anew", () => {
  const first = merged(NOTHING, answer([3, 2, 1]));
  expect(numbers(merged(first, answer([], 3)))).toEqual([3]);
  expect(numbers(merged(first, answer([], 4)))).toEqual([]);
  expect(numbers(merged(first, answer([1], 1, 8)))).toEqual([1]);
});

it("shows no gap as if nothing were missing, and a bounded number", () => {
  const many = Array.from({ length: AT_ONCE }, (_, index) => 500 - index);
  expect(numbers(merged(merged(NOTHING, answer([1])), answer(many)))).toEqual(many);
  let held = NOTHING;
  for (let last = 1; last <= MOST + 10; last += 10) {
    held = merged(held, answer(Array.from({ length: 10 }, (_, index) => last + 9 - index)));
  }
  expect(held.requests.length).toBe(MOST);
});

it("writes a request as a line for a shell", () => {
  const Headers = [{ Name: "Content-Type", Value: "application/json" }];
  const text = curl({ Url: "http://a/?b=1&c=2", Headers, Body: `{"Text":"it's"}` } as Caught);
  expect(text).toBe(
    `curl -X POST 'http://a/?b=1&c=2' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{"Text":"it'\\''s"}'`,
  );
});
