import { byteLength } from "../../ui/format";
import { type Condition, MAX_BYTES, MAX_TAGS, tagsIn } from "./api";

export type Whom = "all" | "tags" | "attrs";

/** What a form holds of a condition. */
export interface Typed {
  whom: Whom;
  or: string;
  and: string;
  not: string;
  how: "AttrsAnd" | "AttrsOr";
  attrs: Record<string, string>;
}

export const EVERYONE: Typed = { whom: "all", or: "", and: "", not: "", how: "AttrsAnd", attrs: {} };

/** Which text is wrong with the tags of one field; empty: none. */
export function faultOf(text: string): "" | "tooMany" | "tooLong" {
  const tags = tagsIn(text);
  if (tags.length > MAX_TAGS) return "tooMany";
  return tags.some((tag) => byteLength(tag) > MAX_BYTES) ? "tooLong" : "";
}

/** Whether both conditions name a tag. */
export function inBoth({ or, and }: Typed): boolean {
  const first = new Set(tagsIn(or));
  return tagsIn(and).some((tag) => first.has(tag));
}

/** The condition as the server takes it; null: everyone. Undefined: nothing is chosen yet, or something is wrong. */
export function conditionOf(typed: Typed): Condition | null | undefined {
  if (typed.whom === "all") return null;
  if (typed.whom === "tags") {
    const [TagsOr, TagsAnd, TagsNot] = [typed.or, typed.and, typed.not].map(tagsIn);
    if (!TagsOr?.length && !TagsAnd?.length && !TagsNot?.length) return undefined;
    if ([typed.or, typed.and, typed.not].some(faultOf) || inBoth(typed)) return undefined;
    return { TagsOr, TagsAnd, TagsNot };
  }
  const chosen = Object.entries(typed.attrs).filter(([, value]) => value);
  if (!chosen.length || chosen.some(([, value]) => byteLength(value) > MAX_BYTES)) return undefined;
  return { [typed.how]: Object.fromEntries(chosen) };
}
