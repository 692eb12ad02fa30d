import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApp } from "../../../api/session";
import { Button } from "../../../ui/Button";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { type Friend, type Owner, useFriends } from "../api";
import { AddFriend } from "./AddFriend";
import { CheckRelation } from "./CheckRelation";
import { DeleteAllFriends, DeleteFriends } from "./DeleteFriends";
import { EditFriend } from "./EditFriend";
import { tagOf, textOf } from "./parts";
import { personColumn } from "./personColumn";

type Open =
  | { what: "add" | "check" | "all" }
  | { what: "edit"; friend: Friend }
  | { what: "delete"; users: string[]; clear: () => void };

export function Friends({ owner }: { owner: Owner }) {
  const { t } = useTranslation("relations");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useFriends(
    owner,
    state.keyword,
    (state.page - 1) * state.size,
    state.size,
  );
  const limit = useApp(owner.app).data?.Limits.Friends;
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const add = (
    <Locked action="im:AddFriend" app={owner.app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setOpen({ what: "add" })}>
          {t("friends.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard
      title={t("friends.title")}
      lead={
        data && limit !== undefined
          ? t("friends.count", {
              number: format.number(data.FriendNum),
              max: limit === null ? "∞" : format.number(limit),
            })
          : undefined
      }
      actions={
        <>
          <Button onClick={() => setOpen({ what: "check" })}>{t("check.open")}</Button>
          {data && data.FriendNum > 0 && (
            <Locked action="im:DeleteAllFriends" app={owner.app}>
              {(lock) => (
                <Button kind="textDanger" {...lock} onClick={() => setOpen({ what: "all" })}>
                  {t("friends.deleteAll")}
                </Button>
              )}
            </Locked>
          )}
          {add}
        </>
      }
    >
      <ResourceTable<Friend>
        label={t("friends.title")}
        state={state}
        search={t("friends.search")}
        rows={data?.Friends}
        rowKey={(row) => row.To_Account}
        paging={{ kind: "offset", total: data?.TotalCount }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          personColumn(owner, (row) => ({ user: row.To_Account, nick: row.Nick, src: row.FaceUrl })),
          {
            key: "remark",
            title: t("friends.remark"),
            render: (row) => textOf(row.ValueItem, "Tag_SNS_IM_Remark") || <span className="quiet">–</span>,
          },
          {
            key: "way",
            title: t("friends.way"),
            role: "state",
            render: (row) => t(`friends.ways.${row.Both ? "both" : "one"}`),
          },
          {
            key: "lists",
            role: "detail",
            title: t("friends.lists"),
            render: (row) => (
              <span className="row row--tight">
                {((tagOf(row.ValueItem, "Tag_SNS_IM_Group") as string[]) ?? []).map((name) => (
                  <Tag key={name}>{name}</Tag>
                ))}
              </span>
            ),
          },
          {
            key: "source",
            role: "detail",
            title: t("friends.source"),
            render: (row) => textOf(row.ValueItem, "Tag_SNS_IM_AddSource").replace("AddSource_Type_", ""),
          },
          {
            key: "time",
            title: t("friends.since"),
            role: "time",
            render: (row) => <TimeText at={Number(tagOf(row.ValueItem, "Tag_SNS_IM_AddTime") ?? 0)} />,
          },
        ]}
        bulk={(chosen, clear) => (
          <Locked action="im:DeleteFriend" app={owner.app}>
            {(lock) => (
              <Button
                kind="textDanger"
                {...lock}
                onClick={() => setOpen({ what: "delete", users: chosen.map((row) => row.To_Account), clear })}
              >
                {t("action.delete")}
              </Button>
            )}
          </Locked>
        )}
        actions={(row) => (
          <Locked action="im:ModifyFriend" app={owner.app}>
            {(lock) => (
              <Button kind="text" small {...lock} onClick={() => setOpen({ what: "edit", friend: row })}>
                {t("action.edit")}
              </Button>
            )}
          </Locked>
        )}
        empty={
          <Empty title={t("friends.empty")} about={t("friends.emptyAbout")}>
            {add}
          </Empty>
        }
      />
      {open?.what === "add" && <AddFriend owner={owner} onClose={close} />}
      {open?.what === "check" && <CheckRelation owner={owner} onClose={close} />}
      {open?.what === "all" && <DeleteAllFriends owner={owner} count={data?.FriendNum ?? 0} onClose={close} />}
      {open?.what === "edit" && <EditFriend owner={owner} friend={open.friend} onClose={close} />}
      {open?.what === "delete" && (
        <DeleteFriends owner={owner} users={open.users} onClose={close} onDone={open.clear} />
      )}
    </SettingCard>
  );
}
