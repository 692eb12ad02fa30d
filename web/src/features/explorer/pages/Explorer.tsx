import "../explorer.css";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { CopyButton } from "../../../ui/CopyText";
import { curlOf } from "../../../ui/curl";
import { ErrorNote } from "../../../ui/ErrorNote";
import { Checkbox, SelectField, TextField } from "../../../ui/Field";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page, SettingCard } from "../../../ui/Page";
import { useTableState } from "../../../ui/tableState";
import { useCommands, useSend } from "../api";
import { bodyOf, type Command, isFinal, type Typed, typedOf } from "../commands";
import { AnswerCard } from "../components/AnswerCard";
import { CommandForm } from "../components/CommandForm";

const FIRST = "im_open_login_svc/account_check";

/** Every REST command as a form, sent to this app. */
export function Explorer() {
  const { t } = useTranslation("explorer");
  const app = Number(useParams({ strict: false }).app);
  const query = useCommands();
  return (
    <Page title={t("nav.explorer")} lead={t("lead")} wide>
      <Loaded query={query} rows={8}>
        {(commands) => <Chosen app={app} commands={commands} />}
      </Loaded>
    </Page>
  );
}

/** The command stands in the address, so that a page can be shared. */
function Chosen({ app, commands }: { app: number; commands: Command[] }) {
  const { t } = useTranslation("explorer");
  const state = useTableState();
  const wanted = state.filter("command") || FIRST;
  const command = commands.find(({ path }) => path === wanted) ?? commands[0];
  if (!command) return null;
  const choose = (path: string) => state.set({ command: path === FIRST ? "" : path });
  const services = [...new Set(commands.map(({ service }) => service))];
  const own = commands.filter(({ service }) => service === command.service);
  return (
    <>
      <SettingCard title={t("command.title")} lead={t(`does.${command.path}`, command.summary)}>
        <div className="explorer__pick">
          <SelectField
            label={t("command.service")}
            value={command.service}
            options={services.map((value) => ({ value, label: value }))}
            onChange={(service) => choose(commands.find((one) => one.service === service)?.path ?? FIRST)}
          />
          <SelectField
            label={t("command.name")}
            value={command.path}
            options={own.map(({ path, name }) => ({ value: path, label: name }))}
            onChange={choose}
          />
        </div>
      </SettingCard>
      <Call key={command.path} app={app} command={command} />
    </>
  );
}

function Call({ app, command }: { app: number; command: Command }) {
  const { t } = useTranslation("explorer");
  const [typed, setTyped] = useState<Typed>(() => typedOf(command, command.example));
  const [text, setText] = useState<string>();
  const [asking, setAsking] = useState(false);
  const send = useSend();
  const { body, wrong } = bodyOf(command, typed);
  const given = text === undefined ? body : parsed(text);
  const line = curlOf({ rest: command.path, app, body: given ?? {} }, location.origin);
  const bad = text === undefined ? wrong.length > 0 : !given;
  const go = () => {
    setAsking(false);
    send.mutate({ SDKAppID: app, Command: command.path, Body: text ?? JSON.stringify(body) });
  };
  return (
    <div className="explorer">
      <SettingCard title={t("request.title")} lead={t("request.about")}>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (!bad) isFinal(command) ? setAsking(true) : go();
          }}
        >
          <Checkbox
            label={t("request.json")}
            checked={text !== undefined}
            onChange={(on) => {
              if (!on && given) setTyped(typedOf(command, given));
              setText(on ? JSON.stringify(body, null, 2) : undefined);
            }}
          />
          {text === undefined ? (
            <CommandForm command={command} typed={typed} wrong={wrong} onChange={setTyped} />
          ) : (
            <TextField
              label="JSON"
              mono
              rows={8}
              value={text}
              onChange={setText}
              error={given ? undefined : t("wrong.json")}
            />
          )}
          <div className="row">
            <Locked action="im:CallRestApi" app={app}>
              {(lock) => (
                <Button type="submit" kind="primary" busy={send.isPending} {...lock} disabled={lock.disabled || bad}>
                  {t("action.send")}
                </Button>
              )}
            </Locked>
            {text === undefined && wrong.length > 0 && (
              <span className="quiet">{t("request.missing", { names: wrong.join(", ") })}</span>
            )}
          </div>
        </form>
      </SettingCard>
      <div className="stack">
        <SettingCard title="curl" lead={t("curl")} actions={<CopyButton text={line} label={t("action.copy")} />}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <pre className="pre" tabIndex={0}>
            {line}
          </pre>
        </SettingCard>
        {send.error ? <ErrorNote error={send.error} /> : send.data && <AnswerCard answer={send.data} />}
      </div>
      {asking && (
        <Confirm title={command.path} submit={t("action.send")} onClose={() => setAsking(false)} onConfirm={go}>
          <p>{t("final")}</p>
        </Confirm>
      )}
    </div>
  );
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
