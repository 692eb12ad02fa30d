import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Follow, failureOf, type Owner, useFollow, useFollowCounts, useFollows, useUnfollow } from "../api";
import { PickUser, textOf } from "./parts";
import { personColumn } from "./personColumn";

const KINDS = { following: 2, followers: 1, mutual: 3 } as const;
type Kind = keyof typeof KINDS;

export function Follows({ owner }: { owner: Owner }) {
  const { t } = useTranslation("relations");
  const format = useFormat();
  const state = useTableState();
  const wanted = state.filter("kind");
  const kind: Kind = wanted in KINDS ? (wanted as Kind) : "following";
  const { data, error, refetch, isPlaceholderData } = useFollows(owner, KINDS[kind], state.after, state.size);
  const counts = useFollowCounts(owner).data?.FollowInfo[0];
  const [adding, setAdding] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const follow = useFollow();
  const unfollow = useUnfollow();
  const from = { SDKAppID: owner.app, From_Account: owner.user };
  const numbers: Record<Kind, number | undefined> = {
    following: counts?.FollowingCount,
    followers: counts?.FollowerCount,
    mutual: counts?.MutualFollowingCount,
  };
  const leave = (user: string) =>
    unfollow.mutate(
      { ...from, To_Account: [user] },
      {
        onSuccess: (answer) => {
          const bad = failureOf(answer);
          if (bad) return sayError(bad);
          say(t("follow.left", { user }), () => follow.mutate({ ...from, FollowItem: [{ To_Account: user }] }));
        },
        onError: sayError,
      },
    );
  return (
    <SettingCard
      title={t("follow.title")}
      actions={
        <>
          <div className="row row--tight">
            {(Object.keys(KINDS) as Kind[]).map((one) => (
              <Button
                key={one}
                kind={one === kind ? "primary" : "plain"}
                onClick={() => state.set({ kind: one === "following" ? "" : one })}
              >
                {t(`follow.${one}`)} {numbers[one] !== undefined && format.number(numbers[one])}
              </Button>
            ))}
          </div>
          <Locked action="im:AddFollow" app={owner.app}>
            {(lock) => (
              <Button icon={<AddIcon />} {...lock} onClick={() => setAdding(true)}>
                {t("follow.add")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <ResourceTable<Follow>
        label={t("follow.title")}
        state={state}
        rows={data?.FollowItem ?? (data && [])}
        rowKey={(row) => row.To_Account}
        paging={{ kind: "cursor", next: data?.NextCursor ?? "", total: numbers[kind] }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          personColumn(owner, (row) => ({
            user: row.To_Account,
            nick: textOf(row.ProfileItem, "Tag_Profile_IM_Nick"),
            src: textOf(row.ProfileItem, "Tag_Profile_IM_Image"),
          })),
          { key: "time", title: t("follow.since"), role: "time", render: (row) => <TimeText at={row.FollowTime} /> },
        ]}
        actions={
          kind === "followers"
            ? undefined
            : (row) => (
                <Locked action="im:DeleteFollow" app={owner.app}>
                  {(lock) => (
                    <Button kind="text" small {...lock} onClick={() => leave(row.To_Account)}>
                      {t("follow.leave")}
                    </Button>
                  )}
                </Locked>
              )
        }
        empty={<Empty title={t(`follow.empty.${kind}`)} about={t("follow.emptyAbout")} />}
      />
      {adding && (
        <PickUser
          title={t("follow.add")}
          about={t("follow.about", { user: owner.user })}
          submit={t("follow.add")}
          busy={follow.isPending}
          error={follow.error ?? failure}
          onClose={() => setAdding(false)}
          onPick={(user) =>
            follow.mutate(
              { ...from, FollowItem: [{ To_Account: user }] },
              {
                onSuccess: (answer) => {
                  const bad = failureOf(answer);
                  setFailure(bad);
                  if (bad) return;
                  say(t("follow.added", { user }));
                  setAdding(false);
                },
              },
            )
          }
        />
      )}
    </SettingCard>
  );
}
