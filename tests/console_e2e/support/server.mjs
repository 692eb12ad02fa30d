// A real server of its own for the tests: fresh data, one app, one port.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const APP = 1400000001;
export const ROOT_PASSWORD = "Root-pass-123!";
export const REPOSITORY = new URL("../../../", import.meta.url).pathname;

async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** Starts `sodam serve`; resolves once it is ready. `stop` ends it and returns what it logged. */
export async function startServer(settings = {}, flags = []) {
  const data = await mkdtemp(join(tmpdir(), "sodam-console-"));
  const port = await freePort();
  const command = process.env.CONSOLE_E2E_SODAM ?? join(REPOSITORY, ".venv/bin/sodam");
  const child = spawn(command, ["serve", ...flags], {
    env: {
      // Settings of whoever runs the tests are not the tests' settings.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SODAM_"))),
      SODAM_PORT: String(port),
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
  child.on("exit", () => (ended = true));
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + 60_000;
  for (;;) {
    if (ended || Date.now() > until) throw new Error(`the server did not start:\n${log}`);
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    url,
    /** What it has printed so far, its banner first. */
    said: () => log,
    async stop() {
      const gone = new Promise((done) => child.on("exit", done));
      if (!ended) {
        child.kill("SIGTERM");
        await gone;
      }
      await rm(data, { recursive: true, force: true });
      return log;
    },
  };
}
