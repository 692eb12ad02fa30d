import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApp } from "../../../api/session";
import { Button } from "../../../ui/Button";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { useAccountState } from "../../accounts/api";
import { type Blocked, failureOf, type Owner, useBlackList, useBlock, usePeople, useUnblock } from "../api";
import { PickUser, textOf } from "./parts";
import { personColumn } from "./personColumn";

export function BlackList({ owner }: { owner: Owner }) {
  const { t } = useTranslation("relations");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useBlackList(owner, Number(state.after) || 0, state.size);
  const rows = data?.BlackListItem ?? (data && []);
  const people = usePeople(owner, rows?.map((row) => row.To_Account) ?? []).data?.UserProfileItem;
  const profileOf = (user: string, tag: string) =>
    textOf(people?.find((one) => one.To_Account === user)?.ProfileItem, tag);
  const total = useAccountState(owner.app, owner.user).data?.Blacklist;
  const limit = useApp(owner.app).data?.Limits.Blacklist;
  const [adding, setAdding] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const block = useBlock();
  const unblock = useUnblock();
  const from = { SDKAppID: owner.app, From_Account: owner.user };
  const free = (users: string[], clear?: () => void) =>
    unblock.mutate(
      { ...from, To_Account: users },
      {
        onSuccess: (answer) => {
          const bad = failureOf(answer);
          if (bad) return sayError(bad);
          clear?.();
          say(t("blacklist.removed", { count: users.length }), () => block.mutate({ ...from, To_Account: users }));
        },
        onError: sayError,
      },
    );
  const add = (
    <Locked action="im:AddBlackList" app={owner.app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setAdding(true)}>
          {t("blacklist.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard
      title={t("blacklist.title")}
      lead={limit ? t("blacklist.lead", { max: format.number(limit) }) : undefined}
      actions={add}
    >
      <ResourceTable<Blocked>
        label={t("blacklist.title")}
        state={state}
        rows={rows}
        rowKey={(row) => row.To_Account}
        paging={{ kind: "cursor", next: data?.StartIndex ? String(data.StartIndex) : "", total }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          personColumn(owner, (row) => ({
            user: row.To_Account,
            nick: profileOf(row.To_Account, "Tag_Profile_IM_Nick"),
            src: profileOf(row.To_Account, "Tag_Profile_IM_Image"),
          })),
          {
            key: "time",
            title: t("blacklist.since"),
            role: "time",
            render: (row) => <TimeText at={row.AddBlackTimeStamp} />,
          },
        ]}
        bulk={(rows, clear) => (
          <Button
            kind="text"
            onClick={() =>
              free(
                rows.map((row) => row.To_Account),
                clear,
              )
            }
          >
            {t("blacklist.remove")}
          </Button>
        )}
        actions={(row) => (
          <Locked action="im:DeleteBlackList" app={owner.app}>
            {(lock) => (
              <Button kind="text" small {...lock} onClick={() => free([row.To_Account])}>
                {t("blacklist.remove")}
              </Button>
            )}
          </Locked>
        )}
        empty={
          <Empty title={t("blacklist.empty")} about={t("blacklist.emptyAbout")}>
            {add}
          </Empty>
        }
      />
      {adding && (
        <PickUser
          title={t("blacklist.add")}
          about={t("blacklist.about", { user: owner.user })}
          submit={t("blacklist.add")}
          busy={block.isPending}
          error={block.error ?? failure}
          onClose={() => setAdding(false)}
          onPick={(user) =>
            block.mutate(
              { ...from, To_Account: [user] },
              {
                onSuccess: (answer) => {
                  const bad = failureOf(answer);
                  setFailure(bad);
                  if (bad) return;
                  say(t("blacklist.added", { user }));
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
