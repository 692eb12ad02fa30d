import { describe, expect, it } from "vitest";
import { fieldNameMistake } from "./components/fieldRules";

describe("fieldNameMistake", () => {
  it.each([
    ["", undefined],
    ["Level", undefined],
    ["Level1", "letters"],
    ["이름", "letters"],
    ["NineLetters", "long"],
    ["City", "taken"],
  ])("%j: %j", (name, mistake) => {
    expect(fieldNameMistake(name, 8, ["City"])).toBe(mistake);
  });
});
