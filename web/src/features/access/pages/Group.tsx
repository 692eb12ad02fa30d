import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { TimeText, utcSeconds } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Loaded, Page, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { useDeleteGroup, useGroup, useJoinGroup, useLeaveGroup, useUpdateGroup, useUsers } from "../api";
import { GroupForm } from "../components/GroupForm";
import { GroupPolicies } from "../components/GroupPolicies";
import { PickMany } from "../components/PickMany";

type GroupData = Data<"cam/GetGroup">;
type Member = GroupData["UserInfo"][number];

/** One user group: its members and the policies that they all have. */
export function Group() {
  const { t } = useTranslation("access");
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const group = useGroup(Number(id));
  const [open, setOpen] = useState<"edit" | "delete" | "">("");
  const update = useUpdateGroup();
  return (
    <Page
      title={group.data?.GroupName ?? id}
      lead={group.data?.Remark}
      parents={[{ title: t("nav.access") }, { title: t("nav.groups"), to: "/access/groups" }]}
      actions={
        <>
          <Locked action="cam:UpdateGroup">
            {(lock) => (
              <Button icon={<EditIcon />} {...lock} onClick={() => setOpen("edit")}>
                {t("action.edit")}
              </Button>
            )}
          </Locked>
          <Locked action="cam:DeleteGroup">
            {(lock) => (
              <Button kind="textDanger" {...lock} onClick={() => setOpen("delete")}>
                {t("action.delete")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <Loaded query={group}>
        {(data) => (
          <>
            <Members group={data} />
            <GroupPolicies group={data.GroupId} />
            {open === "delete" && <DeleteGroup group={data} onClose={() => setOpen("")} />}
            {open === "edit" && (
              <GroupForm
                title={t("groups.edit")}
                submit={t("action.save")}
                value={{ GroupName: data.GroupName, Remark: data.Remark }}
                busy={update.isPending}
                error={update.error}
                onClose={() => setOpen("")}
                onSubmit={(value) =>
                  update.mutate(
                    { GroupId: data.GroupId, ...value },
                    {
                      onSuccess: () => {
                        say(t("action.saved"));
                        setOpen("");
                      },
                    },
                  )
                }
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Members({ group }: { group: GroupData }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const users = useUsers().data?.Data ?? [];
  const [open, setOpen] = useState(false);
  const join = useJoinGroup();
  const leave = useLeaveGroup();
  const inside = group.UserInfo.map(({ Uin }) => Uin);
  const button = (
    <Locked action="cam:AddUserToGroup">
      {(lock) => (
        <Button kind="primary" {...lock} onClick={() => setOpen(true)}>
          {t("groups.addMember")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard title={t("groups.members")} actions={button}>
      <ResourceTable<Member>
        label={t("groups.members")}
        state={state}
        rows={group.UserInfo}
        rowKey={(row) => String(row.Uin)}
        columns={[
          {
            key: "name",
            title: t("users.name"),
            sort: (row) => row.Name,
            render: (row) => (
              <Link to="/access/users/$name" params={{ name: row.Name }}>
                {row.Name}
              </Link>
            ),
          },
          { key: "uin", title: "Uin", render: (row) => <span className="mono">{row.Uin}</span> },
          { key: "remark", title: t("remark"), render: (row) => row.Remark || <span className="quiet">–</span> },
          { key: "created", title: t("created"), render: (row) => <TimeText at={utcSeconds(row.CreateTime)} /> },
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
                    { Info: [{ GroupId: group.GroupId, Uin: row.Uin }] },
                    {
                      onSuccess: () =>
                        say(t("groups.left", { name: group.GroupName }), () =>
                          join.mutate({ Info: [{ GroupId: group.GroupId, Uin: row.Uin }] }),
                        ),
                      onError: sayError,
                    },
                  )
                }
              >
                {t("action.remove")}
              </Button>
            )}
          </Locked>
        )}
        empty={
          <Empty title={t("groups.noMembers")} about={t("groups.noMembersAbout")}>
            {button}
          </Empty>
        }
      />
      {open && (
        <PickMany
          title={t("groups.addMember")}
          submit={t("action.add")}
          busy={join.isPending}
          error={join.error}
          onClose={() => setOpen(false)}
          choices={users
            .filter(({ Uin }) => !inside.includes(Uin))
            .map(({ Uin, Name, Remark }) => ({ id: Uin, name: Name, about: Remark }))}
          onPick={(uins) =>
            join.mutate(
              { Info: uins.map((Uin) => ({ GroupId: group.GroupId, Uin })) },
              {
                onSuccess: () => {
                  say(t("groups.added", { count: uins.length }));
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

function DeleteGroup({ group, onClose }: { group: GroupData; onClose: () => void }) {
  const { t } = useTranslation("access");
  const navigate = useNavigate();
  const remove = useDeleteGroup();
  return (
    <ConfirmByTyping
      title={t("groups.deleteTitle", { name: group.GroupName })}
      name={group.GroupName}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { GroupId: group.GroupId },
          {
            onSuccess: () => {
              onClose();
              say(t("groups.deleted", { name: group.GroupName }));
              void navigate({ to: "/access/groups" });
            },
          },
        )
      }
    >
      <p>{t("groups.deleteAbout", { count: group.UserInfo.length })}</p>
    </ConfirmByTyping>
  );
}
