// What the page of REST commands makes of each command: node explorer.mjs < {"app", "origin", "document"}
import { text } from "node:stream/consumers";
import { bodyOf, commandsOf, typedOf } from "../../web/src/features/explorer/commands.ts";
import { curlOf } from "../../web/src/ui/curl.ts";

const { app, origin, document, more } = JSON.parse(await text(process.stdin));
const made = commandsOf(document).map((command) => {
  const typed = typedOf(command, { ...command.example, ...more[command.path] });
  const { body, wrong } = bodyOf(command, typed);
  return { ...command, body, wrong, line: curlOf({ rest: command.path, app, body }, origin) };
});
process.stdout.write(JSON.stringify(made));
