import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { TimeText, utcSeconds } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { useAttachGroup, useDetachGroup, useHeldByGroup } from "../api";
import { PickPolicies } from "./UserPolicies";

type Row = Data<"cam/ListAttachedGroupPolicies">["List"][number];

export function GroupPolicies({ group }: { group: number }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useHeldByGroup(group);
  const [open, setOpen] = useState(false);
  const attach = useAttachGroup();
  const detach = useDetachGroup();
  const give = async (ids: number[]) => {
    for (const PolicyId of ids) await attach.mutateAsync({ PolicyId, AttachGroupId: group });
    say(t("policies.attached", { count: ids.length }));
    setOpen(false);
  };
  const button = (
    <Locked action="cam:AttachGroupPolicy">
      {(lock) => (
        <Button {...lock} onClick={() => setOpen(true)}>
          {t("policies.attach")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard title={t("user.tabs.policies")} actions={button}>
      <ResourceTable<Row>
        label={t("user.tabs.policies")}
        state={state}
        rows={data?.List}
        rowKey={(row) => String(row.PolicyId)}
        error={error}
        onRetry={() => refetch()}
        columns={[
          {
            key: "policy",
            title: t("policies.name"),
            render: (row) => (
              <Link to="/access/policies/$id" params={{ id: String(row.PolicyId) }}>
                {row.PolicyName}
              </Link>
            ),
          },
          {
            key: "kind",
            title: t("policies.kind"),
            render: (row) => t(`policies.kinds.${row.PolicyType === "QCS" ? 2 : 1}`),
          },
          { key: "since", title: t("policies.since"), render: (row) => <TimeText at={utcSeconds(row.AddTime)} /> },
        ]}
        actions={(row) => (
          <Locked action="cam:DetachGroupPolicy">
            {(lock) => (
              <Button
                kind="textDanger"
                small
                {...lock}
                onClick={() =>
                  detach.mutate(
                    { PolicyId: row.PolicyId, DetachGroupId: group },
                    {
                      onSuccess: () =>
                        say(t("policies.detached", { name: row.PolicyName }), () =>
                          attach.mutate({ PolicyId: row.PolicyId, AttachGroupId: group }),
                        ),
                      onError: sayError,
                    },
                  )
                }
              >
                {t("policies.detach")}
              </Button>
            )}
          </Locked>
        )}
        empty={
          <Empty title={t("groups.noPolicies")} about={t("groups.noPoliciesAbout")}>
            {button}
          </Empty>
        }
      />
      {open && (
        <PickPolicies
          without={data?.List.map(({ PolicyId }) => PolicyId) ?? []}
          busy={attach.isPending}
          error={attach.error}
          onClose={() => setOpen(false)}
          onPick={(ids) => void give(ids).catch(() => undefined)}
        />
      )}
    </SettingCard>
  );
}
