import { describe, expect, it } from "vitest";
import { tagsIn } from "./api";
import { conditionOf, EVERYONE, faultOf, type Typed } from "./audience";

const typed = (some: Partial<Typed>): Typed => ({ ...EVERYONE, ...some });

describe("whom a push is for", () => {
  it("is everyone, tags or attributes, never both", () => {
    expect(conditionOf(typed({ or: "a" }))).toBeNull();
    expect(conditionOf(typed({ whom: "tags", or: "a, b，a", not: "c", attrs: { tier: "gold" } }))).toEqual({
      TagsOr: ["a", "b"],
      TagsAnd: [],
      TagsNot: ["c"],
    });
    expect(conditionOf(typed({ whom: "attrs", attrs: { tier: "gold", city: "" }, how: "AttrsOr" }))).toEqual({
      AttrsOr: { tier: "gold" },
    });
  });

  it("is unknown while nothing is chosen or something is wrong", () => {
    expect(conditionOf(typed({ whom: "tags" }))).toBeUndefined();
    expect(conditionOf(typed({ whom: "attrs", attrs: { city: "" } }))).toBeUndefined();
    expect(conditionOf(typed({ whom: "tags", or: "a", and: "a" }))).toBeUndefined();
    expect(conditionOf(typed({ whom: "tags", or: "가".repeat(17) }))).toBeUndefined();
    expect(faultOf(Array.from({ length: 11 }, (_, n) => n).join())).toBe("tooMany");
    expect(tagsIn("한강\n river , ")).toEqual(["한강", "river"]);
  });
});
