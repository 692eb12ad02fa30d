import { LIMITS } from "../../generated/schema";
import type { Action } from "./client";

export interface Limit {
  min: number;
  max: number;
}

/**
 * What the server's schema allows for a field of a request: letters of a text, values of a number, entries of a list.
 * A field without a limit in the schema throws: a form must not invent one.
 */
export function limitOf(action: Action, field: string): Limit {
  const limit = (LIMITS as Record<string, { min?: number; max?: number }>)[`${action}.${field}`];
  if (limit?.max === undefined) throw new Error(`the schema has no limit for ${action} ${field}`);
  return { min: limit.min ?? 0, max: limit.max };
}
