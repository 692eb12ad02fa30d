import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { CheckCircleFilledIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { sayError } from "../../../ui/Toasts";
import { type Step, useCreateAccount } from "../api";
import { clientSnippet, serverLine } from "../snippets";

interface Props {
  app: number;
  users: string[];
  done: (step: Step) => boolean;
  mark: (step: Step) => void;
}

const NAMES = ["alice", "bob"];

/** The way to the first message; what is done ticks itself. */
export function Checklist({ app, users, done, mark }: Props) {
  const { t } = useTranslation("overview");
  const create = useCreateAccount();
  const missing = NAMES.filter((name) => !users.includes(name)).slice(0, Math.max(0, 2 - users.length));
  const make = async () => {
    try {
      for (const UserID of missing) await create.mutateAsync({ SDKAppID: app, UserID });
    } catch (error) {
      sayError(error);
    }
  };
  const [first = "alice", second = "bob"] = users;
  return (
    <SettingCard title={t("steps.title")} lead={t("steps.lead")}>
      <ol className="steps">
        <Item number={1} done={users.length >= 2} title={t("steps.accounts")} about={t("steps.accountsAbout")}>
          {users.length < 2 && (
            <Locked action="im:CreateAccount" app={app}>
              {(lock) => (
                <Button kind="primary" busy={create.isPending} {...lock} onClick={() => void make()}>
                  {t("steps.make", { names: missing.join(", ") })}
                </Button>
              )}
            </Locked>
          )}
        </Item>
        <Item number={2} done={done("signed")} title={t("steps.sign")} about={t("steps.signAbout")} />
        <Item number={3} done={done("delivered")} title={t("steps.message")} about={t("steps.messageAbout")} />
        <Item number={4} done={done("client")} title={t("steps.client")} about={t("steps.clientAbout")}>
          <Code
            text={clientSnippet(app, location.origin, first)}
            label={t("steps.copyClient")}
            onCopy={() => mark("client")}
          />
        </Item>
        <Item number={5} done={done("server")} title={t("steps.server")} about={t("steps.serverAbout")}>
          <Code
            text={serverLine(app, location.origin, first, second)}
            label={t("steps.copyServer")}
            onCopy={() => mark("server")}
          />
        </Item>
      </ol>
    </SettingCard>
  );
}

interface ItemProps {
  number: number;
  done: boolean;
  title: string;
  about: string;
  children?: ReactNode;
}

function Item({ number, done, title, about, children }: ItemProps) {
  const { t } = useTranslation("overview");
  return (
    <li className="steps__item" data-done={done}>
      <span className="steps__mark" role="img" aria-label={t(done ? "steps.done" : "steps.open")}>
        {done ? <CheckCircleFilledIcon /> : number}
      </span>
      <div className="grow stack stack--tight">
        <div>
          <h3 className="steps__title">{title}</h3>
          <p className="quiet">{about}</p>
        </div>
        {children}
      </div>
    </li>
  );
}

function Code({ text, label, onCopy }: { text: string; label: string; onCopy: () => void }) {
  return (
    <div className="steps__code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className="pre" tabIndex={0}>
        {text}
      </pre>
      <CopyButton text={text} label={label} onCopy={onCopy} />
    </div>
  );
}
