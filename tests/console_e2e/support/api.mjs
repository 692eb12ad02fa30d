// The console's API and the REST API, spoken without a browser: to prepare data, and to read what a click has changed.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { APP, REPOSITORY, ROOT_PASSWORD } from "./server.mjs";

const run = promisify(execFile);

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

/** A caller of REST v4 as the app's administrator; answers the whole body. */
export async function rest(url, call, app = APP) {
  const { UserSig } = await call("im/CreateSecretUserSig", { SDKAppID: app, UserID: "administrator" });
  const query = `sdkappid=${app}&identifier=administrator&usersig=${encodeURIComponent(UserSig)}&random=1&contenttype=json`;
  return async (command, body) =>
    (await fetch(`${url}/v4/${command}?${query}`, { method: "POST", body: JSON.stringify(body) })).json();
}

/** Sends a text as a signed-in client does; answers 0 or the code with which it is refused. */
export async function sendAsClient(url, call, app, from, to) {
  const { UserSig } = await call("im/CreateSecretUserSig", { SDKAppID: app, UserID: from });
  const { stdout } = await run(
    join(REPOSITORY, ".venv/bin/python"),
    [join(REPOSITORY, "tests/console_e2e/support/say.py"), url.replace("http", "ws"), String(app), from, UserSig, to],
    { env: { ...process.env, PYTHONPATH: join(REPOSITORY, "clients/python") } },
  );
  return Number(stdout);
}

/** Waits until a job is over; answers it. */
export async function finished(call, JobId) {
  for (let tries = 0; tries < 300; tries++) {
    const job = await call("im/DescribeJob", { JobId });
    if (["done", "failed", "cancelled"].includes(job.State)) return job;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`job ${JobId} does not end`);
}
