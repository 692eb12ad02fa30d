import type { Ability } from "../api";

export type TypeOfGroup = Ability["GroupFields"][number]["Rights"][number]["Type"];
export type Level = Ability["GroupFields"][number]["Rights"][number]["Read"];
export interface Right {
  Type: TypeOfGroup;
  Read: Level;
  Write: Level;
  /** Of a member's field. */
  Own?: boolean;
}

export const TYPES: TypeOfGroup[] = ["Private", "Public", "ChatRoom", "AVChatRoom", "Community"];
/** Each includes those behind it. */
export const LEVELS: Level[] = ["anyone", "member", "admin", "owner", "app"];

/** Why a name cannot be that of a new field: the server's rules, told before it is asked. */
export function groupFieldMistake(name: string, taken: string[]): "form" | "taken" | undefined {
  if (name && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "form";
  return taken.includes(name) ? "taken" : undefined;
}
