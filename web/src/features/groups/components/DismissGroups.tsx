import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { useDismiss } from "../api";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";

interface Props {
  app: number;
  groups: { id: string; name: string; members: number }[];
  onClose: () => void;
  onDone: () => void;
}

/** Dissolves groups, a part after another, and tells which could not be and why. */
export function DismissGroups({ app, groups, onClose, onDone }: Props) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const dismiss = useDismiss();
  const [told, setTold] = useState<Outcome[]>();
  const one = groups.length === 1 ? groups[0] : undefined;
  const end = () => {
    onClose();
    onDone();
  };
  const run = async () => {
    const all: Outcome[] = [];
    const part = limitOf("im/DestroyGroup", "GroupIds").max;
    const ids = groups.map(({ id }) => id);
    for (let start = 0; start < ids.length; start += part) {
      const answer = await dismiss.mutateAsync({ SDKAppID: app, GroupIds: ids.slice(start, start + part) });
      all.push(...outcomesOf(answer, "GroupId"));
    }
    if (refusedOf(all).length) return setTold(all);
    say(t("dismiss.done", { count: all.length, number: format.number(all.length) }));
    end();
  };
  if (told) return <Outcomes title={t("dismiss.report")} all={told} onClose={end} />;
  const members = groups.reduce((sum, group) => sum + group.members, 0);
  return (
    <ConfirmByTyping
      title={one ? t("dismiss.titleOne", { name: one.name }) : t("dismiss.title", { count: groups.length })}
      name={one?.id ?? t("dismiss.word", { count: groups.length })}
      submit={t("dismiss.open")}
      busy={dismiss.isPending}
      error={dismiss.error}
      onClose={onClose}
      onConfirm={() => void run().catch(() => undefined)}
    >
      <Note tone="error">
        {t("dismiss.about", {
          count: groups.length,
          number: format.number(groups.length),
          members: format.number(members),
        })}
      </Note>
    </ConfirmByTyping>
  );
}
