import type { Word } from "./api";

export const ACTIONS = ["Block", "Replace", "Mark", "Allow"] as const;
export const MAX_FILE = 8 * 1024 * 1024;
/** Words of one request: bodies hold a megabyte. */
const BATCH = 2000;

/** A line a word, with its action, `inside` and its replacement behind tabs where they are not the usual ones. */
export function fileOf(words: readonly Word[]): string {
  return words
    .map(({ Word, Action, Inside, Replacement }) =>
      [Word, Action, Inside ? "inside" : "", Replacement].join("\t").replace(/(\tBlock)?\t*$/, ""),
    )
    .map((line) => `${line}\n`)
    .join("");
}

export type Read = { words: Word[] } | { line: number };

/** The words of a file; `line`: the first that is none, counted from 1. Empty lines are passed over. */
export function wordsOf(text: string, wordMax: number, replacementMax: number): Read {
  const words = new Map<string, Word>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (!raw.trim()) continue;
    const [word = "", action = "", inside = "", replacement = "", ...more] = raw.split("\t").map((cell) => cell.trim());
    const Action = ACTIONS.find((one) => one === (action || "Block"));
    const long = [...word].length > wordMax || [...replacement].length > replacementMax;
    if (!word || long || !Action || !["", "inside"].includes(inside) || more.length) return { line: index + 1 };
    words.set(word, { Word: word, Action, Inside: inside === "inside", Replacement: replacement });
  }
  return { words: [...words.values()] };
}

export function batches(words: readonly Word[]): Word[][] {
  const found: Word[][] = [];
  for (let at = 0; at < words.length; at += BATCH) found.push(words.slice(at, at + BATCH));
  return found;
}
