import { render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { ErrorNote } from "./ErrorNote";
import { keyOf, WORD_SPACES } from "./words";

const LANGUAGES = ["en", "ko", "zh"] as const;
type Language = (typeof LANGUAGES)[number];

async function texts(language: Language) {
  const spaces = await Promise.all(WORD_SPACES.map((space) => import(`../locale/${space}/${language}.json`)));
  const common = await import(`../locale/${language}.json`);
  return Object.fromEntries([
    ["common", common.default],
    ...WORD_SPACES.map((space, index) => [space, spaces[index].default]),
  ]);
}

beforeAll(async () => {
  const resources = Object.fromEntries(
    await Promise.all(LANGUAGES.map(async (language) => [language, await texts(language)])),
  );
  const interpolation = { escapeValue: false };
  await i18next.use(initReactI18next).init({ lng: "en", resources, defaultNS: "common", interpolation });
});
beforeEach(() => void i18next.changeLanguage("en"));

const refusal = (body: Partial<ApiError["body"]>) =>
  new ApiError(400, "req-7", { Code: "InvalidParameter", Message: "the server's English", ...body });
const range = refusal({ Detail: "NumberRange", Params: { Field: "HistoryDays", Least: 1, Most: 3650 } });

describe("a refusal", () => {
  it.each([
    ["en", "Message history, days must be from 1 to 3,650"],
    ["ko", "메시지 기록 저장 기간(일): 1~3,650 사이여야 합니다"],
    ["zh", "消息保存天数须在 1 至 3,650 之间"],
  ] as const)("is said in %s, with its values, the field by its name, and no English", async (language, text) => {
    await i18next.changeLanguage(language);
    render(<ErrorNote error={range} />);
    expect(screen.getByText(text)).toBeTruthy();
    expect(screen.queryByText("the server's English")).toBeNull();
    expect(screen.getByText("req-7")).toBeTruthy();
  });

  it("shows the server's words where the rule has no text, marked as such", () => {
    render(<ErrorNote error={refusal({ Code: "FailedOperation.Later" })} />);
    expect(screen.getByText("The server refused this")).toBeTruthy();
    expect(screen.getByText("The server's words:")).toBeTruthy();
    expect(screen.getByText("the server's English").tagName).toBe("CODE");
    expect(screen.getByText("FailedOperation.Later")).toBeTruthy();
  });

  it("is never only a code, not even one that nobody knows", () => {
    render(<ErrorNote error={refusal({ Code: "Strange.Thing" })} />);
    expect(screen.getByText(/a code that this console does not know/)).toBeTruthy();
    expect(screen.getByText("the server's English")).toBeTruthy();
  });

  it("tells an answer of a proxy by its status", () => {
    render(<ErrorNote error={new ApiError(502, "", { Code: "Http502", Message: "Bad Gateway" })} />);
    expect(screen.getByText(/HTTP status 502/)).toBeTruthy();
  });
});

describe("keyOf", () => {
  it("takes the rule before the number, the number before the code, the code before its class", () => {
    expect(keyOf({ Code: "ResourceInUse", Detail: "AppBeingDeleted", ErrorCode: 60016 }).key).toBe(
      "refusals:AppBeingDeleted",
    );
    expect(keyOf({ Code: "FailedOperation", ErrorCode: 30003 })).toEqual({ key: "numbers:30003", exact: false });
    expect(keyOf({ Code: "FailedOperation", ErrorCode: 30003, Detail: "30003" }).exact).toBe(true);
    expect(keyOf({ Code: "FailedOperation", ErrorCode: 12345 }).key).toBe("numbers:other");
    expect(keyOf({ Code: "InvalidParameter.GroupFull" }).key).toBe("refusals:InvalidParameter_GroupFull");
    expect(keyOf({ Code: "LimitExceeded.Unheard" }).key).toBe("refusals:LimitExceeded");
    expect(keyOf({ Detail: "JobErased" }).key).toBe("results:JobErased");
  });
});

describe("one word, one thing", () => {
  const every = (node: unknown, path = ""): [string, string][] =>
    typeof node === "string"
      ? [[path, node]]
      : Object.entries(node as object).flatMap(([name, part]) => every(part, `${path}.${name}`));

  it("in Korean: a statement is no syntax, and the page of jobs is not called as the actions of policies are", async () => {
    const access = (await import("../features/access/locale/ko.json")).default;
    const said = every(access);
    const statements = said.filter(([path]) => /statement/i.test(path));
    expect(said.some(([, text]) => text.includes("성명문"))).toBe(true);
    expect(statements.filter(([, text]) => text.includes("구문"))).toEqual([]);
    const common = (await import("../locale/ko.json")).default;
    expect(common.nav.jobs).not.toContain("작업");
  });

  it("in Korean: a key is withdrawn with another word than a message", async () => {
    const catalog = (await import("../locale/catalog/ko.json")).default;
    const refusals = (await import("../locale/refusals/ko.json")).default;
    const keys = [...every(catalog), ...every(refusals)].filter(([, text]) => /키/.test(text));
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter(([, text]) => text.includes("회수"))).toEqual([]);
  });
});
