import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { type Place, type TopicRow, useRemoveTopics } from "../api";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";

interface Props {
  place: Place;
  topics: TopicRow[];
  onClose: () => void;
  onDone: () => void;
}

/** Removes topics with all their messages, and tells which could not be and why. */
export function RemoveTopics({ place, topics, onClose, onDone }: Props) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const remove = useRemoveTopics();
  const [told, setTold] = useState<Outcome[]>();
  const one = topics.length === 1 ? topics[0] : undefined;
  if (told) return <Outcomes title={t("topics.report")} all={told} onClose={onDone} />;
  const count = topics.length;
  const messages = topics.reduce((sum, topic) => sum + topic.NextMsgSeq - 1, 0);
  return (
    <ConfirmByTyping
      title={one ? t("topics.removeOne", { name: one.Name }) : t("topics.remove", { count })}
      name={one?.Name ?? t("topics.word", { count })}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { SDKAppID: place.app, GroupId: place.group, TopicIds: topics.map(({ TopicId }) => TopicId) },
          {
            onSuccess: (answer) => {
              const all = outcomesOf(answer, "TopicId");
              if (refusedOf(all).length) return setTold(all);
              say(t("topics.removed", { count }));
              onDone();
            },
          },
        )
      }
    >
      <Note tone="error">{t("topics.removeAbout", { number: format.number(messages) })}</Note>
    </ConfirmByTyping>
  );
}
