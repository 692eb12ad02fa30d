import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { Dialog } from "../../../ui/Dialog";
import { useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { useWords } from "../../../ui/words";
import { useRemoveAccounts } from "../api";

interface Props {
  app: number;
  users: string[];
  /** Chosen, too, but administrators, which are not deleted. */
  spared?: string[];
  onClose: () => void;
  onDone: () => void;
}

interface Failure {
  UserID: string;
  ErrorCode: number;
  ErrorInfo: string;
}

/** Deletes accounts, a part after another, and tells which could not be deleted and why. */
export function DeleteAccounts({ app, users, spared = [], onClose, onDone }: Props) {
  const { t } = useTranslation("accounts");
  const format = useFormat();
  const words = useWords();
  const remove = useRemoveAccounts();
  const [failed, setFailed] = useState<Failure[]>();
  const one = users.length === 1 ? users[0] : undefined;
  const run = async () => {
    const failures: Failure[] = [];
    const part = limitOf("im/RemoveUser", "UserIDs").max;
    for (let start = 0; start < users.length; start += part) {
      const answer = await remove.mutateAsync({ SDKAppID: app, UserIDs: users.slice(start, start + part) });
      failures.push(...answer.Results.filter((result) => result.ErrorCode !== 0));
    }
    if (failures.length) return setFailed(failures);
    const count = users.length;
    say(t("delete.done", { count, number: format.number(count) }));
    onClose();
    onDone();
  };
  if (failed) {
    return (
      <Dialog
        title={t("delete.report")}
        onClose={() => {
          onClose();
          onDone();
        }}
      >
        <div className="stack">
          <p>{t("delete.partly", { done: users.length - failed.length, failed: failed.length })}</p>
          <ul className="stack stack--tight">
            {failed.map((failure) => (
              <li key={failure.UserID}>
                <code>{failure.UserID}</code>:{" "}
                {failure.ErrorCode === 70402
                  ? t("delete.isAdmin")
                  : words({ ErrorCode: failure.ErrorCode, Message: failure.ErrorInfo }).title}{" "}
                <code>({failure.ErrorCode})</code>
              </li>
            ))}
          </ul>
        </div>
      </Dialog>
    );
  }
  const admins = spared.length > 0 && (
    <p>
      {t("delete.spared", { count: spared.length, names: spared.join(", ") })}{" "}
      <Link to="/apps/$app/basic" params={{ app: String(app) }}>
        {t("nav.basic")}
      </Link>
    </p>
  );
  if (!users.length) {
    return (
      <Dialog title={t("action.delete")} onClose={onClose}>
        {admins}
      </Dialog>
    );
  }
  return (
    <ConfirmByTyping
      title={one ? t("delete.titleOne", { id: one }) : t("delete.title", { count: users.length })}
      name={one ?? String(users.length)}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => void run().catch(() => undefined)}
    >
      <Note tone="error">{t("delete.about", { count: users.length, number: format.number(users.length) })}</Note>
      {admins}
    </ConfirmByTyping>
  );
}
