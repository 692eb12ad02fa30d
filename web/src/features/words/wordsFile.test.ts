import { describe, expect, it } from "vitest";
import { batches, fileOf, wordsOf } from "./wordsFile";

describe("files of words", () => {
  const list = [
    { Word: "casino", Action: "Block", Inside: false, Replacement: "" },
    { Word: "two words", Action: "Replace", Inside: true, Replacement: "***" },
    { Word: "사기", Action: "Mark", Inside: false, Replacement: "" },
    { Word: "赌场", Action: "Allow", Inside: true, Replacement: "" },
  ] as const;

  it("are read as they are written", () => {
    const text = fileOf(list);
    expect(text.split("\n")[0]).toBe("casino");
    expect(wordsOf(text, 50, 50)).toEqual({ words: list });
    expect(wordsOf(`\uFEFF${text.replaceAll("\n", "\r\n\r\n")}`, 50, 50)).toEqual({ words: list });
  });

  it("name the first line that is no word", () => {
    for (const wrong of ["a\tBan", "a\tBlock\tyes", `${"a".repeat(51)}`, `a\tReplace\t\t${"b".repeat(51)}`, "\tBlock"])
      expect(wordsOf(`fine\n\n${wrong}\n`, 50, 50)).toEqual({ line: 3 });
  });

  it("hold a word once, and go in parts", () => {
    expect(wordsOf("a\na\tMark\n", 50, 50)).toMatchObject({ words: [{ Word: "a", Action: "Mark" }] });
    const many = Array.from({ length: 4500 }, () => list[0]);
    expect(batches(many).map(({ length }) => length)).toEqual([2000, 2000, 500]);
  });
});
