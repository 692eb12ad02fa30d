import type { Data } from "../../../api/client";

export type Ability = Data<"im/DescribeAbilityConfInfo">;
export type Profile = Data<"im/DescribeAccount">["Profile"];

export interface ProfileField {
  tag: string;
  /** Key under `field` in the texts; custom fields show their own name. */
  name: string;
  custom: boolean;
  type: "string" | "bytes" | "uint32" | "uint64";
  /** Bytes that a text may have. */
  max: number;
  /** All that the field takes, when it is an enumeration. */
  values: string[];
  /** Whether an administrator may change it. */
  writable: boolean;
}

/** In the order of the original's form; fields that the server adds come after them. */
const ORDER = [
  "Nick",
  "Gender",
  "BirthDay",
  "Location",
  "SelfSignature",
  "AllowType",
  "Language",
  "Image",
  "MsgSettings",
  "AdminForbidType",
  "Level",
  "Role",
];

/** Every field of a profile with its limits, as the server tells them. */
export function profileFields(ability: Ability): ProfileField[] {
  const place = (tag: string) => ORDER.indexOf(tag.replace("Tag_Profile_IM_", "")) + 1 || ORDER.length + 1;
  const standard = [...ability.Ranges.Profile].sort((a, b) => place(a.Tag) - place(b.Tag));
  return [
    ...standard.map(({ Tag, Type, MaxBytes, Values }) => ({
      tag: Tag,
      name: Tag.replace("Tag_Profile_IM_", ""),
      custom: false,
      type: Type,
      max: MaxBytes,
      values: Values,
      writable: true,
    })),
    ...ability.UserFields.map((field) => ({
      tag: `Tag_Profile_Custom_${field.Name}`,
      name: field.Name,
      custom: true,
      type: field.Type,
      max: ability.Ranges.CustomValueMax,
      values: [],
      writable: field.AdminWrite,
    })),
  ];
}

export const isNumber = (field: ProfileField) => field.type === "uint32" || field.type === "uint64";

const MAX = { uint32: 2n ** 32n - 1n, uint64: 2n ** 64n - 1n };

/** Whether a number field takes what was typed. */
export function numberFits(field: ProfileField, text: string): boolean {
  return /^\d*$/.test(text) && (text === "" || BigInt(text) <= MAX[field.type as keyof typeof MAX]);
}

/** 20010131 as 2001-01-31; anything else as it is. */
export function dayOf(value: string | number | undefined): string {
  const text = String(value ?? "");
  return /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : "";
}
