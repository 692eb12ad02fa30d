import { describe, expect, it } from "vitest";
import { type Ability, dayOf, numberFits, profileFields } from "./components/profileFields";

const ability = {
  Ranges: {
    Profile: [
      { Tag: "Tag_Profile_IM_Role", Type: "uint32", MaxBytes: 500, Values: [] },
      { Tag: "Tag_Profile_IM_Nick", Type: "string", MaxBytes: 500, Values: [] },
    ],
    CustomValueMax: 500,
  },
  UserFields: [{ Name: "Boat", Type: "string", AppRead: true, AppWrite: true, AdminRead: true, AdminWrite: false }],
} as unknown as Ability;

describe("profileFields", () => {
  it("keeps the order of the original and puts custom fields last", () => {
    expect(profileFields(ability).map(({ name }) => name)).toEqual(["Nick", "Role", "Boat"]);
  });

  it("knows what an administrator may not write", () => {
    expect(profileFields(ability).find(({ name }) => name === "Boat")?.writable).toBe(false);
  });
});

describe("values", () => {
  it("numbers fit their type, to the last digit", () => {
    const [, role] = profileFields(ability);
    if (!role) throw new Error("no field");
    expect(numberFits(role, "4294967295")).toBe(true);
    expect(numberFits(role, "4294967296")).toBe(false);
    expect(numberFits({ ...role, type: "uint64" }, "18446744073709551615")).toBe(true);
    expect(numberFits({ ...role, type: "uint64" }, "18446744073709551616")).toBe(false);
    expect(numberFits(role, "1e3")).toBe(false);
  });

  it("a birthday of eight digits is a day", () => {
    expect(dayOf(20010131)).toBe("2001-01-31");
    expect(dayOf(7)).toBe("");
  });
});
