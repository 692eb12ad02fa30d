import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { useWords } from "../../../ui/words";
import { type Place, useAdd, usersIn } from "../api";

interface Failure {
  UserID: string;
  ErrorCode: number;
}

/** Has accounts follow an official account; they must exist. */
export function AddSubscribers({ place, onClose }: { place: Place; onClose: () => void }) {
  const { t } = useTranslation("officials");
  const format = useFormat();
  const [text, setText] = useState("");
  const words = useWords();
  const [refused, setRefused] = useState<Failure[]>([]);
  const add = useAdd();
  const users = usersIn(text);
  const most = limitOf("im/AddOfficialSubscribers", "UserIDs").max;
  const over = users.length > most;
  const told = refused.length
    ? refused
        .map(({ UserID, ErrorCode }) => `${UserID}: ${words({ ErrorCode, Message: "" }).title} (${ErrorCode})`)
        .join("\n")
    : undefined;
  return (
    <FormDialog
      title={t("subscribers.add")}
      submit={t("action.add")}
      busy={add.isPending}
      disabled={!users.length || over}
      error={add.error}
      onClose={onClose}
      onSubmit={() =>
        add.mutate(
          { SDKAppID: place.app, Account: place.account, UserIDs: users },
          {
            onSuccess: ({ Results }) => {
              const failed = Results.filter((one) => one.Result === 0);
              if (failed.length) {
                setText(failed.map((one) => one.UserID).join("\n"));
                return setRefused(failed);
              }
              say(t("subscribers.added", { count: users.length }));
              onClose();
            },
          },
        )
      }
    >
      <TextField
        label="UserID"
        required
        mono
        autoFocus
        rows={3}
        value={text}
        onChange={(value) => {
          setRefused([]);
          setText(value);
        }}
        aside={`${format.number(users.length)} / ${format.number(most)}`}
        hint={t("subscribers.addHint")}
        error={over ? t("subscribers.tooMany", { most }) : told}
      />
    </FormDialog>
  );
}
