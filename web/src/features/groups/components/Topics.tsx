import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { Avatar } from "../../../ui/Avatar";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon, DeleteIcon, EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { MenuItem, MoreButton } from "../../../ui/Menu";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Place, type TopicRow, useModifyTopic, useTopics } from "../api";
import { CreateTopic, EditTopic, MARK } from "./EditTopic";
import { RemoveTopics } from "./RemoveTopics";

type Open =
  | { what: "create" }
  | { what: "edit"; topic: TopicRow }
  | { what: "remove"; topics: TopicRow[]; clear?: () => void };

/** The topics of a community: each has messages of its own, all have the community's members. */
export function Topics({ place }: { place: Place }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useTopics({
    SDKAppID: place.app,
    GroupId: place.group,
    Keyword: state.keyword || undefined,
    Offset: (state.page - 1) * state.size,
    Limit: state.size,
  });
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const full = Boolean(data && data.Number >= data.Most);
  const create = (
    <Locked action="im:CreateTopic" app={place.app}>
      {(lock) => (
        <Button
          kind="primary"
          icon={<AddIcon />}
          title={lock.title ?? (full ? t("topics.full") : undefined)}
          disabled={lock.disabled || full}
          onClick={() => setOpen({ what: "create" })}
        >
          {t("topics.create")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard
      title={t("tabs.topics")}
      lead={data && t("topics.count", { number: format.number(data.Number), max: format.number(data.Most) })}
      actions={create}
    >
      <ResourceTable<TopicRow>
        label={t("tabs.topics")}
        state={state}
        search={t("topics.search")}
        rows={data?.Topics}
        rowKey={(row) => row.TopicId}
        paging={{ kind: "offset", total: data?.TotalCount }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          {
            key: "topic",
            title: t("topics.one"),
            role: "person",
            render: (row) => <TopicCell group={place.group} topic={row} />,
          },
          {
            key: "state",
            title: t("topics.writing"),
            role: "state",
            render: (row) =>
              row.MuteAllMember === "On" ? <Tag tone="warning">{t("muteAll.tag")}</Tag> : t("topics.open"),
          },
          { key: "said", title: t("topics.said"), number: true, render: (row) => format.number(row.NextMsgSeq - 1) },
          { key: "last", title: t("lastMsg"), role: "time", render: (row) => <TimeText at={row.LastMsgTime} /> },
          { key: "created", title: t("created"), role: "time", render: (row) => <TimeText at={row.CreateTime} /> },
        ]}
        bulk={(topics, clear) => (
          <Locked action="im:DestroyTopic" app={place.app}>
            {(lock) => (
              <Button kind="textDanger" {...lock} onClick={() => setOpen({ what: "remove", topics, clear })}>
                {t("action.delete")}
              </Button>
            )}
          </Locked>
        )}
        actions={(row) => (
          <MoreButton label={t("rowMenu", { name: row.TopicId })}>
            {(shut) => <TopicMenu place={place} topic={row} close={shut} open={setOpen} />}
          </MoreButton>
        )}
        empty={
          <Empty title={t("topics.empty")} about={t("topics.emptyAbout")}>
            {create}
          </Empty>
        }
      />
      {open?.what === "create" && <CreateTopic place={place} onClose={close} />}
      {open?.what === "edit" && <EditTopic place={place} topic={open.topic} onClose={close} />}
      {open?.what === "remove" && (
        <RemoveTopics
          place={place}
          topics={open.topics}
          onClose={close}
          onDone={() => {
            close();
            open.clear?.();
          }}
        />
      )}
    </SettingCard>
  );
}

/** Picture and name, below them the topic's own part of its ID: the part before it is the community's. */
function TopicCell({ group, topic }: { group: string; topic: TopicRow }) {
  return (
    <span className="person">
      <Avatar src={topic.FaceUrl} name={topic.Name} size={28} />
      <span className="person__names">
        <span className="person__nick">{topic.Name}</span>
        <span className="oneline">
          <span className="mono" title={topic.TopicId}>
            {topic.TopicId.slice(group.length + MARK.length)}
          </span>
          <CopyButton text={topic.TopicId} />
        </span>
      </span>
    </span>
  );
}

interface MenuProps {
  place: Place;
  topic: TopicRow;
  close: () => void;
  open: (what: Open) => void;
}

function TopicMenu({ place, topic, close, open }: MenuProps) {
  const { t } = useTranslation("groups");
  const mayEdit = useAllowed("im:ModifyTopic", place.app);
  const mayRemove = useAllowed("im:DestroyTopic", place.app);
  const modify = useModifyTopic();
  const muted = topic.MuteAllMember === "On";
  const mute = () => {
    close();
    modify.mutate(
      { SDKAppID: place.app, TopicId: topic.TopicId, MuteAllMember: muted ? "Off" : "On" },
      {
        onSuccess: () => say(t(muted ? "topics.unmuted" : "topics.muted", { name: topic.Name })),
        onError: sayError,
      },
    );
  };
  const act = (what: Open) => () => {
    close();
    open(what);
  };
  return (
    <>
      <MenuItem icon={<EditIcon />} disabled={mayEdit === false} onClick={act({ what: "edit", topic })}>
        {t("action.edit")}
      </MenuItem>
      <MenuItem disabled={mayEdit === false} onClick={mute}>
        {t(muted ? "topics.unmute" : "topics.mute")}
      </MenuItem>
      <MenuItem
        danger
        icon={<DeleteIcon />}
        disabled={mayRemove === false}
        onClick={act({ what: "remove", topics: [topic] })}
      >
        {t("action.delete")}
      </MenuItem>
    </>
  );
}
