import { useTranslation } from "react-i18next";
import { TimeText, utcSeconds } from "../../../ui/format";
import { say, sayError } from "../../../ui/Toasts";
import {
  ALL,
  type Entity,
  useAttachGroup,
  useAttachUser,
  useDetachGroup,
  useDetachUser,
  useEntities,
  useGroups,
  useUsers,
} from "../api";
import { GroupLink, UserLink } from "./columns";
import { LinkedCard } from "./LinkedCard";
import { PickEach } from "./PickEach";

const isUser = (row: Entity) => row.RelatedType === 1;

/** The users and groups that have a policy. */
export function Holders({ policy }: { policy: number }) {
  const { t } = useTranslation("access");
  const { data, error, refetch } = useEntities(policy);
  const users = useUsers().data?.Data ?? [];
  const groups = useGroups(1, ALL).data?.GroupInfo ?? [];
  const attachUser = useAttachUser();
  const attachGroup = useAttachGroup();
  const detachUser = useDetachUser();
  const detachGroup = useDetachGroup();
  const rows = data?.List;
  const shared = { submit: t("policies.attach"), done: (count: number) => t("policy.given", { count }) };
  return (
    <LinkedCard<Entity>
      title={t("policy.who")}
      rows={rows}
      rowKey={(row) => `${row.RelatedType}-${row.Id}`}
      error={error}
      onRetry={() => refetch()}
      columns={[
        {
          key: "who",
          title: t("policy.name"),
          sort: (row) => row.Name,
          render: (row) => (isUser(row) ? <UserLink name={row.Name} /> : <GroupLink id={row.Id} name={row.Name} />),
        },
        { key: "kind", title: t("policies.kind"), render: (row) => t(`policy.kinds.${row.RelatedType}`) },
        { key: "since", title: t("policies.since"), render: (row) => <TimeText at={utcSeconds(row.AttachmentTime)} /> },
      ]}
      remove={{
        title: t("policies.detach"),
        action: (row) => (isUser(row) ? "cam:DetachUserPolicy" : "cam:DetachGroupPolicy"),
        act: (row) => {
          const words = { onSuccess: () => say(t("policy.taken", { name: row.Name })), onError: sayError };
          if (isUser(row)) detachUser.mutate({ PolicyId: policy, DetachUin: row.Uin }, words);
          else detachGroup.mutate({ PolicyId: policy, DetachGroupId: Number(row.Id) }, words);
        },
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
              choices={users
                .filter(({ Uin }) => !rows?.some((row) => isUser(row) && row.Uin === Uin))
                .map(({ Uin, Name, Remark }) => ({ id: Uin, name: Name, about: Remark }))}
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
              choices={groups
                .filter(({ GroupId }) => !rows?.some((row) => !isUser(row) && Number(row.Id) === GroupId))
                .map(({ GroupId, GroupName, Remark }) => ({ id: GroupId, name: GroupName, about: Remark }))}
            />
          ),
        },
      ]}
    />
  );
}
