import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, TextField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { type Place, useBan, usersIn } from "../api";
import { Length } from "./Length";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";

interface Props {
  place: Place;
  /** None: they are typed. */
  users: string[];
  onClose: () => void;
}

/** Takes accounts out and keeps them out for some time. */
export function BanMembers({ place, users, onClose }: Props) {
  const { t } = useTranslation("groups");
  const [text, setText] = useState("");
  const [why, setWhy] = useState("");
  const [seconds, setSeconds] = useState(86400);
  const [told, setTold] = useState<Outcome[]>();
  const ban = useBan();
  const wanted = users.length ? users : usersIn(text);
  const most = limitOf("im/AddGroupBan", "UserIDs").max;
  const max = limitOf("im/AddGroupBan", "Description").max;
  const over = wanted.length > most;
  if (told) return <Outcomes title={t("ban.report")} all={told} onClose={onClose} />;
  return (
    <FormDialog
      title={t("ban.open")}
      danger
      submit={t("ban.open")}
      busy={ban.isPending}
      disabled={!seconds || !wanted.length || over || [...why].length > max}
      error={ban.error}
      onClose={onClose}
      onSubmit={() =>
        ban.mutate(
          { SDKAppID: place.app, GroupId: place.group, UserIDs: wanted, Seconds: seconds, Description: why },
          {
            onSuccess: (answer) => {
              const all = outcomesOf(answer, "UserID");
              if (refusedOf(all).length) return setTold(all);
              say(t("ban.done", { count: wanted.length }));
              onClose();
            },
          },
        )
      }
    >
      {users.length ? (
        <p className="break">{users.join(", ")}</p>
      ) : (
        <TextField
          label="UserID"
          required
          mono
          value={text}
          onChange={setText}
          hint={t("memberList.addHint")}
          error={over ? t("memberList.tooMany", { most }) : undefined}
        />
      )}
      <Length value={seconds} onChange={setSeconds} />
      <ByteInput label={t("ban.why")} unit="letters" max={max} value={why} onChange={setWhy} />
      <p className="quiet">{t("ban.about")}</p>
    </FormDialog>
  );
}
