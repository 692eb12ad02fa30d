import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { CopyButton } from "./CopyText";
import { type CloudCall, curlOf, type RestCall } from "./curl";
import { Dialog } from "./Dialog";
import { CodeIcon } from "./icons";

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
