import { expect, test } from "vitest";
import { inside } from "./tones";

test("a word whose script has no blanks is found inside others whatever is said", () => {
  for (const Word of ["스팸", "赌场", "かな", "โกง", "@spam", "𠮷野"])
    expect(inside({ Word, Inside: false })).toBe(true);
  for (const Word of ["casino", "Café", "казино", "42"]) {
    expect(inside({ Word, Inside: false })).toBe(false);
    expect(inside({ Word, Inside: true })).toBe(true);
  }
});
