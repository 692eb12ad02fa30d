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
import { type Config, useLog } from "../api";
import { OutcomeTag } from "./DeliveryFacts";
import { EditToken } from "./EditToken";
import { EditUrl } from "./EditUrl";
import { TestEvent } from "./TestEvent";

/** Deliveries rest after failures in a row: since which failure, until when, and a try at once. */
function Paused({ app, config, onTry }: { app: number; config: Config; onTry: () => void }) {
  const { t } = useTranslation("webhooks");
  const last = useLog(app, 0, 1, { FailedOnly: true, Url: config.Url }).data?.Deliveries[0];
  return (
    <Note tone="error">
      <p>
        {t("state.paused")} <TimeText at={Math.ceil(config.PausedUntil / 1000)} exact />
      </p>
      {last && (
        <p>
          {t("state.last")} <OutcomeTag delivery={last} />
        </p>
      )}
      <Locked action="im:SendTestCallback" app={app}>
        {(lock) => (
          <Button small {...lock} onClick={onTry}>
            {t("state.try")}
          </Button>
        )}
      </Locked>
    </Note>
  );
}

/** Where events go, how they are signed, and whether they arrive. */
export function Address({ app, config }: { app: number; config: Config }) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const [open, setOpen] = useState<"url" | "token" | "try" | "">("");
  const probe = config.Commands.find(({ On, Kind }) => On && Kind === "after") ?? config.Commands[0];
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
      {config.Refused && <Note tone="error">{t("cure.address")}</Note>}
      {config.PausedUntil > 0 && <Paused app={app} config={config} onTry={() => setOpen("try")} />}
      <SettingRow name={t("url.title")} about={t("url.about")}>
        {config.Url ? <CopyText text={config.Url} /> : <span className="quiet">{t("url.none")}</span>}
        {config.Url && (
          <Locked action="im:SendTestCallback" app={app}>
            {(lock) => (
              <Button {...lock} aria-label={t("url.test")} onClick={() => setOpen("try")}>
                {t("test.open")}
              </Button>
            )}
          </Locked>
        )}
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
      {/* Not in the note: that goes once the try is answered. */}
      {open === "try" && probe && <TestEvent app={app} command={probe.Command} onClose={() => setOpen("")} />}
      {open === "token" && <EditToken app={app} config={config} onClose={() => setOpen("")} />}
    </SettingCard>
  );
}
