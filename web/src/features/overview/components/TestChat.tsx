import i18next from "i18next";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, call } from "../../../api/client";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { BareSelect } from "../../../ui/Field";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import type { Line, Wishes } from "../../calls/line";
import { ChatClient, ChatError, type ChatMessage } from "../chat/client";

interface Props {
  app: number;
  users: string[];
  /** Whether the app has calls, and the server a TURN server for them. */
  calls: { on: boolean; relay: boolean };
  onSigned: () => void;
  onDelivered: () => void;
}

// Calls have texts of their own, which arrive with them.
const texts = () => i18next.loadNamespaces("calls");
const CallBox = lazy(async () => {
  const [module] = await Promise.all([import("../../calls/components/CallBox"), texts()]);
  return { default: module.CallBox };
});
const CallOptions = lazy(async () => {
  const [module] = await Promise.all([import("../../calls/components/CallOptions"), texts()]);
  return { default: module.CallOptions };
});

/** A UserSig lives long enough to try things out, and no longer. */
const SECONDS = 3600;
const asApiError = (error: unknown) =>
  error instanceof ChatError
    ? new ApiError(
        0,
        "",
        error.code
          ? { Code: "FailedOperation", Message: error.info, ErrorCode: error.code }
          : { Code: "Network", Message: error.info },
      )
    : error;

/** Two accounts side by side, each signed in as a client is: what one writes arrives at the other. */
export function TestChat({ app, users, calls, onSigned, onDelivered }: Props) {
  const { t } = useTranslation("overview");
  const [left, setLeft] = useState("");
  const [right, setRight] = useState("");
  const pair = [left || users[0] || "", right || users[1] || ""] as const;
  const [clients, setClients] = useState<readonly [ChatClient, ChatClient]>();
  const [messages, setMessages] = useState<{ pane: number; message: ChatMessage }[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [wishes, setWishes] = useState<Wishes>({ timeout: 30, relayOnly: false });
  const wished = useRef(wishes);
  wished.current = wishes;
  const open = useRef<ChatClient[]>([]);
  const lines = useRef<Line[]>([]);
  const leave = () => {
    for (const line of lines.current) line.hangUp();
    for (const client of open.current) client.close();
    open.current = [];
    lines.current = [];
    setClients(undefined);
  };
  // Leaving the page signs the two out.
  useEffect(() => leave, []);
  const note = (pane: number, message: ChatMessage) =>
    setMessages((before) =>
      before.some((one) => one.pane === pane && one.message.id === message.id)
        ? before
        : [...before, { pane, message }],
    );
  const enter = async () => {
    setBusy(true);
    setError(undefined);
    setMessages([]);
    try {
      const module = calls.on ? await import("../../calls/line") : undefined;
      for (const [pane, user] of pair.entries()) {
        const { UserSig } = await call("im/CreateSecretUserSig", { SDKAppID: app, UserID: user, Expire: SECONDS });
        const client = await ChatClient.open(location.origin, app, user, UserSig, {
          onMessage: (message) => {
            note(pane, message);
            onDelivered();
          },
          onCustom: (from, to, data) => lines.current[pane]?.hear(from, to, data),
          onEnd: (code) => {
            setError(asApiError(new ChatError(code, "the connection is closed")));
            leave();
          },
        });
        open.current.push(client);
        if (module) {
          const wire = {
            user,
            custom: client.custom.bind(client),
            servers: async () => (calls.relay ? client.servers() : []),
          };
          lines.current.push(
            new module.Line(
              wire,
              () => wished.current,
              (cause) => setError(asApiError(cause)),
            ),
          );
        }
      }
      setClients(open.current as unknown as readonly [ChatClient, ChatClient]);
      onSigned();
    } catch (cause) {
      leave();
      setError(asApiError(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <SettingCard
      title={t("chat.title")}
      lead={t("chat.lead")}
      actions={
        clients ? (
          <Button onClick={leave}>{t("chat.leave")}</Button>
        ) : (
          <Locked action="im:CreateSecretUserSig" app={app}>
            {(lock) => (
              <Button
                kind="primary"
                busy={busy}
                title={lock.title}
                disabled={lock.disabled || !pair[0] || !pair[1] || pair[0] === pair[1]}
                onClick={() => void enter()}
              >
                {t("chat.enter")}
              </Button>
            )}
          </Locked>
        )
      }
    >
      <div className="stack">
        {error ? <ErrorNote error={error} /> : null}
        {users.length < 2 && <p className="quiet">{t("chat.needs")}</p>}
        <div className="chat">
          {pair.map((user, pane) => (
            <Pane
              // The left one and the right one.
              key={pane}
              label={t(pane ? "chat.right" : "chat.left")}
              user={user}
              users={users}
              onUser={pane ? setRight : setLeft}
              client={clients?.[pane]}
              line={clients && lines.current[pane]}
              peer={pair[1 - pane] ?? ""}
              messages={messages.filter((one) => one.pane === pane).map(({ message }) => message)}
              onSent={(message) => note(pane, message)}
              onError={(cause) => setError(asApiError(cause))}
            />
          ))}
        </div>
        <Suspense>
          <CallOptions app={app} {...calls} wishes={wishes} onChange={setWishes} />
        </Suspense>
        <p className="quiet">{t("chat.about")}</p>
      </div>
    </SettingCard>
  );
}

interface PaneProps {
  label: string;
  user: string;
  users: string[];
  onUser: (user: string) => void;
  client: ChatClient | undefined;
  line: Line | undefined;
  peer: string;
  messages: ChatMessage[];
  onSent: (message: ChatMessage) => void;
  onError: (cause: unknown) => void;
}

function Pane({ label, user, users, onUser, client, line, peer, messages, onSent, onError }: PaneProps) {
  const { t } = useTranslation("overview");
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const end = useRef<HTMLLIElement>(null);
  const count = messages.length;
  // A new message comes into sight.
  useEffect(() => {
    end.current?.parentElement?.scrollTo({ top: end.current.offsetTop });
  }, [count]);
  const send = async () => {
    if (!client || !text.trim()) return;
    setBusy(true);
    try {
      onSent(await client.send(peer, text));
      setText("");
    } catch (cause) {
      onError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="chat__pane" aria-label={user || label}>
      <header className="chat__head">
        <Avatar name={user || "?"} />
        {client ? (
          <strong className="grow break">{user}</strong>
        ) : (
          <BareSelect
            small
            label={label}
            value={user}
            options={(user ? users : ["", ...users]).map((value) => ({ value, label: value || "–" }))}
            onChange={(value) => onUser(String(value))}
          />
        )}
        <span className={client ? "chat__on" : "quiet"}>{t(client ? "chat.online" : "chat.offline")}</span>
      </header>
      {line && (
        <Suspense>
          <CallBox line={line} user={user} peer={peer} />
        </Suspense>
      )}
      <ul
        className="chat__list"
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={t("chat.messages", { user: user || label })}
      >
        {messages.map((message) => (
          <li key={message.id} className={message.from === user ? "chat__own" : "chat__other"}>
            {message.text}
          </li>
        ))}
        <li ref={end} className="chat__end" aria-hidden="true" />
      </ul>
      <form
        className="chat__form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <input
          aria-label={t("chat.write", { user: user || label })}
          placeholder={t("chat.placeholder")}
          value={text}
          disabled={!client}
          maxLength={2000}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" busy={busy} disabled={!client || !text.trim()}>
          {t("chat.send")}
        </Button>
      </form>
    </section>
  );
}
