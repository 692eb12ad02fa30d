import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { CopyButton } from "./CopyText";
import { Dialog } from "./Dialog";
import { CodeIcon } from "./icons";

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

/** "Show API call": the request that does the same without the console. */
export function ApiCallButton({ calls }: { calls: { title: string; call: RestCall | CloudCall }[] }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const rest = calls.some(({ call }) => "rest" in call);
  const cloud = calls.some(({ call }) => "cloud" in call);
  return (
    <>
      <IconButton icon={<CodeIcon />} label={t("api.show")} onClick={() => setOpen(true)} />
      {open && (
        <Dialog title={t("api.title")} width={720} onClose={() => setOpen(false)}>
          <div className="stack">
            {calls.map(({ title, call }) => {
              const line = curlOf(call, location.origin);
              return (
                <section key={title} className="stack stack--tight">
                  <div className="row row--between">
                    <strong>{title}</strong>
                    <CopyButton text={line} label={t("action.copy")} />
                  </div>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
                  <pre className="pre" tabIndex={0}>
                    {line}
                  </pre>
                </section>
              );
            })}
            {rest && <p className="quiet">{t("api.restHint")}</p>}
            {cloud && <p className="quiet">{t("api.cloudHint")}</p>}
          </div>
        </Dialog>
      )}
    </>
  );
}
