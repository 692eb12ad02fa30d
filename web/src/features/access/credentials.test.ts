import { expect, it } from "vitest";
import { csvOf } from "./components/credentials";

it("writes a line for every owner and no column that nobody has", () => {
  const csv = csvOf([
    [
      ["Name", "mina"],
      ["Password", 'a"b,c'],
      ["SecretId", ""],
    ],
    [
      ["Name", "joon"],
      ["Password", ""],
      ["SecretId", ""],
    ],
  ]);
  expect(csv).toBe('"Name","Password"\r\n"mina","a""b,c"\r\n"joon",""\r\n');
});
