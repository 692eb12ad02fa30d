import { describe, expect, it } from "vitest";
import { checkUrl } from "./checkUrl";

describe("a callback URL", () => {
  it.each([
    ["", ""],
    ["https://back.example/im?own=$1", ""],
    ["http://127.0.0.1:8080", ""],
    ["http://[::1]:8080/im", ""],
    ["ftp://back.example", "begin"],
    ["back.example", "begin"],
    ["https://back.example/a b", "blank"],
    ["https://", "host"],
    ["https://back.example:0/", "port"],
    ["https://back.example:70000", "port"],
    ["https://-back.example", "domain"],
    ["https://ba--ck.example", "domain"],
    ["https://back_end.example", "domain"],
    [`https://${"a".repeat(60)}.com`, "long"],
    ["https://back.example/pay!", "signs"],
    ["https://me@back.example/", "user"],
    ["https://back.example/#x", "user"],
    [`https://back.example/${"a".repeat(1024)}`, "tooLong"],
  ])("%s: %s", (url, wrong) => expect(checkUrl(url, 1024)).toBe(wrong));
});
