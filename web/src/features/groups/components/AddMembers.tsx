import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Place, useAddMembers, usersIn } from "../api";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";

/** Makes accounts members; they must exist. */
export function AddMembers({ place, onClose }: { place: Place; onClose: () => void }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const [text, setText] = useState("");
  const [told, setTold] = useState<Outcome[]>();
  const add = useAddMembers();
  const users = usersIn(text);
  const most = limitOf("im/AddGroupMember", "UserIDs").max;
  const over = users.length > most;
  if (told) return <Outcomes title={t("memberList.report")} all={told} onClose={onClose} />;
  return (
    <FormDialog
      title={t("memberList.add")}
      submit={t("action.add")}
      busy={add.isPending}
      disabled={!users.length || over}
      error={add.error}
      onClose={onClose}
      onSubmit={() =>
        add.mutate(
          { SDKAppID: place.app, GroupId: place.group, UserIDs: users },
          {
            onSuccess: (answer) => {
              const all = outcomesOf(answer, "UserID");
              if (refusedOf(all).length) return setTold(all);
              say(t("memberList.added", { count: users.length }));
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
        onChange={setText}
        aside={`${format.number(users.length)} / ${format.number(most)}`}
        hint={t("memberList.addHint")}
        error={over ? t("memberList.tooMany", { most }) : undefined}
      />
    </FormDialog>
  );
}
