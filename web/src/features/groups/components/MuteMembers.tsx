import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { type Place, useMute, usersIn } from "../api";
import { Length } from "./Length";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";

interface Props {
  place: Place;
  /** None: they are typed. */
  users: string[];
  onClose: () => void;
  onDone: () => void;
}

export function MuteMembers({ place, users, onClose, onDone }: Props) {
  const { t } = useTranslation("groups");
  const [text, setText] = useState("");
  const [seconds, setSeconds] = useState(3600);
  const [told, setTold] = useState<Outcome[]>();
  const mute = useMute();
  const wanted = users.length ? users : usersIn(text);
  if (told) return <Outcomes title={t("mute.report")} all={told} onClose={onDone} />;
  return (
    <FormDialog
      title={t("mute.title", { count: wanted.length })}
      submit={t("mute.open")}
      busy={mute.isPending}
      disabled={!seconds || !wanted.length || wanted.length > limitOf("im/ForbidSendMessage", "UserIDs").max}
      error={mute.error}
      onClose={onClose}
      onSubmit={() =>
        mute.mutate(
          { SDKAppID: place.app, GroupId: place.group, UserIDs: wanted, Seconds: seconds },
          {
            onSuccess: (answer) => {
              const all = outcomesOf(answer, "UserID");
              if (refusedOf(all).length) return setTold(all);
              say(t("mute.done", { count: wanted.length }));
              onDone();
            },
          },
        )
      }
    >
      {users.length ? (
        <p className="break">{users.join(", ")}</p>
      ) : (
        <TextField label="UserID" required mono value={text} onChange={setText} hint={t("memberList.addHint")} />
      )}
      <Length value={seconds} onChange={setSeconds} />
      <p className="quiet">{t("mute.about")}</p>
    </FormDialog>
  );
}
