import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { ALL, type Group, type User, useGroups, useGroupsOf, useJoinGroup, useLeaveGroup } from "../api";
import { PickMany } from "./PickMany";

export function UserGroups({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useGroupsOf(user.Uin);
  const all = useGroups(1, ALL).data?.GroupInfo ?? [];
  const [open, setOpen] = useState(false);
  const join = useJoinGroup();
  const leave = useLeaveGroup();
  const held = data?.GroupInfo.map(({ GroupId }) => GroupId) ?? [];
  const button = (
    <Locked action="cam:AddUserToGroup">
      {(lock) => (
        <Button kind="primary" {...lock} onClick={() => setOpen(true)}>
          {t("groups.join")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard title={t("user.tabs.groups")} actions={button}>
      <ResourceTable<Pick<Group, "GroupId" | "GroupName" | "Remark">>
        label={t("user.tabs.groups")}
        state={state}
        rows={data?.GroupInfo}
        rowKey={(row) => String(row.GroupId)}
        error={error}
        onRetry={() => refetch()}
        columns={[
          {
            key: "name",
            title: t("groups.name"),
            sort: (row) => row.GroupName,
            render: (row) => (
              <Link to="/access/groups/$id" params={{ id: String(row.GroupId) }}>
                {row.GroupName}
              </Link>
            ),
          },
          { key: "remark", title: t("remark"), render: (row) => row.Remark || <span className="quiet">–</span> },
        ]}
        actions={(row) => (
          <Locked action="cam:RemoveUserFromGroup">
            {(lock) => (
              <Button
                kind="textDanger"
                small
                {...lock}
                onClick={() =>
                  leave.mutate(
                    { Info: [{ GroupId: row.GroupId, Uin: user.Uin }] },
                    { onSuccess: () => say(t("groups.left", { name: row.GroupName })), onError: sayError },
                  )
                }
              >
                {t("action.remove")}
              </Button>
            )}
          </Locked>
        )}
        empty={
          <Empty title={t("user.noGroups")} about={t("user.noGroupsAbout")}>
            {button}
          </Empty>
        }
      />
      {open && (
        <PickMany
          title={t("groups.join")}
          submit={t("groups.join")}
          busy={join.isPending}
          error={join.error}
          onClose={() => setOpen(false)}
          choices={all
            .filter(({ GroupId }) => !held.includes(GroupId))
            .map(({ GroupId, GroupName, Remark }) => ({ id: GroupId, name: GroupName, about: Remark }))}
          onPick={(ids) =>
            join.mutate(
              { Info: ids.map((GroupId) => ({ GroupId, Uin: user.Uin })) },
              {
                onSuccess: () => {
                  say(t("groups.joined", { count: ids.length }));
                  setOpen(false);
                },
              },
            )
          }
        />
      )}
    </SettingCard>
  );
}
