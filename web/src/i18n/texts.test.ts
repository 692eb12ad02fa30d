import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(__dirname, "..");
const LANGUAGES = ["ko", "en", "zh"] as const;
type Node = string | { [key: string]: Node };
const read = (folder: string, language: string): Node =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), "utf8"));

/** Path and text of everything in a file; the forms of a plural count as one. */
function flat(node: Node, path = ""): [string, string][] {
  if (typeof node === "string") return [[path.replace(/_(one|other)$/, ""), node]];
  return Object.entries(node).flatMap(([key, value]) => flat(value, path ? `${path}.${key}` : key));
}

const features = readdirSync(join(source, "features"));
const folders = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
/** Namespace, the folder of its texts, and the folder whose code names its keys, if any does. */
const spaces = [
  ["common", join(source, "locale"), source],
  ...folders(join(source, "locale")).map((name) => [name, join(source, "locale", name), ""]),
  ...features.map((name) => [name, join(source, "features", name, "locale"), join(source, "features", name)]),
  ...features.map((name) => [`guide/${name}`, join(source, "features", name, "guide"), ""]),
] as [string, string, string][];
const own = spaces.filter(([, folder]) => {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
});
const common = new Set(flat(read(join(source, "locale"), "en")).map(([path]) => path));

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes(".test."))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.each(own)("texts of %s", (name, folder, code) => {
  const english = flat(read(folder, "en"));
  const known = new Set(english.map(([path]) => path));

  it.each(LANGUAGES)("are complete in %s", (language) => {
    const paths = new Set(flat(read(folder, language)).map(([path]) => path));
    expect([...paths].sort()).toEqual([...known].sort());
  });

  it.each(LANGUAGES)("fill the same places in %s", (language) => {
    const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]);
    const of = new Map(english.map(([path, text]) => [path, places(text)]));
    for (const [path, text] of flat(read(folder, language))) {
      for (const place of places(text)) {
        expect(of.get(path)?.concat("count"), `${name}:${path}`).toContain(place);
      }
      expect(text.trim(), `${name}:${path}`).not.toBe("");
    }
  });

  it.skipIf(!code)("hold every key that the code names", () => {
    const inFolder = name === "common" ? files(code).filter((file) => !file.includes("/features/")) : files(code);
    const missing = new Set<string>();
    for (const file of inFolder) {
      for (const match of readFileSync(file, "utf8").matchAll(/\bt\(\s*"([^"]+)"/g)) {
        const key = match[1] ?? "";
        if (!known.has(key) && !common.has(key)) missing.add(`${file}: ${key}`);
      }
    }
    expect([...missing]).toEqual([]);
  });
});

describe("style", () => {
  it("Korean addresses operators with the formal ending", () => {
    for (const [name, folder] of own) {
      for (const [path, text] of flat(read(folder, "ko"))) {
        expect(text, `${name}:${path}`).not.toMatch(/(해요|세요|어요|예요|네요)[.!?]?$/);
      }
    }
  });

  it("Korean has one word for who is in a group", () => {
    for (const [name, folder] of own) {
      for (const [path, text] of flat(read(folder, "ko"))) {
        if (path.startsWith("aka.")) continue; // what a search finds as well
        expect(text, `${name}:${path}`).not.toMatch(/구성원/);
      }
    }
  });

  it("Chinese uses full-width punctuation between characters", () => {
    for (const [name, folder] of own) {
      for (const [path, text] of flat(read(folder, "zh"))) {
        expect(text, `${name}:${path}`).not.toMatch(/[\u4e00-\u9fff][,;!?]|[\u4e00-\u9fff]\.(\s|$)/);
      }
    }
  });
});
