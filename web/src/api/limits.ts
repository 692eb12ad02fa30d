import { LIMITS } from "../../generated/schema";
import type { Action } from "./client";

export interface Limit {
  min: number;
  max: number;
}

type Stated = Record<string, { min?: number; max?: number; nullable?: boolean }>;

/**
 * What the server's schema allows for a field of a request: letters of a text, values of a number, entries of a list.
 * A field without a limit in the schema throws: a form must not invent one.
 */
export function limitOf(action: Action, field: string): Limit {
  const limit = (LIMITS as Stated)[`${action}.${field}`];
  if (limit?.max === undefined) throw new Error(`the schema has no limit for ${action} ${field}`);
  return { min: limit.min ?? 0, max: limit.max };
}

/** Whether a field with a limit takes null, which for a limit of an app means that there is none. */
export const takesNull = (action: Action, field: string): boolean =>
  (LIMITS as Stated)[`${action}.${field}`]?.nullable ?? false;
