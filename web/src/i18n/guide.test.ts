import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(__dirname, "..");
const repository = join(source, "../..");
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

interface Text {
  title: string;
  about: string;
  first?: string[];
  limits?: string[];
  clients?: string[];
  api: string[];
}

// The router is read as text: loading it would load every page.
const routed = [...read(source, "router.tsx").matchAll(/\bpage\(\s*"(\w+)",[^"]*import\("[^"]+"\),\s*"(\w+)"/g)].map(
  ([, feature, page]) => [feature ?? "", page ?? ""] as const,
);
const guide = (feature: string, language: string): Record<string, Text> => {
  const path = join(source, "features", feature, "guide", `${language}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
};
const languages = ["en", "ko", "zh"] as const;
const sentences = (text: Text) => [text.about, ...(text.first ?? []), ...(text.limits ?? []), ...(text.clients ?? [])];

describe("the guide", () => {
  it("knows the routes", () => {
    expect(routed.length).toBe([...read(source, "router.tsx").matchAll(/\bpage\(\s*"/g)].length);
    expect(routed.length).toBeGreaterThan(15);
  });

  it.each(routed)("teaches %s/%s in every language", (feature, page) => {
    for (const language of languages) {
      const text = guide(feature, language)[page];
      expect(text, `features/${feature}/guide/${language}.json lacks ${page}`).toBeTruthy();
      if (!text) continue;
      expect(text.title).toBeTruthy();
      expect(text.first?.length, `${language}: what to do first`).toBeGreaterThan(0);
      expect(sentences(text).length).toBeGreaterThanOrEqual(3);
      expect(sentences(text).length).toBeLessThanOrEqual(8);
    }
  });

  it("names the same calls in every language, and only calls that exist", () => {
    const actions = read(repository, "web/generated/schema.ts");
    const rest = read(repository, "docs/reference/rest.md");
    for (const [feature, page] of routed) {
      const calls = guide(feature, "en")[page]?.api ?? [];
      for (const language of languages) expect(guide(feature, language)[page]?.api).toEqual(calls);
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) expect(actions.includes(`"${call}"`) || rest.includes(call), call).toBe(true);
    }
  });

  it("has no text that no page shows", () => {
    for (const feature of new Set(routed.map(([name]) => name))) {
      const pages = routed.filter(([name]) => name === feature).map(([, page]) => page);
      expect(Object.keys(guide(feature, "en")).sort()).toEqual(pages.sort());
    }
  });
});
