import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Place, useAdd, usersIn } from "../api";

/** Has accounts follow an official account; they must exist. */
export function AddSubscribers({ place, onClose }: { place: Place; onClose: () => void }) {
  const { t } = useTranslation("officials");
  const format = useFormat();
  const [text, setText] = useState("");
  const [refused, setRefused] = useState<string[]>([]);
  const add = useAdd();
  const users = usersIn(text);
  const most = limitOf("im/AddOfficialSubscribers", "UserIDs").max;
  const over = users.length > most;
  const told = refused.length ? t("subscribers.refused", { users: refused.join(", ") }) : undefined;
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
              const failed = Results.filter((one) => one.Result === 0).map((one) => one.UserID);
              if (failed.length) {
                setText(failed.join("\n"));
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
