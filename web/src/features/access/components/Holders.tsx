import { useTranslation } from "react-i18next";
import { TimeText, utcSeconds } from "../../../ui/format";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Entity, useAttachGroup, useAttachUser, useDetachGroup, useDetachUser, useEntities } from "../api";
import { useGroupChoices, useUserChoices } from "./choices";
import { GroupLink, UserLink } from "./columns";
import { LinkedCard } from "./LinkedCard";
import { PickEach } from "./PickEach";

const isUser = (row: Entity) => row.RelatedType === 1;

/** The users and groups that have a policy. */
export function Holders({ policy }: { policy: number }) {
  const { t } = useTranslation("access");
  const { page, size, keyword } = useTableState();
  const { data, error, refetch, isPlaceholderData } = useEntities(policy, page, size, keyword);
  const attachUser = useAttachUser();
  const attachGroup = useAttachGroup();
  const detach = useDetach(policy);
  const rows = data?.List ?? [];
  // Those on the page; giving the policy to somebody else who has it changes nothing.
  const users = rows.filter(isUser).map(({ Uin }) => Uin);
  const groups = rows.filter((row) => !isUser(row)).map(({ Id }) => Number(Id));
  const shared = { submit: t("policies.attach"), done: (count: number) => t("policy.given", { count }) };
  return (
    <LinkedCard<Entity>
      title={t("policy.who")}
      search={t("policy.searchWho")}
      rows={data?.List}
      rowKey={(row) => `${row.RelatedType}-${row.Id}`}
      error={error}
      onRetry={() => refetch()}
      paging={{ kind: "offset", total: data?.TotalNum }}
      stale={isPlaceholderData}
      columns={[
        {
          key: "who",
          title: t("policy.name"),
          render: (row) => (isUser(row) ? <UserLink name={row.Name} /> : <GroupLink id={row.Id} name={row.Name} />),
        },
        { key: "kind", title: t("policies.kind"), render: (row) => t(`policy.kinds.${row.RelatedType}`) },
        { key: "since", title: t("policies.since"), render: (row) => <TimeText at={utcSeconds(row.AttachmentTime)} /> },
      ]}
      remove={{
        title: t("policies.detach"),
        action: (row) => (isUser(row) ? "cam:DetachUserPolicy" : "cam:DetachGroupPolicy"),
        act: detach,
      }}
      empty={{ title: t("policy.nobody"), about: t("policy.nobodyAbout") }}
      adding={[
        {
          action: "cam:AttachUserPolicy",
          title: t("policy.toUser"),
          picker: (close) => (
            <PickEach
              {...shared}
              title={t("policy.toUser")}
              act={(AttachUin) => attachUser.mutateAsync({ PolicyId: policy, AttachUin })}
              onClose={close}
              useChoices={useUserChoices}
              without={users}
            />
          ),
        },
        {
          action: "cam:AttachGroupPolicy",
          title: t("policy.toGroup"),
          picker: (close) => (
            <PickEach
              {...shared}
              title={t("policy.toGroup")}
              act={(AttachGroupId) => attachGroup.mutateAsync({ PolicyId: policy, AttachGroupId })}
              onClose={close}
              useChoices={useGroupChoices}
              without={groups}
            />
          ),
        },
      ]}
    />
  );
}

/** Takes the policy from a holder, who can have it back. */
function useDetach(PolicyId: number) {
  const { t } = useTranslation("access");
  const attachUser = useAttachUser();
  const attachGroup = useAttachGroup();
  const detachUser = useDetachUser();
  const detachGroup = useDetachGroup();
  return (row: Entity) => {
    const group = Number(row.Id);
    const failed = { onError: sayError };
    const back = () =>
      isUser(row)
        ? attachUser.mutate({ PolicyId, AttachUin: row.Uin }, failed)
        : attachGroup.mutate({ PolicyId, AttachGroupId: group }, failed);
    const words = { ...failed, onSuccess: () => say(t("policy.taken", { name: row.Name }), back) };
    if (isUser(row)) detachUser.mutate({ PolicyId, DetachUin: row.Uin }, words);
    else detachGroup.mutate({ PolicyId, DetachGroupId: group }, words);
  };
}
