import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { TimeText, utcSeconds } from "../../../ui/format";
import { say, sayError } from "../../../ui/Toasts";
import { useAttachGroup, useDetachGroup, useHeldByGroup } from "../api";
import { PolicyLink } from "./columns";
import { LinkedCard } from "./LinkedCard";
import { PickPolicies } from "./PickPolicies";

type Row = Data<"cam/ListAttachedGroupPolicies">["List"][number];

/** The policies that all members of a group have. */
export function GroupPolicies({ group }: { group: number }) {
  const { t } = useTranslation("access");
  const { data, error, refetch } = useHeldByGroup(group);
  const attach = useAttachGroup();
  const detach = useDetachGroup();
  return (
    <LinkedCard<Row>
      title={t("user.tabs.policies")}
      rows={data?.List}
      rowKey={(row) => String(row.PolicyId)}
      error={error}
      onRetry={() => refetch()}
      columns={[
        {
          key: "policy",
          title: t("policies.name"),
          sort: (row) => row.PolicyName,
          render: (row) => <PolicyLink id={row.PolicyId} name={row.PolicyName} />,
        },
        {
          key: "kind",
          title: t("policies.kind"),
          render: (row) => t(`policies.kinds.${row.PolicyType === "QCS" ? 2 : 1}`),
        },
        { key: "since", title: t("policies.since"), render: (row) => <TimeText at={utcSeconds(row.AddTime)} /> },
      ]}
      remove={{
        title: t("policies.detach"),
        action: () => "cam:DetachGroupPolicy",
        act: ({ PolicyId, PolicyName }) =>
          detach.mutate(
            { PolicyId, DetachGroupId: group },
            {
              onSuccess: () =>
                say(t("policies.detached", { name: PolicyName }), () =>
                  attach.mutate({ PolicyId, AttachGroupId: group }),
                ),
              onError: sayError,
            },
          ),
      }}
      empty={{ title: t("groups.noPolicies"), about: t("groups.noPoliciesAbout") }}
      adding={[
        {
          action: "cam:AttachGroupPolicy",
          title: t("policies.attach"),
          picker: (close) => (
            <PickPolicies
              without={data?.List.map(({ PolicyId }) => PolicyId) ?? []}
              act={(PolicyId) => attach.mutateAsync({ PolicyId, AttachGroupId: group })}
              onClose={close}
            />
          ),
        },
      ]}
    />
  );
}
