import { render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, describe, expect, it, vi } from "vitest";
import common from "../../locale/en.json";
import type { TableState } from "../../ui/tableState";
import type { AuditEvent } from "./api";
import { Actor } from "./components/Actor";
import { EventDetails } from "./components/EventDetails";
import { filtersOf } from "./components/EventFilters";
import { targetOf } from "./components/target";
import audit from "./locale/en.json";

const EVENT: AuditEvent = {
  EventId: 1,
  Time: 1_795_305_600_000,
  Uin: 100_000_000_001,
  Name: "ann",
  Edge: "console",
  Action: "cam:CreatePolicy",
  Resource: "*",
  SDKAppID: 0,
  Outcome: "ok",
  ErrorCode: "",
  Before: "",
  After: "",
  Ip: "",
  UserAgent: "",
  RequestId: "r",
};

const state = (address: Record<string, string>, keyword = ""): TableState => ({
  keyword,
  page: 1,
  size: 20,
  after: "",
  sort: "",
  filter: (name) => address[name] ?? "",
  set: vi.fn(),
});

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal ??= function open(this: HTMLDialogElement) {
    this.open = true;
  };
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { common, audit } },
    defaultNS: "common",
    fallbackNS: "common",
  });
});

describe("the filters of the address", () => {
  it("tell a user's number from a part of the name", () => {
    expect(filtersOf(state({ user: "100000000001" }), 0)).toMatchObject({ Uin: 100_000_000_001, User: undefined });
    expect(filtersOf(state({ user: "ann" }), 0)).toMatchObject({ Uin: undefined, User: "ann" });
  });

  it("take a period from a preset or from both ends", () => {
    expect(filtersOf(state({ span: "hour", from: "5", to: "9" }), 10_000)).toMatchObject({ From: 6400, To: undefined });
    expect(filtersOf(state({ span: "free", from: "5", to: "9" }), 10_000)).toMatchObject({ From: 5, To: 9 });
    expect(filtersOf(state({ span: "free", from: "5" }), 10_000)).toMatchObject({ From: 5, To: undefined });
    expect(filtersOf(state({}), 10_000)).toMatchObject({ From: undefined, To: undefined });
  });
});

describe("who it was", () => {
  it("is a user, the server, or a name that nobody has", () => {
    const shown = (changes: Partial<AuditEvent>) => {
      const { container, unmount } = render(<Actor event={{ ...EVENT, ...changes }} />);
      const text = container.textContent;
      unmount();
      return text;
    };
    expect(shown({})).toBe("ann");
    expect(shown({ Uin: 0, Name: "nobody" })).toBe(`nobody ${audit.noSuchUser}`);
    expect(shown({ Uin: 0, Name: "", Edge: "server" })).toBe(audit.server);
    expect(shown({ Uin: 0, Name: "" })).toBe(audit.unknown);
  });
});

describe("an event", () => {
  it("shows what changed side by side", () => {
    render(<EventDetails event={{ ...EVENT, Before: '{"Name":"a"}', After: '{"Name":"b"}' }} onClose={() => {}} />);
    expect(screen.getByRole("row", { name: "Name a b", hidden: true })).toBeTruthy();
  });

  it("shows as it is what is no JSON", () => {
    render(<EventDetails event={{ ...EVENT, After: '{"Document":"{\\"ver…' }} onClose={() => {}} />);
    expect(screen.getByText('{"Document":"{\\"ver…')).toBeTruthy();
  });
});

describe("what an event is about", () => {
  const known = {
    Uin: new Map([
      [7, "ann"],
      [8, "ben"],
    ]),
    PolicyId: new Map([[3, "readers"]]),
    GroupId: new Map([[1, "support"]]),
  };
  const of = (Action: string, after: object) => targetOf({ Action, Before: "", After: JSON.stringify(after) }, known);

  it.each([
    ["cam:AttachUserPolicy", { PolicyId: 3, AttachUin: 7 }, "ann › readers"],
    ["cam:AttachGroupPolicy", { PolicyId: 3, AttachGroupId: 1 }, "support › readers"],
    ["cam:AttachUserPolicy", { PolicyId: 99, AttachUin: 98 }, "98 › 99"],
    [
      "cam:AddUserToGroup",
      {
        Info: [
          { GroupId: 1, Uin: 7 },
          { GroupId: 1, Uin: 8 },
        ],
      },
      "support › ann, ben",
    ],
    ["im:AddGroupMember", { GroupId: "rowers", UserIDs: ["joon", "tom"] }, "rowers › joon, tom"],
    ["im:AddFriend", { From_Account: "mina", Done: ["joon"], Refused: { tom: 30003 } }, "mina › joon, tom"],
    ["im:SendOfficialMsg", { Account: "@TOA#_news", Text: "hi" }, "@TOA#_news"],
    ["im:RemoveUser", { UserIDs: ["a", "b", "c", "d"] }, "a, b, c +1"],
    ["im:SetCallBack", { url: "http://x" }, ""],
  ])("%s %j", (action, after, text) => {
    expect(of(action, after)).toBe(text);
  });
});
