import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import english from "./locale/en.json";
import { tipOf } from "./tipText";

let t: TFunction<"groups">;
beforeAll(async () => {
  await i18next.init({ lng: "en", resources: { en: { groups: english } }, interpolation: { escapeValue: false } });
  t = i18next.getFixedT("en", "groups");
});

const MINA = { UserId: "mina", NickName: "Mina" };
const say = (body: object) =>
  tipOf(
    [{ Operator_Account: "mina", MsgOperatorMemberExtraInfo: MINA, ...body }],
    t,
    (seconds) => `${seconds} seconds`,
  );
const about = (OpType: number, users: string[], more: object = {}) => ({ OpType, List_Account: users, ...more });

describe("a tip", () => {
  it.each([
    [about(1, ["mina"], { GroupJoinType: 1, MsgMemberExtraInfo: [MINA] }), "Mina (mina) joined"],
    [about(1, ["joon", "tom"], { GroupJoinType: 2 }), "Mina (mina) added joon, tom"],
    [about(1, ["joon"], { GroupJoinType: 1 }), "Mina (mina) let joon in"],
    [about(2, ["mina"]), "Mina (mina) left"],
    [about(3, ["tom"], { MemberExtraInfo: { Reason: "spam" } }), "Mina (mina) removed tom (spam)"],
    [about(4, ["tom"]), "Mina (mina) made an admin: tom"],
    [about(5, ["tom"]), "Mina (mina) took back the role of admin: tom"],
    [
      about(6, [], { MsgGroupNewInfo: { GroupName: "Dawn", GroupFaceUrl: "" } }),
      "Mina (mina) changed Name: Dawn, Picture",
    ],
    [about(6, [], { MsgGroupNewInfo: { Owner_Account: "tom" } }), "Mina (mina) handed the group over to tom"],
    [about(6, [], { MsgGroupNewInfo: { ShutupAll: 1 } }), "Mina (mina) muted everyone"],
    [about(6, [], { MsgGroupNewInfo: { ShutupAll: 0 } }), "Mina (mina) let everyone write again"],
    [
      about(7, ["tom"], { MsgMemberInfo: [{ User_Account: "tom", ShutupTime: 60 }] }),
      "Mina (mina) muted tom (60 seconds)",
    ],
    [
      about(7, ["tom"], { MsgMemberInfo: [{ User_Account: "tom", ShutupTime: 4294967295 }] }),
      "Mina (mina) muted tom (For ever)",
    ],
    [about(7, ["tom"], { MsgMemberInfo: [{ User_Account: "tom", ShutupTime: 0 }] }), "Mina (mina) let tom write again"],
    [about(10, ["tom"]), "Mina (mina) banned tom"],
    [about(2, ["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more left"],
  ])("says what happened: %j", (body, text) => {
    expect(say(body)).toBe(text);
  });

  it("says nothing of what it does not know", () => {
    expect(say({ OpType: 99 })).toBe("");
    expect(tipOf([], t, String)).toBe("");
  });
});
