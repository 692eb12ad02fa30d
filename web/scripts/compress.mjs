// Writes .br and .gz beside every text file of the build, so that the server never compresses, and lists the first load.
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = new URL("../../src/sodam/console/static/", import.meta.url).pathname;
const text = new Set([".js", ".css", ".html", ".svg", ".json", ".txt", ".webmanifest"]);
const sizes = new Map();

for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !text.has(extname(path)) || (await stat(path)).size < 512) continue;
  const body = await readFile(path);
  const br = brotliCompressSync(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  });
  const gz = gzipSync(body, { level: 9 });
  await writeFile(`${path}.br`, br);
  await writeFile(`${path}.gz`, gz);
  sizes.set(relative(root, path), { raw: body.length, br: br.length, gz: gz.length });
}

// What the browser fetches before any page of the console: the files that index.html names.
const html = await readFile(join(root, "index.html"), "utf8");
const first = [...html.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]);
const total = first.reduce((sum, name) => sum + (sizes.get(name)?.gz ?? 0), 0);
console.log(`first load: ${first.length} files, ${(total / 1024).toFixed(1)} KiB as gzip`);
if (total > 210 * 1024) {
  console.error("The first load is over 210 KB compressed.");
  process.exit(1);
}
// The stamp that the Makefile looks at.
await writeFile(join(root, ".built"), "");
