import { expect, it } from "vitest";
import { bodyOf, commandsOf, type Document, isFinal, typedOf } from "./commands";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const operation = (schema: object, example: Record<string, unknown> = {}) => ({
  post: { tags: [], summary: "Does it", requestBody: { content: { "application/json": { schema, example } } } },
});
const document: Document = {
  paths: {
    "/v4/openim/sendmsg": operation(ref("SendMsg"), { To_Account: "bob", MsgBody: [{ MsgType: "TIMTextElem" }] }),
    "/v4/group_open_http_svc/destroy_group": operation({ type: "object" }),
  },
  components: {
    schemas: {
      Body: { type: "array", items: { type: "object" } },
      SendMsg: {
        type: "object",
        required: ["To_Account", "MsgBody"],
        properties: {
          From_Account: { anyOf: [{ type: "string" }, { type: "null" }] },
          To_Account: { type: "string" },
          Sync: { enum: [1, 2] },
          MsgLifeTime: { anyOf: [{ type: "integer" }, { type: "null" }] },
          Control: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "string" }] },
          MsgBody: ref("Body"),
        },
      },
    },
  },
};
const [destroy, send] = commandsOf(document);

it("reads commands and their fields, those that must be there first", () => {
  expect(send?.fields.map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ["To_Account", "text", true],
    ["MsgBody", "json", true],
    ["From_Account", "text", false],
    ["Sync", "choice", false],
    ["MsgLifeTime", "number", false],
    ["Control", "lines", false],
  ]);
  expect([destroy && isFinal(destroy), send && isFinal(send)]).toEqual([true, false]);
});

it("makes the body of what was typed, and the other way round", () => {
  if (!send) throw new Error("no command");
  const typed = typedOf(send, send.example);
  expect(typed.To_Account).toBe("bob");
  const more = { ...typed, Sync: "2", MsgLifeTime: "60", Control: "NoUnread\n\nNoLastMsg" };
  expect(bodyOf(send, more)).toEqual({
    body: { ...send.example, Sync: 2, MsgLifeTime: 60, Control: ["NoUnread", "NoLastMsg"] },
    wrong: [],
  });
});

it("names what cannot be read", () => {
  if (!send) throw new Error("no command");
  expect(bodyOf(send, { MsgBody: "[", MsgLifeTime: "soon" }).wrong).toEqual(["To_Account", "MsgBody", "MsgLifeTime"]);
});
