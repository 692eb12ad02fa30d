import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/client";
import { useErrorText } from "../../../ui/ErrorNote";
import { Note } from "../../../ui/Note";
import type { Choice, UseChoices } from "../../../ui/Picker";
import { say } from "../../../ui/Toasts";
import { PickMany } from "./PickMany";

interface Failure {
  choice: Choice;
  error: unknown;
}

interface Props {
  title: string;
  submit: string;
  useChoices: UseChoices;
  without?: readonly number[];
  /** One call of the server for one choice. */
  act: (id: number) => Promise<unknown>;
  /** What is said when all of them are done. */
  done: (count: number) => string;
  onClose: () => void;
}

/** Some of many, for an act that the server does one by one: what failed is told beside what did not. */
export function PickEach({ act, done, onClose, ...rest }: Props) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ given: Choice[]; failures: Failure[] }>();
  const each = async (chosen: Choice[]) => {
    setBusy(true);
    const failures: Failure[] = [];
    for (const choice of chosen) {
      await act(choice.id).catch((error) => failures.push({ choice, error }));
    }
    setBusy(false);
    if (failures.length) {
      setOutcome({ given: chosen.filter((one) => !failures.some(({ choice }) => choice === one)), failures });
      return;
    }
    say(done(chosen.length));
    onClose();
  };
  return (
    <PickMany
      {...rest}
      busy={busy}
      report={outcome && <Report {...outcome} />}
      onClose={onClose}
      onPick={(chosen) => void each(chosen)}
    />
  );
}

function Report({ given, failures }: { given: Choice[]; failures: Failure[] }) {
  const { t } = useTranslation("access");
  return (
    <div ref={(note) => note?.scrollIntoView({ block: "nearest" })} role="alert" className="stack stack--tight">
      {given.length > 0 && (
        <Note tone="success">
          <p>{t("pick.given", { count: given.length })}</p>
          <p className="break">{given.map(({ name }) => name).join(", ")}</p>
        </Note>
      )}
      <Note tone="error">
        <p>{t("pick.failed", { count: failures.length })}</p>
        <ul>
          {failures.map((failure) => (
            <FailureLine key={failure.choice.id} {...failure} />
          ))}
        </ul>
      </Note>
    </div>
  );
}

function FailureLine({ choice, error }: Failure) {
  const { title, code } = useErrorText(error);
  const said = error instanceof ApiError && error.body.Message !== title ? error.body.Message : "";
  return (
    <li className="break">
      <strong>{choice.name}</strong>: {title} <span className="quiet">{said}</span> <code>{code}</code>
    </li>
  );
}
