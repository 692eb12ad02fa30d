import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { byteLength, useFormat } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Topic, useSend } from "../api";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";
import { TopicField } from "./TopicField";

const MAX = { text: limitOf("im/SendGroupMsg", "Text").max, from: limitOf("im/SendGroupMsg", "From").max };

interface Props {
  app: number;
  groups: string[];
  /** Of the one group, where its messages go to them. */
  topics?: Topic[];
  onClose: () => void;
  onDone?: () => void;
}

/** A text to one group or to many. */
export function SendMessage({ app, groups, topics = [], onClose, onDone }: Props) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const [text, setText] = useState("");
  const [from, setFrom] = useState("");
  const [topic, setTopic] = useState(topics[0]?.TopicId ?? "");
  const [told, setTold] = useState<Outcome[]>();
  const send = useSend();
  const end = () => {
    onClose();
    onDone?.();
  };
  const run = async () => {
    const all: Outcome[] = [];
    const part = limitOf("im/SendGroupMsg", "GroupIds").max;
    const places = topic ? [topic] : groups;
    for (let start = 0; start < places.length; start += part) {
      const GroupIds = places.slice(start, start + part);
      all.push(...outcomesOf(await send.mutateAsync({ SDKAppID: app, GroupIds, Text: text, From: from }), "GroupId"));
    }
    if (refusedOf(all).length) return setTold(all);
    say(t("send.done", { count: all.length, number: format.number(all.length) }));
    end();
  };
  if (told) return <Outcomes title={t("send.report")} all={told} onClose={end} />;
  return (
    <FormDialog
      title={t("send.title", { count: groups.length, number: format.number(groups.length) })}
      submit={t("send.submit")}
      busy={send.isPending}
      disabled={!text.trim() || [...text].length > MAX.text || byteLength(from) > MAX.from}
      error={send.error}
      onClose={onClose}
      onSubmit={() => void run().catch(() => undefined)}
    >
      {topic && <TopicField topics={topics} value={topic} onChange={setTopic} />}
      <ByteInput
        label={t("send.text")}
        required
        autoFocus
        unit="letters"
        rows={4}
        max={MAX.text}
        value={text}
        onChange={setText}
      />
      <ByteInput
        label={t("send.from")}
        mono
        max={MAX.from}
        value={from}
        onChange={setFrom}
        placeholder="administrator"
        hint={t("send.fromHint")}
      />
    </FormDialog>
  );
}
