// Writes generated/schema.ts from the console's OpenAPI document: a type for every schema, the request and the answer of
// every action, and the limits of every request's fields.
//   npm run types -- http://127.0.0.1:8080/console/api/openapi.json     (or a file)
import { readFile, writeFile } from "node:fs/promises";

const source = process.argv[2] ?? "http://127.0.0.1:8080/console/api/openapi.json";
const text = source.startsWith("http") ? await (await fetch(source)).text() : await readFile(source, "utf8");
const api = JSON.parse(text);
const schemas = api.components?.schemas ?? {};
const asked = new Set();
const answered = new Set();
/** In a request only the required fields must be there, in an answer all are: a schema in both has two types. */
let writing = "answer";
const keyOf = (ref) => ref.slice(ref.lastIndexOf("/") + 1);
function nameOf(ref) {
  const key = keyOf(ref);
  const name = key.replace(/[^A-Za-z0-9]+/g, "_");
  return writing === "request" && answered.has(key) ? `${name}In` : name;
}
const resolve = (schema) => (schema?.$ref ? schemas[keyOf(schema.$ref)] : schema);

function typeOf(schema, indent = "") {
  if (!schema || Object.keys(schema).length === 0) return "unknown";
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((one) => typeOf(one, indent)))].join(" | ");
  if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array": {
      if (schema.prefixItems) return `[${schema.prefixItems.map((item) => typeOf(item, indent)).join(", ")}]`;
      const item = typeOf(schema.items, indent);
      return /[|&]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    default:
      return objectOf(schema, indent);
  }
}

function objectOf(schema, indent) {
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const must = writing === "answer" || schema.required?.includes(key);
    return `${inner}${/^\w+$/.test(key) ? key : JSON.stringify(key)}${must ? "" : "?"}: ${typeOf(value, inner)};`;
  });
  if (!lines.length) {
    return schema.additionalProperties && schema.additionalProperties !== true
      ? `Record<string, ${typeOf(schema.additionalProperties, indent)}>`
      : schema.additionalProperties === true
        ? "Record<string, unknown>"
        : "object";
  }
  return `{\n${lines.join("\n")}\n${indent}}`;
}

/** The names of all schemas that lie inside one. */
function inside(schema, found) {
  if (!schema || typeof schema !== "object") return;
  if (schema.$ref) {
    const name = keyOf(schema.$ref);
    if (found.has(name)) return;
    found.add(name);
    inside(schemas[name], found);
    return;
  }
  for (const value of Object.values(schema)) {
    if (Array.isArray(value)) for (const one of value) inside(one, found);
    else inside(value, found);
  }
}

const limits = {};
function collect(path, schema, depth = 0) {
  const one = resolve(schema);
  if (!one || depth > 4) return;
  for (const part of [...(one.allOf ?? []), ...(one.anyOf ?? [])]) collect(path, part, depth + 1);
  const min = one.minLength ?? one.minItems ?? one.minimum;
  const max = one["x-max-bytes"] ?? one.maxLength ?? one.maxItems ?? one.maximum;
  const nullable = (one.anyOf ?? []).some(({ type }) => type === "null");
  if (max !== undefined) limits[path] = { ...limits[path], ...(min === undefined ? {} : { min }), max };
  if (nullable && limits[path]) limits[path] = { ...limits[path], nullable };
  // The limit of a list is how many it holds; that of a text in it stands beside.
  if (one.items) collect(resolve(one.items)?.properties ? path : `${path}[]`, one.items, depth + 1);
  for (const [key, value] of Object.entries(one.properties ?? {})) collect(`${path}.${key}`, value, depth + 1);
}

const actions = [];
for (const [path, { post }] of Object.entries(api.paths)) {
  const action = path.replace("/console/api/", "");
  if (!post || action === path) continue;
  const request = post.requestBody?.content?.["application/json"]?.schema;
  const envelope = resolve(post.responses?.["200"]?.content?.["application/json"]?.schema);
  const parts = envelope?.allOf?.map(resolve) ?? [envelope];
  const data = parts.map((part) => part?.properties?.Data).find(Boolean);
  inside(request, asked);
  inside(data, answered);
  collect(action, request);
  actions.push([action, request, data]);
}
const as = (mode, write) => {
  writing = mode;
  return write();
};
const out = ["// Made by `npm run types` from the server's OpenAPI document. Do not edit.", ""];
for (const [name, schema] of Object.entries(schemas)) {
  for (const [mode, names] of [
    ["request", asked],
    ["answer", answered],
  ]) {
    if (!names.has(name)) continue;
    out.push(
      as(mode, () => `export type ${nameOf(name)} = ${typeOf(schema)};`),
      "",
    );
  }
}
out.push("export interface Actions {");
for (const [action, request, data] of actions) {
  const [taken, given] = [as("request", () => typeOf(request, "  ")), as("answer", () => typeOf(data, "  "))];
  out.push(`  ${JSON.stringify(action)}: { request: ${taken}; data: ${given} };`);
}
out.push("}", "", "export const LIMITS = {");
const paging = /\.(SDKAppID|Offset|Limit|Page|Rp|Version)$/;
for (const [path, limit] of Object.entries(limits)) {
  if (paging.test(path)) continue;
  if (limit.max < Number.MAX_SAFE_INTEGER) out.push(`  ${JSON.stringify(path)}: ${JSON.stringify(limit)},`);
}
out.push("} as const;", "");
await writeFile(new URL("../generated/schema.ts", import.meta.url), out.join("\n"));
console.log(`${actions.length} actions, ${Object.keys(limits).length} limits`);
