import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Confirm, ConfirmByTyping } from "../../../ui/Confirm";
import { Checkbox } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { failureOf, type Owner, useDeleteAllFriends, useDeleteFriend } from "../api";

interface Props {
  owner: Owner;
  users: string[];
  onClose: () => void;
  onDone: () => void;
}

export function DeleteFriends({ owner, users, onClose, onDone }: Props) {
  const { t } = useTranslation("relations");
  const [both, setBoth] = useState(true);
  const [failure, setFailure] = useState<unknown>();
  const remove = useDeleteFriend();
  const run = () =>
    remove.mutate(
      {
        SDKAppID: owner.app,
        From_Account: owner.user,
        To_Account: users,
        DeleteType: both ? "Delete_Type_Both" : "Delete_Type_Single",
      },
      {
        onSuccess: (answer) => {
          const bad = failureOf(answer);
          setFailure(bad);
          if (bad) return;
          say(t("delete.done", { count: users.length }));
          onDone();
          onClose();
        },
      },
    );
  return (
    <Confirm
      title={t("delete.title", { count: users.length })}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error ?? failure}
      onClose={onClose}
      onConfirm={run}
    >
      <p className="break">
        {users.slice(0, 20).join(", ")}
        {users.length > 20 && " …"}
      </p>
      <Checkbox checked={both} onChange={setBoth} label={t("delete.both", { user: owner.user })} />
    </Confirm>
  );
}

export function DeleteAllFriends({ owner, count, onClose }: { owner: Owner; count: number; onClose: () => void }) {
  const { t } = useTranslation("relations");
  const format = useFormat();
  const [both, setBoth] = useState(true);
  const remove = useDeleteAllFriends();
  return (
    <ConfirmByTyping
      title={t("delete.allTitle", { user: owner.user })}
      name={owner.user}
      submit={t("friends.deleteAll")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          {
            SDKAppID: owner.app,
            From_Account: owner.user,
            DeleteType: both ? "Delete_Type_Both" : "Delete_Type_Single",
          },
          {
            onSuccess: () => {
              say(t("delete.done", { count }));
              onClose();
            },
          },
        )
      }
    >
      <Note tone="error">{t("delete.allAbout", { count, number: format.number(count) })}</Note>
      <Checkbox checked={both} onChange={setBoth} label={t("delete.both", { user: owner.user })} />
    </ConfirmByTyping>
  );
}
