import { describe, expect, it } from "vitest";
import { MAX_FILE, readAccountFile } from "./accountFile";

const bytes = (...codes: number[]) => new Blob([new Uint8Array(codes)]);
const HEAD = [..."UserID,Nick\nu1,"].map((letter) => letter.charCodeAt(0));

describe("a file of accounts", () => {
  it("is read as UTF-8, with or without its mark", async () => {
    expect(await readAccountFile(new Blob(["UserID\n민수 伟 結衣"]))).toEqual({ text: "UserID\n민수 伟 結衣" });
    expect(await readAccountFile(new Blob(["\ufeffUserID"]))).toEqual({ text: "UserID" });
  });

  it.each([
    ["EUC-KR", [0xb9, 0xce, 0xbc, 0xf6]],
    ["GBK", [0xce, 0xb0, 0xb4, 0xf3, 0xb5, 0xc4]],
    ["Shift-JIS", [0x8c, 0x8b, 0x88, 0xdf]],
    ["Latin-1", [0xe9, 0x74, 0xe9]],
    ["a cut letter", [0xed, 0x95]],
  ])("is refused in %s", async (_, codes) => {
    expect(await readAccountFile(bytes(...HEAD, ...codes))).toEqual({ fault: "notUtf8" });
  });

  it("is refused in UTF-16", async () => {
    expect(await readAccountFile(bytes(0xff, 0xfe, 0x55, 0))).toEqual({ fault: "notUtf8" });
  });

  it("is not even read when it is too large", async () => {
    const huge = { size: MAX_FILE + 1, arrayBuffer: () => Promise.reject(new Error("read")) } as unknown as Blob;
    expect(await readAccountFile(huge)).toEqual({ fault: "tooLarge" });
  });
});
