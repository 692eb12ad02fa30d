import { useTranslation } from "react-i18next";
import { say, sayError } from "../../../ui/Toasts";
import { type Group, type User, useGroupsOf, useJoinGroup, useLeaveGroup } from "../api";
import { useGroupChoices } from "./choices";
import { GroupLink, remarkColumn } from "./columns";
import { LinkedCard } from "./LinkedCard";
import { PickMany } from "./PickMany";

type Row = Pick<Group, "GroupId" | "GroupName" | "Remark">;

/** The groups that a sub-user is in. */
export function UserGroups({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const { data, error, refetch } = useGroupsOf(user.Uin);
  const join = useJoinGroup();
  const leave = useLeaveGroup();
  const held = data?.GroupInfo.map(({ GroupId }) => GroupId) ?? [];
  return (
    <LinkedCard<Row>
      title={t("user.tabs.groups")}
      rows={data?.GroupInfo}
      rowKey={(row) => String(row.GroupId)}
      error={error}
      onRetry={() => refetch()}
      columns={[
        {
          key: "name",
          title: t("groups.name"),
          sort: (row) => row.GroupName,
          render: (row) => <GroupLink id={row.GroupId} name={row.GroupName} />,
        },
        remarkColumn(t),
      ]}
      remove={{
        title: t("action.remove"),
        action: () => "cam:RemoveUserFromGroup",
        act: ({ GroupId, GroupName }) => {
          const membership = { Info: [{ GroupId, Uin: user.Uin }] };
          leave.mutate(membership, {
            onSuccess: () => say(t("groups.left", { name: GroupName }), () => join.mutate(membership)),
            onError: sayError,
          });
        },
      }}
      empty={{ title: t("user.noGroups"), about: t("user.noGroupsAbout") }}
      adding={[
        {
          action: "cam:AddUserToGroup",
          title: t("groups.join"),
          picker: (close) => (
            <PickMany
              title={t("groups.join")}
              submit={t("groups.join")}
              busy={join.isPending}
              error={join.error}
              onClose={close}
              useChoices={useGroupChoices}
              without={held}
              onPick={(chosen) =>
                join.mutate(
                  { Info: chosen.map(({ id }) => ({ GroupId: id, Uin: user.Uin })) },
                  {
                    onSuccess: () => {
                      say(t("groups.joined", { count: chosen.length }));
                      close();
                    },
                  },
                )
              }
            />
          ),
        },
      ]}
    />
  );
}
