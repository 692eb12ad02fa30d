import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../../api/hooks";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, TextField } from "../../../ui/Field";
import { byteLength, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type FriendList, failureOf, type Owner, useAddList, useDeleteList, useLists } from "../api";
import { UserLink } from "./parts";

export function FriendLists({ owner }: { owner: Owner }) {
  const { t } = useTranslation("relations");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch } = useLists(owner);
  const limits = useRead("im/DescribeAbilityConfInfo", { SDKAppID: owner.app }).data?.Ranges.Relations;
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState("");
  const rows = data?.ResultItem ?? (data && []);
  const add = (
    <Locked action="im:AddFriendGroup" app={owner.app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setAdding(true)}>
          {t("lists.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard
      title={t("lists.title")}
      lead={limits && rows && t("lists.count", { count: rows.length, max: limits.Groups })}
      actions={add}
    >
      <ResourceTable<FriendList>
        label={t("lists.title")}
        state={state}
        rows={rows}
        rowKey={(row) => row.GroupName}
        error={error}
        onRetry={() => refetch()}
        columns={[
          {
            key: "name",
            title: t("lists.name"),
            render: (row) => <strong>{row.GroupName}</strong>,
            sort: (row) => row.GroupName,
          },
          {
            key: "size",
            title: t("lists.size"),
            number: true,
            render: (row) => format.number(row.FriendNumber),
          },
          {
            key: "members",
            title: t("lists.members"),
            render: (row) => (
              <span className="row">
                {row.To_Account?.slice(0, 8).map((user) => (
                  <UserLink key={user} owner={owner} user={user} />
                ))}
                {(row.To_Account?.length ?? 0) > 8 && (
                  <span className="quiet">+{(row.To_Account?.length ?? 0) - 8}</span>
                )}
              </span>
            ),
          },
        ]}
        actions={(row) => (
          <Locked action="im:DeleteFriendGroup" app={owner.app}>
            {(lock) => (
              <Button kind="textDanger" small {...lock} onClick={() => setRemoving(row.GroupName)}>
                {t("action.delete")}
              </Button>
            )}
          </Locked>
        )}
        empty={
          <Empty title={t("lists.empty")} about={t("lists.emptyAbout")}>
            {add}
          </Empty>
        }
      />
      {adding && limits && <AddList owner={owner} max={limits.GroupName} onClose={() => setAdding(false)} />}
      {removing && <DeleteList owner={owner} name={removing} onClose={() => setRemoving("")} />}
    </SettingCard>
  );
}

function AddList({ owner, max, onClose }: { owner: Owner; max: number; onClose: () => void }) {
  const { t } = useTranslation("relations");
  const [name, setName] = useState("");
  const [members, setMembers] = useState("");
  const [failure, setFailure] = useState<unknown>();
  const add = useAddList();
  const users = members.split(/[\s,]+/).filter(Boolean);
  return (
    <FormDialog
      title={t("lists.add")}
      submit={t("action.add")}
      busy={add.isPending}
      disabled={!name || byteLength(name) > max}
      error={add.error ?? failure}
      onClose={onClose}
      onSubmit={() =>
        add.mutate(
          {
            SDKAppID: owner.app,
            From_Account: owner.user,
            GroupName: [name],
            ...(users.length ? { To_Account: users } : {}),
          },
          {
            onSuccess: (answer) => {
              const bad = failureOf(answer);
              setFailure(bad);
              if (bad) return;
              say(t("lists.added", { name }));
              onClose();
            },
          },
        )
      }
    >
      <ByteInput label={t("lists.name")} required autoFocus max={max} value={name} onChange={setName} />
      <TextField
        label={t("lists.members")}
        mono
        rows={2}
        value={members}
        onChange={setMembers}
        hint={t("lists.membersHint")}
      />
    </FormDialog>
  );
}

function DeleteList({ owner, name, onClose }: { owner: Owner; name: string; onClose: () => void }) {
  const { t } = useTranslation("relations");
  const remove = useDeleteList();
  return (
    <Confirm
      title={t("lists.deleteTitle", { name })}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { SDKAppID: owner.app, From_Account: owner.user, GroupName: [name] },
          {
            onSuccess: () => {
              say(t("lists.deleted", { name }));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("lists.deleteAbout")}</p>
    </Confirm>
  );
}
