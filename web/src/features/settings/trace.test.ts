import { expect, it } from "vitest";
import { lastOf } from "./components/Trace";

const event = (Name: string, After: string) => ({ Name, Time: 1, After });

it("finds who set a setting last, whatever else was changed since", () => {
  const events = [
    event("ann", '{"friend_check":true}'),
    event("bob", ""),
    event("cid", "not JSON"),
    event("dan", '{"recall_seconds":600,"history_days":7}'),
    event("eve", '{"recall_seconds":60}'),
  ];
  expect(lastOf(events, "RecallSeconds")?.Name).toBe("dan");
  expect(lastOf(events, "FriendCheck")?.Name).toBe("ann");
  expect(lastOf(events, "Recall")).toBeUndefined();
});
