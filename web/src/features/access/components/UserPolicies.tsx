import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { TimeText, utcSeconds } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { ALL, type Held, type User, useAttachUser, useDetachUser, useHeldByUser, usePolicies } from "../api";
import { PickMany } from "./PickMany";

/** The policies of a sub-user, those held by its groups too. */
export function UserPolicies({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useHeldByUser(user.Uin);
  const [open, setOpen] = useState(false);
  const attach = useAttachUser();
  const detach = useDetachUser();
  const direct = data?.PolicyList.filter((one) => !one.Groups.length).map((one) => Number(one.PolicyId)) ?? [];
  const take = (row: Held) =>
    detach.mutate(
      { PolicyId: Number(row.PolicyId), DetachUin: user.Uin },
      {
        onSuccess: () =>
          say(t("policies.detached", { name: row.PolicyName }), () =>
            attach.mutate({ PolicyId: Number(row.PolicyId), AttachUin: user.Uin }),
          ),
        onError: sayError,
      },
    );
  const give = async (ids: number[]) => {
    for (const PolicyId of ids) await attach.mutateAsync({ PolicyId, AttachUin: user.Uin });
    say(t("policies.attached", { count: ids.length }));
    setOpen(false);
  };
  const button = (
    <Locked action="cam:AttachUserPolicy">
      {(lock) => (
        <Button kind="primary" {...lock} onClick={() => setOpen(true)}>
          {t("policies.attach")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard title={t("user.tabs.policies")} actions={button}>
      <ResourceTable<Held>
        label={t("user.tabs.policies")}
        state={state}
        rows={data?.PolicyList}
        rowKey={(row) => `${row.PolicyId}${row.Groups.length ? "g" : ""}`}
        error={error}
        onRetry={() => refetch()}
        columns={[
          {
            key: "name",
            title: t("policies.name"),
            sort: (row) => row.PolicyName,
            render: (row) => (
              <Link to="/access/policies/$id" params={{ id: row.PolicyId }}>
                {row.PolicyName}
              </Link>
            ),
          },
          { key: "kind", title: t("policies.kind"), render: (row) => t(`policies.kinds.${row.StrategyType}`) },
          {
            key: "by",
            title: t("user.heldBy"),
            render: (row) =>
              row.Groups.length ? (
                <span className="row row--tight">
                  {row.Groups.map(({ GroupId, GroupName }) => (
                    <Tag key={GroupId}>{GroupName}</Tag>
                  ))}
                </span>
              ) : (
                t("user.direct")
              ),
          },
          { key: "time", title: t("policies.since"), render: (row) => <TimeText at={utcSeconds(row.AddTime)} /> },
        ]}
        actions={(row) =>
          !row.Groups.length && (
            <Locked action="cam:DetachUserPolicy">
              {(lock) => (
                <Button kind="textDanger" small {...lock} onClick={() => take(row)}>
                  {t("policies.detach")}
                </Button>
              )}
            </Locked>
          )
        }
        empty={
          <Empty title={t("user.noPolicies")} about={t("user.noPoliciesAbout")}>
            {button}
          </Empty>
        }
      />
      {open && (
        <PickPolicies
          without={direct}
          busy={attach.isPending}
          error={attach.error}
          onClose={() => setOpen(false)}
          onPick={(ids) => void give(ids).catch(() => undefined)}
        />
      )}
    </SettingCard>
  );
}

interface PickProps {
  without: number[];
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onPick: (ids: number[]) => void;
}

export function PickPolicies({ without, ...rest }: PickProps) {
  const { t } = useTranslation("access");
  const policies = usePolicies(1, ALL).data?.List ?? [];
  return (
    <PickMany
      {...rest}
      title={t("policies.attach")}
      submit={t("policies.attach")}
      choices={policies
        .filter(({ PolicyId }) => !without.includes(PolicyId))
        .map(({ PolicyId, PolicyName, Description }) => ({ id: PolicyId, name: PolicyName, about: Description }))}
    />
  );
}
