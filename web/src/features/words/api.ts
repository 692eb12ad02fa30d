import type { Data } from "../../api/client";
import { call } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type Word = Data<"im/DescribeDirtyWords">["Words"][number];
export type Tried = Data<"im/SearchDirtyWords">;

const LISTS = ["im/DescribeDirtyWords"] as const;

export const useWordList = (SDKAppID: number, Cursor: string, Limit: number) =>
  useRead("im/DescribeDirtyWords", { SDKAppID, Cursor, Limit }, { keep: true });
export const useAddWords = () => useChange("im/AddDirtyWords", [...LISTS]);
export const useDeleteWords = () => useChange("im/DeleteDirtyWords", [...LISTS]);
export const useTryText = () => useChange("im/SearchDirtyWords");

/** The whole list, part by part. */
export async function allWords(SDKAppID: number): Promise<Word[]> {
  const found: Word[] = [];
  let cursor = "";
  do {
    const part = await call("im/DescribeDirtyWords", { SDKAppID, Cursor: cursor, Limit: 1000 });
    found.push(...part.Words);
    cursor = part.Cursor;
  } while (cursor);
  return found;
}
