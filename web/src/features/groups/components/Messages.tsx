import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { PersonCell } from "../../../ui/cells";
import { ByteInput } from "../../../ui/Field";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { Empty, RefreshButton, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Group, type Message, type Place, useMessages, useRecall } from "../api";
import { textOf } from "../messageText";
import { tipOf } from "../tipText";
import { type Outcome, Outcomes, outcomesOf, refusedOf } from "./Outcomes";
import { TopicField } from "./TopicField";

/** What was said in a group, newest first. */
export function Messages({ place, group }: { place: Place; group: Group }) {
  const { t } = useTranslation("groups");
  const [topic, setTopic] = useState(group.Topics[0]?.TopicId ?? "");
  if (!group.Operations.includes("history")) return <Note>{t("messages.none")}</Note>;
  if (!group.SupportTopic) return <List place={place} group={group} />;
  if (!topic) return <Note>{t("topics.none")}</Note>;
  return (
    <>
      <TopicField topics={group.Topics} value={topic} onChange={setTopic} />
      <List key={topic} place={{ ...place, group: topic }} group={group} />
    </>
  );
}

function List({ place, group }: { place: Place; group: Group }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const state = useTableState();
  const query = useMessages(place, Number(state.after) || 0, state.size);
  const { data, error, refetch, isPlaceholderData, isFetching } = query;
  const [open, setOpen] = useState<{ seqs: number[]; clear?: () => void }>();
  const may = group.Operations.includes("recall");
  const said = (row: Message) => (row.Kind === "tip" && tipOf(row.MsgBody, t, format.span)) || textOf(row.MsgBody);
  const can = (row: Message) => may && row.Kind === "message" && !row.Recalled;
  return (
    <SettingCard
      title={t("tabs.messages")}
      lead={t("messages.lead")}
      actions={<RefreshButton busy={isFetching} onClick={() => void refetch()} />}
    >
      <ResourceTable<Message>
        label={t("tabs.messages")}
        state={state}
        rows={data?.Messages}
        rowKey={(row) => String(row.MsgSeq)}
        paging={{ kind: "cursor", next: data?.Next ? String(data.Next) : "" }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          { key: "seq", title: "MsgSeq", role: "id", width: 88, render: (row) => <code>{row.MsgSeq}</code> },
          {
            key: "from",
            title: t("messages.from"),
            role: "person",
            render: (row) =>
              row.Kind === "tip" ? (
                <Tag>{t("messages.tip")}</Tag>
              ) : (
                <PersonCell app={place.app} user={row.From} nick={row.Nick} src={row.FaceUrl} />
              ),
          },
          {
            key: "text",
            title: t("messages.text"),
            render: (row) => (
              <span className="break">
                {row.Recalled && <Tag tone="warning">{t("messages.recalled")}</Tag>}{" "}
                {row.To.length > 0 && <Tag>{t("messages.to", { count: row.To.length })}</Tag>} {said(row)}
              </span>
            ),
          },
          { key: "time", title: t("messages.time"), role: "time", render: (row) => <TimeText at={row.MsgTime} /> },
        ]}
        bulk={(rows, clear) => (
          <Locked action="im:RecallGroupMsg" app={place.app}>
            {(lock) => (
              <Button
                kind="textDanger"
                disabled={lock.disabled || !rows.some(can)}
                title={lock.title}
                onClick={() => setOpen({ seqs: rows.filter(can).map((row) => row.MsgSeq), clear })}
              >
                {t("recall.open")}
              </Button>
            )}
          </Locked>
        )}
        actions={(row) =>
          can(row) && (
            <Locked action="im:RecallGroupMsg" app={place.app}>
              {(lock) => (
                <Button kind="text" small {...lock} onClick={() => setOpen({ seqs: [row.MsgSeq] })}>
                  {t("recall.open")}
                </Button>
              )}
            </Locked>
          )
        }
        empty={<Empty title={t("messages.empty")} about={t("messages.emptyAbout")} />}
      />
      {open && (
        <Recall
          place={place}
          seqs={open.seqs}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined);
            open.clear?.();
          }}
        />
      )}
    </SettingCard>
  );
}

interface RecallProps {
  place: Place;
  seqs: number[];
  onClose: () => void;
  onDone: () => void;
}

function Recall({ place, seqs, onClose, onDone }: RecallProps) {
  const { t } = useTranslation("groups");
  const [reason, setReason] = useState("");
  const [told, setTold] = useState<Outcome[]>();
  const recall = useRecall();
  const { max } = limitOf("im/RecallGroupMsg", "Reason");
  if (told) return <Outcomes title={t("recall.report")} all={told} onClose={onDone} />;
  return (
    <Confirm
      title={t("recall.title", { count: seqs.length })}
      submit={t("recall.open")}
      busy={recall.isPending}
      error={recall.error}
      onClose={onClose}
      onConfirm={() =>
        recall.mutate(
          { SDKAppID: place.app, GroupId: place.group, MsgSeqs: seqs, Reason: reason },
          {
            onSuccess: (answer) => {
              const all = outcomesOf(answer, "MsgSeq");
              if (refusedOf(all).length) return setTold(all);
              say(t("recall.done", { count: seqs.length }));
              onDone();
            },
          },
        )
      }
    >
      <p>{t("recall.about")}</p>
      <ByteInput label={t("recall.reason")} max={max} value={reason} onChange={setReason} />
    </Confirm>
  );
}
