import { expect, it } from "vitest";
import { accountCalls } from "./apiCalls";
import texts from "./locale/en.json";

it("shows each tab its own calls, all with a text", () => {
  const tabs = ["profile", "friends", "lists", "requests", "blacklist", "follow"] as const;
  const all = tabs.map((tab) => accountCalls(tab, 7, "mina"));
  const named = all.flat().map(({ name }) => name);
  expect(new Set(named).size).toBe(named.length);
  expect(named.filter((name) => !(name in texts.api))).toEqual([]);
  expect(JSON.stringify(accountCalls("friends", 7, "mina"))).toContain("sns/friend_get");
  expect(JSON.stringify(accountCalls("follow", 7, "mina"))).toContain("follow/follow_get");
});
