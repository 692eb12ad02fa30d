import { expect, it } from "vitest";
import { subjectOf } from "./subject";

it.each([
  [{ From_Account: "ann", To_Account: "bea" }, "ann → bea"],
  [{ From_Account: "ann", GroupId: "@TGS#1", Operator_Account: "root" }, "ann → @TGS#1"],
  [{ Operator_Account: "root", GroupId: "@TGS#1" }, "root → @TGS#1"],
  [{ To_Account: "bea" }, "bea"],
  [{ From_Account: "ann", To_Account: "ann" }, "ann"],
  [{ From_Account: ["ann"], Info: { To_Account: "bea" } }, ""],
])("says of %j whom it is about: %j", (body, said) => expect(subjectOf(JSON.stringify(body))).toBe(said));

it.each(["", "null", "[1]", "{half"])("says nothing of %j", (request) => expect(subjectOf(request)).toBe(""));
