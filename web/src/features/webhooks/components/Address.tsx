import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { SettingCard, SettingRow } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import type { Config } from "../api";
import { EditToken } from "./EditToken";
import { EditUrl } from "./EditUrl";

/** Where events go, how they are signed, and whether they arrive. */
export function Address({ app, config }: { app: number; config: Config }) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const [open, setOpen] = useState<"url" | "token" | "">("");
  const edit = (what: "url" | "token", label: string) => (
    <Locked action="im:SetCallBack" app={app}>
      {(lock) => (
        <Button {...lock} aria-label={label} onClick={() => setOpen(what)}>
          {t("action.edit")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard title={t("url.card")} lead={t("url.lead")}>
      {config.PausedUntil > 0 && (
        <Note tone="error">
          {t("state.paused")} <TimeText at={Math.floor(config.PausedUntil / 1000)} />
        </Note>
      )}
      <SettingRow name={t("url.title")} about={t("url.about")}>
        {config.Url ? <CopyText text={config.Url} /> : <span className="quiet">{t("url.none")}</span>}
        {edit("url", t("url.edit"))}
      </SettingRow>
      <SettingRow name={t("token.title")} about={t("token.about")}>
        <Tag tone={config.TokenSet ? "success" : "warning"}>{t(config.TokenSet ? "token.set" : "token.unset")}</Tag>
        {edit("token", t("token.edit"))}
      </SettingRow>
      <SettingRow name={t("state.title")} about={t("state.about")}>
        <span className="row">
          <Tag>{t("state.waiting", { count: config.Waiting, number: format.number(config.Waiting) })}</Tag>
          {config.GivenUp > 0 && (
            <Link
              to="/apps/$app/callbacks"
              params={{ app: String(app) }}
              search={{ tab: "log", outcome: "failed" } as never}
            >
              <Tag tone="danger">
                {t("state.givenUp", { count: config.GivenUp, number: format.number(config.GivenUp) })}
              </Tag>
            </Link>
          )}
        </span>
      </SettingRow>
      {open === "url" && <EditUrl app={app} config={config} onClose={() => setOpen("")} />}
      {open === "token" && <EditToken app={app} config={config} onClose={() => setOpen("")} />}
    </SettingCard>
  );
}
