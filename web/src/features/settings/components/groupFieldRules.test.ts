import { describe, expect, it } from "vitest";
import { groupFieldMistake } from "./groupFieldRules";

describe("the name of a custom field of groups", () => {
  it.each([
    ["", undefined],
    ["level_2", undefined],
    ["_x", undefined],
    ["2level", "form"],
    ["a-b", "form"],
    ["등급", "form"],
    ["Color", "taken"],
  ])("%s", (name, mistake) => expect(groupFieldMistake(name, ["Color"])).toBe(mistake));
});
