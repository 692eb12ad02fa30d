import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { useApp } from "../../../api/session";
import { Button, LinkButton } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { ByteInput, Checkbox } from "../../../ui/Field";
import { byteLength, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Message, useCertificates, useSend } from "../api";
import { conditionOf, EVERYONE } from "../audience";
import { Audience } from "./Audience";
import { Preview } from "./Preview";

export const PLAN = "Flagship";
const of = (field: string) => limitOf("im/CreatePushTask", field).max;
const MAX = { Title: of("Title"), Desc: of("Desc"), Ext: of("Ext"), Text: of("Text"), From: of("From") };
const NOTHING = { Title: "", Desc: "", Ext: "", Text: "", From: "", Stored: true } satisfies Message as Required<
  Omit<Message, "DataId">
>;
const length = (text: string) => [...text].length;

/** Writes a push, shows what it will look like and how many it is for, and sends it. */
export function Composer({ app }: { app: number }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const { set: go } = useTableState();
  const plan = useApp(app).data?.Plan;
  const certificates = useCertificates(app);
  const [whom, setWhom] = useState(EVERYONE);
  const [count, setCount] = useState<number>();
  const [message, setMessage] = useState(NOTHING);
  const [asking, setAsking] = useState(false);
  const send = useSend();
  const lacks = plan !== undefined && plan !== PLAN;
  const set = (some: Partial<typeof NOTHING>) => setMessage((before) => ({ ...before, ...some }));
  const condition = conditionOf(whom);
  const over = (["Title", "Desc", "Ext", "Text"] as const).some((name) => length(message[name]) > MAX[name]);
  const ready = (message.Desc.trim() || message.Text.trim()) && !over && byteLength(message.From) <= MAX.From && count;
  const run = () =>
    send.mutate(
      { SDKAppID: app, Condition: condition ?? null, ...message },
      {
        onSuccess: () => {
          say(t("compose.sent"));
          setMessage(NOTHING);
          setAsking(false);
          go({ tab: "report" });
        },
      },
    );
  return (
    <div className="composer">
      <SettingCard title={t("compose.card")} lead={t("compose.about")}>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) setAsking(true);
          }}
        >
          {lacks && (
            <Note tone="warning">
              <p>{t("locked.plan", { plan: t(`app.plan.${PLAN}`) })}</p>
              <LinkButton to="/apps/$app/plan" params={{ app: String(app) }}>
                {t("locked.upgrade")}
              </LinkButton>
            </Note>
          )}
          {certificates.data?.Certificates.length === 0 && (
            <Note>
              <p>{t("compose.noCertificate")}</p>
              <LinkButton to="/apps/$app/push-certificates" params={{ app: String(app) }}>
                {t("nav.pushCertificates")}
              </LinkButton>
            </Note>
          )}
          <Audience app={app} value={whom} disabled={lacks} onChange={setWhom} onCount={setCount} />
          <Words message={message} disabled={lacks} onChange={set} />
          <div>
            <Locked action="im:CreatePushTask" app={app}>
              {(lock) => (
                <Button type="submit" kind="primary" title={lock.title} disabled={lock.disabled || lacks || !ready}>
                  {t("compose.submit")}
                </Button>
              )}
            </Locked>
          </div>
        </form>
      </SettingCard>
      <div className="composer__aside">
        <SettingCard title={t("preview.title")}>
          <Preview app={app} title={message.Title} text={message.Desc} />
        </SettingCard>
      </div>
      {asking && (
        <Confirm
          danger={false}
          title={t("compose.confirm", { count, number: format.number(count ?? 0) })}
          submit={t("compose.send")}
          busy={send.isPending}
          error={send.error}
          onClose={() => setAsking(false)}
          onConfirm={run}
        >
          {message.Desc && <Preview app={app} title={message.Title} text={message.Desc} />}
          {message.Text && <p>{t(message.Stored ? "compose.withStored" : "compose.withOnline")}</p>}
          <p>{t("compose.revocable")}</p>
        </Confirm>
      )}
    </div>
  );
}

interface WordsProps {
  message: typeof NOTHING;
  disabled: boolean;
  onChange: (some: Partial<typeof NOTHING>) => void;
}

function Words({ message, disabled, onChange }: WordsProps) {
  const { t } = useTranslation("push");
  const text = (name: "Title" | "Desc" | "Ext" | "Text", label: string, rows?: number, hint?: string) => (
    <ByteInput
      label={t(label)}
      hint={hint}
      rows={rows}
      unit="letters"
      mono={name === "Ext"}
      max={MAX[name]}
      disabled={disabled}
      value={message[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <>
      {text("Title", "compose.title", undefined, t("compose.titleHint"))}
      {text("Desc", "compose.desc", 3, t("compose.descHint"))}
      <details className="stack">
        <summary className="linklike">{t("compose.more")}</summary>
        {text("Text", "compose.text", 3, t("compose.textHint"))}
        {message.Text && (
          <Checkbox
            label={t("compose.stored")}
            checked={message.Stored}
            disabled={disabled}
            onChange={(Stored) => onChange({ Stored })}
          />
        )}
        {text("Ext", "compose.ext", 2, t("compose.extHint"))}
        <ByteInput
          label={t("compose.from")}
          hint={t("compose.fromHint")}
          mono
          max={MAX.From}
          disabled={disabled}
          placeholder="administrator"
          value={message.From}
          onChange={(From) => onChange({ From })}
        />
      </details>
    </>
  );
}
