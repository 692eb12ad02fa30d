// The console's API and the REST API, spoken without a browser: to prepare data, and to read what a click has changed.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { APP, REPOSITORY, ROOT_PASSWORD } from "./server.mjs";

/** Signs in; the returned function calls one action and answers its Data, or throws the error's code. */
export async function signIn(url, UserName = "root", Password = ROOT_PASSWORD) {
  let cookie = "";
  let token = "";
  const call = async (action, request = {}) => {
    const answer = await fetch(`${url}/console/api/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", cookie, "X-CSRF-Token": token },
      body: JSON.stringify(request),
    });
    cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(`${action}: ${body.Error.Code}: ${body.Error.Message}`), body.Error);
    return body.Data;
  };
  token = (await call("session/Login", { UserName, Password })).CsrfToken;
  return Object.assign(call, { cookie: () => cookie });
}

/** The page as somebody else sees it who is signed in, in the same browser: `doing` begins at `path`. */
export async function asUser({ page, server, call }, path, [name, password], doing) {
  const sit = async (who, at) => {
    const [cookie, value] = who.cookie().split("=");
    // The page that is left asks nothing more, with the cookie of neither.
    await page.goto("about:blank");
    await page.context().clearCookies();
    await page.context().addCookies([{ name: cookie, value, url: `${server.url}/console` }]);
    await page.goto(`${server.url}/console${at}`);
  };
  await sit(await signIn(server.url, name, password), path);
  await doing();
  await sit(call, "/");
}

/** A caller of REST v4 as the app's administrator; answers the whole body. */
export async function rest(url, call, app = APP) {
  const { UserSig } = await call("im/CreateSecretUserSig", { SDKAppID: app, UserID: "administrator" });
  const query = `sdkappid=${app}&identifier=administrator&usersig=${encodeURIComponent(UserSig)}&random=1&contenttype=json`;
  return async (command, body) =>
    (await fetch(`${url}/v4/${command}?${query}`, { method: "POST", body: JSON.stringify(body) })).json();
}

/**
 * The Python SDK in a process of its own: `send` signs in as a client does and answers 0 or the code of the refusal; in
 * the place of a receiver, commands with their bodies are given, and the user stays signed in. `signature`: a UserSig to
 * sign in with, also a wrong one.
 */
export function startClient(url, call, app) {
  const child = spawn(join(REPOSITORY, ".venv/bin/python"), [join(REPOSITORY, "tests/console_e2e/support/say.py")], {
    env: { ...process.env, PYTHONPATH: join(REPOSITORY, "clients/python") },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async send(from, to, signature) {
      const made = signature ?? (await call("im/CreateSecretUserSig", { SDKAppID: app, UserID: from })).UserSig;
      child.stdin.write(`${JSON.stringify([url.replace("http", "ws"), app, from, made, to])}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error("the client's process ended");
      return Number(value);
    },
    stop: () => child.stdin.end(),
  };
}

/** Waits until a job is over, for two minutes at most: a hundred thousand accounts take a while. Answers it. */
export async function finished(call, JobId) {
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    const job = await call("im/DescribeJob", { JobId });
    if (["done", "failed", "cancelled"].includes(job.State)) return job;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`job ${JobId} does not end`);
}
