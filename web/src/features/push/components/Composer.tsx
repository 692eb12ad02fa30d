import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { useApp } from "../../../api/session";
import { Button, LinkButton } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { ByteInput, Checkbox, ChoiceField, TextField } from "../../../ui/Field";
import { byteLength, localMinute, useFormat, zoneOf } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Message, useCertificates, useSend } from "../api";
import { conditionOf, EVERYONE, type Typed } from "../audience";
import { Audience } from "./Audience";
import { Preview } from "./Preview";
import { Whom } from "./taskParts";

export const PLAN = "Flagship";
const of = (field: string) => limitOf("im/CreatePushTask", field).max;
const MAX = { Title: of("Title"), Desc: of("Desc"), Ext: of("Ext"), Text: of("Text"), From: of("From") };
const NOTHING = { Title: "", Desc: "", Ext: "", Text: "", From: "", Stored: true } satisfies Message as Required<
  Omit<Message, "DataId">
>;
type Words = typeof NOTHING;
/** What was typed: it stays while one looks at the report or the attributes. */
export interface Draft {
  whom: Typed;
  message: Words;
  /** Local time to the minute; empty: at once. */
  at: string;
}
export const EMPTY: Draft = { whom: EVERYONE, message: NOTHING, at: "" };
const A_YEAR = 365 * 86_400;
const length = (text: string) => [...text].length;

/** Writes a push, shows what it will look like and how many it is for, and sends it. */
export function Composer({ app, draft, onDraft }: { app: number; draft: Draft; onDraft: (next: Draft) => void }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const { set: go } = useTableState();
  const plan = useApp(app).data?.Plan;
  const certificates = useCertificates(app);
  const { whom, message, at } = draft;
  const [count, setCount] = useState<number>();
  const [asking, setAsking] = useState(false);
  const send = useSend();
  const lacks = plan !== undefined && plan !== PLAN;
  const set = (some: Partial<Words>) => onDraft({ ...draft, message: { ...message, ...some } });
  const condition = conditionOf(whom);
  const over = (["Title", "Desc", "Ext", "Text"] as const).some((name) => length(message[name]) > MAX[name]);
  const written = Boolean(message.Desc.trim() || message.Text.trim());
  const wrong = over || byteLength(message.From) > MAX.From;
  const begins = at ? Math.floor(Date.parse(at) / 1000) : 0;
  const late = Boolean(at) && !(begins > Date.now() / 1000);
  const far = begins > Date.now() / 1000 + A_YEAR;
  const ready = written && !wrong && count && !late && !far;
  /** What is still missing; nothing is said while it is counted. */
  const missing = { tooLong: wrong, words: !written, whom: condition === undefined, nobody: count === 0, late, far };
  const lacking = Object.entries(missing).find(([, so]) => so)?.[0];
  const run = () =>
    send.mutate(
      { SDKAppID: app, Condition: condition ?? null, ...message, At: begins },
      {
        onSuccess: () => {
          say(t(begins ? "compose.planned" : "compose.sent"));
          onDraft(EMPTY);
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
          <Audience
            app={app}
            value={whom}
            disabled={lacks}
            onChange={(next) => onDraft({ ...draft, whom: next })}
            onCount={setCount}
          />
          <Fields message={message} disabled={lacks} onChange={set} />
          <When at={at} disabled={lacks} onChange={(next) => onDraft({ ...draft, at: next })} />
          <div>
            <Locked action="im:CreatePushTask" app={app}>
              {(lock) => (
                <Button type="submit" kind="primary" title={lock.title} disabled={lock.disabled || lacks || !ready}>
                  {t("compose.submit")}
                </Button>
              )}
            </Locked>
            {!lacks && lacking && (
              <p className="quiet composer__lacks" role="status">
                {t(`lacking.${lacking}`)}
              </p>
            )}
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
          submit={t(begins ? "compose.plan" : "compose.send")}
          busy={send.isPending}
          error={send.error}
          onClose={() => setAsking(false)}
          onConfirm={run}
        >
          <p>
            <span className="quiet">{t("whom.label")}: </span>
            <Whom condition={condition ?? {}} />
          </p>
          {message.Desc && <Preview fixed app={app} title={message.Title} text={message.Desc} />}
          {message.Text && <p>{t(message.Stored ? "compose.withStored" : "compose.withOnline")}</p>}
          {begins > 0 && (
            <p>
              {t("compose.begins")} <strong>{format.minute(begins)}</strong> ({zoneOf(begins)})
            </p>
          )}
          <p>{t(begins ? "compose.cancellable" : "compose.revocable")}</p>
        </Confirm>
      )}
    </div>
  );
}

/** At once, or at a minute to come, in the time of who writes. */
function When({ at, disabled, onChange }: { at: string; disabled: boolean; onChange: (at: string) => void }) {
  const { t } = useTranslation("push");
  return (
    <>
      <ChoiceField
        label={t("when.label")}
        value={at ? "later" : "now"}
        disabled={disabled}
        options={(["now", "later"] as const).map((one) => ({
          value: one,
          label: t(`when.${one}`),
          about: t(`when.${one}About`),
        }))}
        onChange={(next) => onChange(next === "now" ? "" : localMinute(Date.now() + 3_600_000))}
      />
      {at && (
        <TextField
          label={t("when.at")}
          type="datetime-local"
          disabled={disabled}
          value={at}
          hint={t("when.zone", { zone: zoneOf(Math.floor(Date.parse(at) / 1000) || 0) })}
          onChange={(next) => next && onChange(next)}
        />
      )}
    </>
  );
}

interface FieldsProps {
  message: Words;
  disabled: boolean;
  onChange: (some: Partial<Words>) => void;
}

function Fields({ message, disabled, onChange }: FieldsProps) {
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
