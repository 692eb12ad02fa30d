/** REST commands as forms: read from the server's own OpenAPI document, so that a new command has its form at once. */

export interface Schema {
  $ref?: string;
  type?: string;
  enum?: (string | number)[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  description?: string;
}

export interface Command {
  /** `openim/sendmsg`. */
  path: string;
  service: string;
  name: string;
  summary: string;
  fields: Field[];
  example: Record<string, unknown>;
}

export interface Field {
  name: string;
  required: boolean;
  kind: "text" | "number" | "choice" | "lines" | "json";
  choices: (string | number)[];
}

interface Operation {
  tags: string[];
  summary?: string;
  requestBody: { content: { "application/json": { schema: Schema; example?: Record<string, unknown> } } };
}

export interface Document {
  paths: Record<string, { post: Operation }>;
  components: { schemas: Record<string, Schema> };
}

export function commandsOf(document: Document): Command[] {
  const { schemas } = document.components;
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? resolve(schemas[schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1)] ?? {}) : schema;
  return Object.entries(document.paths)
    .map(([address, { post }]) => {
      const path = address.replace(/^\/v4\//, "");
      const [service = "", name = ""] = path.split("/");
      const { schema, example = {} } = post.requestBody.content["application/json"];
      const { properties = {}, required = [] } = resolve(schema);
      const fields = Object.entries(properties).map(([field, one]) => ({
        name: field,
        required: required.includes(field),
        ...kindOf(one, resolve),
      }));
      // What must be there comes first; the rest keeps the order of the reference.
      fields.sort((a, b) => Number(b.required) - Number(a.required));
      return { path, service, name, summary: post.summary ?? "", fields, example };
    })
    .sort((a, b) => a.path.localeCompare(b.path));
}

function kindOf(schema: Schema, resolve: (schema: Schema) => Schema): Pick<Field, "kind" | "choices"> {
  const plain = resolve(schema);
  const kinds = (plain.anyOf ?? [plain]).map(resolve).filter(({ type }) => type !== "null");
  const choices = kinds.flatMap((one) => one.enum ?? []);
  if (kinds.length && kinds.every((one) => one.enum)) return { kind: "choice", choices };
  const lists = kinds.filter(({ type }) => type === "array");
  const texts = kinds.filter(({ type }) => type === "string");
  if (lists.length && lists.length + texts.length === kinds.length)
    return lists.every(({ items }) => resolve(items ?? {}).type === "string")
      ? { kind: "lines", choices: [] }
      : { kind: "json", choices: [] };
  const [first] = kinds;
  if (kinds.length === 1 && first?.type === "string") return { kind: "text", choices: [] };
  if (kinds.length === 1 && (first?.type === "integer" || first?.type === "number"))
    return { kind: "number", choices: [] };
  return { kind: "json", choices: [] };
}

export type Typed = Record<string, string>;

/** What the fields show of a body. */
export function typedOf(command: Command, body: Record<string, unknown>): Typed {
  const typed: Typed = {};
  for (const { name, kind } of command.fields) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (kind === "lines" && Array.isArray(value)) typed[name] = value.join("\n");
    else typed[name] = kind === "json" ? JSON.stringify(value, null, 2) : String(value);
  }
  return typed;
}

/** The body that the fields say, and the names of those that cannot be read. What is empty is left out. */
export function bodyOf(command: Command, typed: Typed): { body: Record<string, unknown>; wrong: string[] } {
  const body: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const { name, kind, choices, required } of command.fields) {
    const text = typed[name] ?? "";
    if (!text) {
      if (required) wrong.push(name);
      continue;
    }
    try {
      body[name] = read(kind, choices, text);
    } catch {
      wrong.push(name);
    }
  }
  return { body, wrong };
}

function read(kind: Field["kind"], choices: Field["choices"], text: string): unknown {
  if (kind === "lines")
    return text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  if (kind === "choice") return choices.find((one) => String(one) === text) ?? text;
  if (kind === "json") return JSON.parse(text);
  if (kind === "text") return text;
  if (!/^-?\d+(\.\d+)?$/.test(text.trim())) throw new Error("no number");
  return Number(text);
}

/** The command cannot be taken back. */
export const isFinal = (command: Command) => /delete|destroy|clear|remove_all/.test(command.name);
