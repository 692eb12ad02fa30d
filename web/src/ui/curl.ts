/** The command line that does a call without the console. No part of React, so that tests run what it writes. */

export interface RestCall {
  /** Service and command of the REST API, for example `im_open_login_svc/account_import`. */
  rest: string;
  app: number;
  body: unknown;
  admin?: string;
}

export interface CloudCall {
  /** Service and action of the cloud API, for example `cam/CreatePolicy`. */
  cloud: string;
  body: unknown;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export function curlOf(call: RestCall | CloudCall, origin: string): string {
  if ("rest" in call) {
    const query = `sdkappid=${call.app}&identifier=${call.admin ?? "administrator"}&usersig=$USERSIG&random=$RANDOM&contenttype=json`;
    return `curl "${origin}/v4/${call.rest}?${query}" \\\n  -d ${quote(JSON.stringify(call.body, null, 2))}`;
  }
  const [service = "", action = ""] = call.cloud.split("/");
  const version = { cam: "2019-01-16", cloudaudit: "2019-03-19" }[service] ?? "2020-12-30";
  return [
    `curl ${quote(`${origin}/`)} \\`,
    `  -H ${quote(`X-TC-Action: ${action}`)} -H ${quote(`X-TC-Version: ${version}`)} \\`,
    `  -H "X-TC-Timestamp: $TIMESTAMP" -H "Authorization: $AUTHORIZATION" \\`,
    `  -H 'Content-Type: application/json; charset=utf-8' \\`,
    `  -d ${quote(JSON.stringify(call.body, null, 2))}`,
  ].join("\n");
}
