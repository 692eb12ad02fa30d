import { useTranslation } from "react-i18next";
import { TimeText, utcSeconds } from "../../../ui/format";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Held, type User, useAttachUser, useDetachUser, useHeldByUser } from "../api";
import { Authorise } from "./Authorise";
import { PolicyLink } from "./columns";
import { LinkedCard } from "./LinkedCard";

/** The policies of a sub-user, those held by its groups too. */
export function UserPolicies({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const { page, size } = useTableState();
  const { data, error, refetch, isPlaceholderData } = useHeldByUser(user.Uin, page, size);
  const attach = useAttachUser();
  const detach = useDetachUser();
  const isDirect = (row: Held) => !row.Groups.length;
  return (
    <LinkedCard<Held>
      title={t("user.tabs.policies")}
      rows={data?.PolicyList}
      rowKey={(row) => `${row.PolicyId}${isDirect(row) ? "" : "g"}`}
      error={error}
      onRetry={() => refetch()}
      paging={{ kind: "offset", total: data?.TotalNum }}
      stale={isPlaceholderData}
      columns={[
        {
          key: "name",
          title: t("policies.name"),
          render: (row) => <PolicyLink id={row.PolicyId} name={row.PolicyName} />,
        },
        { key: "kind", title: t("policies.kind"), render: (row) => t(`policies.kinds.${row.StrategyType}`) },
        {
          key: "by",
          title: t("user.heldBy"),
          render: (row) =>
            isDirect(row) ? (
              t("user.direct")
            ) : (
              <span className="row row--tight">
                {row.Groups.map(({ GroupId, GroupName }) => (
                  <Tag key={GroupId}>{GroupName}</Tag>
                ))}
              </span>
            ),
        },
        { key: "time", title: t("policies.since"), render: (row) => <TimeText at={utcSeconds(row.AddTime)} /> },
      ]}
      remove={{
        title: t("policies.detach"),
        action: () => "cam:DetachUserPolicy",
        may: isDirect,
        act: (row) => {
          const PolicyId = Number(row.PolicyId);
          detach.mutate(
            { PolicyId, DetachUin: user.Uin },
            {
              onSuccess: () =>
                say(t("policies.detached", { name: row.PolicyName }), () =>
                  attach.mutate({ PolicyId, AttachUin: user.Uin }),
                ),
              onError: sayError,
            },
          );
        },
      }}
      empty={{ title: t("user.noPolicies"), about: t("user.noPoliciesAbout") }}
      adding={[
        {
          action: "cam:AttachUserPolicy",
          title: t("policies.attach"),
          picker: (close) => <Authorise user={user.Uin} onClose={close} />,
        },
      ]}
    />
  );
}
