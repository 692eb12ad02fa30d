// The console's own texts, so that tests find things by the words that a reader of each language sees.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./server.mjs";

const source = join(REPOSITORY, "web/src");
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** `t("accounts:create.open")`, or without a namespace from the common texts; `{{x}}` are filled from `values`. */
export function texts(language) {
  const spaces = { common: read(join(source, `locale/${language}.json`)) };
  for (const space of ["refusals", "results", "numbers", "catalog"]) {
    spaces[space] = read(join(source, `locale/${space}/${language}.json`));
  }
  // `error.<Code>` is whatever is said of a refusal, by the console itself or for the server.
  spaces.common.error = { ...spaces.refusals, ...spaces.common.error };
  for (const feature of readdirSync(join(source, "features"))) {
    try {
      spaces[feature] = read(join(source, `features/${feature}/locale/${language}.json`));
    } catch {
      // A feature without texts of its own.
    }
  }
  return (name, values = {}) => {
    const [space, path] = name.includes(":") ? name.split(":") : ["common", name];
    const plural = "count" in values ? (values.count === 1 ? "_one" : "_other") : "";
    const walk = (keys) => keys.reduce((node, key) => node?.[key], spaces[space]);
    const keys = path.split(".");
    const text =
      walk([...keys.slice(0, -1), keys.at(-1) + plural]) ?? walk([...keys.slice(0, -1), `${keys.at(-1)}_other`]) ?? walk(keys);
    if (typeof text !== "string") throw new Error(`no text ${name} in ${language}`);
    return text.replace(/\{\{(\w+)(, number)?\}\}/g, (_, key, number) =>
      number ? Number(values[key]).toLocaleString("en-GB") : String(values[key]),
    );
  };
}
