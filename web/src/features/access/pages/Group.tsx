import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { useDeleteGroup, useGroup, useUpdateGroup } from "../api";
import { GroupForm } from "../components/GroupForm";
import { GroupMembers } from "../components/GroupMembers";
import { GroupPolicies } from "../components/GroupPolicies";

type GroupData = Data<"cam/GetGroup">;

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
          <ApiCallButton
            calls={[
              { title: t("groups.read"), call: { cloud: "cam/GetGroup", body: { GroupId: Number(id) } } },
              {
                title: t("groups.addMember"),
                call: {
                  cloud: "cam/AddUserToGroup",
                  body: { Info: [{ GroupId: Number(id), Uin: group.data?.UserInfo[0]?.Uin ?? 0 }] },
                },
              },
              {
                title: t("policies.attach"),
                call: { cloud: "cam/AttachGroupPolicy", body: { PolicyId: 1, AttachGroupId: Number(id) } },
              },
            ]}
          />
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
            <GroupMembers group={data} />
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
