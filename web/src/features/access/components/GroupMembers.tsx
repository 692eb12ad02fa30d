import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { say, sayError } from "../../../ui/Toasts";
import { useJoinGroup, useLeaveGroup } from "../api";
import { useUserChoices } from "./choices";
import { createdColumn, remarkColumn, UserLink } from "./columns";
import { LinkedCard } from "./LinkedCard";
import { PickMany } from "./PickMany";

type GroupData = Data<"cam/GetGroup">;
type Member = GroupData["UserInfo"][number];

/** The members of a group. */
export function GroupMembers({ group }: { group: GroupData }) {
  const { t } = useTranslation("access");
  const join = useJoinGroup();
  const leave = useLeaveGroup();
  const inside = group.UserInfo.map(({ Uin }) => Uin);
  return (
    <LinkedCard<Member>
      title={t("groups.members")}
      rows={group.UserInfo}
      rowKey={(row) => String(row.Uin)}
      columns={[
        {
          key: "name",
          title: t("users.name"),
          sort: (row) => row.Name,
          render: (row) => <UserLink name={row.Name} />,
        },
        { key: "uin", title: "Uin", render: (row) => <span className="mono">{row.Uin}</span> },
        remarkColumn(t),
        createdColumn(t),
      ]}
      remove={{
        title: t("action.remove"),
        action: () => "cam:RemoveUserFromGroup",
        act: ({ Uin }) => {
          const membership = { Info: [{ GroupId: group.GroupId, Uin }] };
          leave.mutate(membership, {
            onSuccess: () => say(t("groups.left", { name: group.GroupName }), () => join.mutate(membership)),
            onError: sayError,
          });
        },
      }}
      empty={{ title: t("groups.noMembers"), about: t("groups.noMembersAbout") }}
      adding={[
        {
          action: "cam:AddUserToGroup",
          title: t("groups.addMember"),
          picker: (close) => (
            <PickMany
              title={t("groups.addMember")}
              submit={t("action.add")}
              busy={join.isPending}
              error={join.error}
              onClose={close}
              useChoices={useUserChoices}
              without={inside}
              onPick={(chosen) =>
                join.mutate(
                  { Info: chosen.map(({ id }) => ({ GroupId: group.GroupId, Uin: id })) },
                  {
                    onSuccess: () => {
                      say(t("groups.added", { count: chosen.length }));
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
