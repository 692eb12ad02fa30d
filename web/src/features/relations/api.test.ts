import { describe, expect, it } from "vitest";
import { failureOf, PENDING } from "./api";

const item = (To_Account: string, ResultCode: number) => ({ To_Account, ResultCode, ResultInfo: "why" });

describe("failureOf", () => {
  it("finds nothing when all items worked or wait for the other side", () => {
    expect(failureOf({ ResultItem: [item("ann", 0), item("bea", PENDING)] })).toBeUndefined();
    expect(failureOf({ ResultItem: null })).toBeUndefined();
  });

  it("tells the first item that failed, with its code", () => {
    const error = failureOf({ ResultItem: [item("ann", 0), item("bea", 30010)] });
    expect(error?.body.ErrorCode).toBe(30010);
    expect(error?.message).toBe("bea: why");
  });
});
