import { expect, it } from "vitest";
import { shown } from "./shown";

it.each([
  ["short", 10, "short", false],
  ["exactly 10", 10, "exactly 10", false],
  ["just over 10", 10, "just ov...", true],
  ["whatever it is", 0, "whatever it is", false],
  // As the server counts: a picture is two units, and is not broken.
  ["🚣🚣🚣🚣🚣🚣", 10, "🚣🚣🚣...", true],
])("shows %j of at most %i as %j", (text, most, as, cut) => expect(shown(text, most)).toEqual([as, cut]));
