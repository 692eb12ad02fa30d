// A real server of its own for the tests: fresh data, one app, one port.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const APP = 1400000001;
export const ROOT_PASSWORD = "Root-pass-123!";
/** Milliseconds that a start may take: generous, as the machine may have much else to do. */
const START = 180_000;
export const REPOSITORY = new URL("../../../", import.meta.url).pathname;

/** Starts `sodam serve`; resolves once it is ready. `stop` ends it and returns what it logged. */
export async function startServer(settings = {}, flags = []) {
  const data = await mkdtemp(join(tmpdir(), "sodam-console-"));
  const command = process.env.CONSOLE_E2E_SODAM ?? join(REPOSITORY, ".venv/bin/sodam");
  const child = spawn(command, ["serve", ...flags], {
    env: {
      // Settings of whoever runs the tests are not the tests' settings.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SODAM_"))),
      // A free one, which it says itself: one that is looked for before may be somebody else's by the time it is bound.
      SODAM_PORT: "0",
      SODAM_DATA_DIR: join(data, "data"),
      SODAM_PASSWORD_MEMORY: "12",
      SODAM_ROOT_PASSWORD: ROOT_PASSWORD,
      SODAM_BOOTSTRAP_APP: `${APP}:${"5".repeat(64)}:Flagship`,
      ...settings,
    },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (log += part));
  let ended = false;
  // Once it has closed its output, too: whatever it said is in the log.
  const gone = new Promise((done) =>
    child.on("close", () => {
      ended = true;
      done();
    }),
  );
  const until = Date.now() + START;
  let url;
  for (;;) {
    if (ended || Date.now() > until) throw new Error(`the server did not start:\n${log}`);
    url = /^ +address +(\S+)\r?\n/m.exec(log)?.[1];
    const ready = url && (await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false));
    if (ready) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    url,
    /** What it has printed so far, its banner first. */
    said: () => log,
    async stop() {
      if (!ended) child.kill("SIGTERM");
      await gone;
      await rm(data, { recursive: true, force: true });
      return log;
    },
  };
}
