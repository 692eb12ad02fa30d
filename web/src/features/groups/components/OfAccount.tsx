import { useTranslation } from "react-i18next";
import { TimeText, useFormat } from "../../../ui/format";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { type AccountGroup, useAccountGroups } from "../api";
import { EndText } from "./EndText";
import { GroupCell } from "./GroupCell";

/** The groups of one account, a tab of its page. */
export function OfAccount({ app, user }: { app: number; user: string }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useAccountGroups(
    app,
    user,
    (state.page - 1) * state.size,
    state.size,
  );
  return (
    <SettingCard title={t("ofAccount.title")} lead={t("ofAccount.lead")}>
      <ResourceTable<AccountGroup>
        label={t("ofAccount.title")}
        state={state}
        rows={data?.Groups}
        rowKey={(row) => row.GroupId}
        paging={{ kind: "offset", total: data?.TotalCount }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          {
            key: "id",
            title: t("group"),
            role: "person",
            render: (row) => <GroupCell app={app} id={row.GroupId} name={row.Name} src={row.FaceUrl} />,
          },
          { key: "type", title: t("type"), role: "state", render: (row) => t(`types.${row.Type}`) },
          { key: "role", title: t("role"), role: "state", render: (row) => t(`roles.${row.Role}`) },
          {
            key: "members",
            title: t("members"),
            number: true,
            role: "detail",
            render: (row) => format.number(row.MemberNum),
          },
          { key: "joined", title: t("joined"), role: "time", render: (row) => <TimeText at={row.JoinTime} /> },
          { key: "muted", title: t("mutedUntil"), role: "detail", render: (row) => <EndText at={row.MuteUntil} /> },
        ]}
        empty={<Empty title={t("ofAccount.empty")} about={t("ofAccount.emptyAbout")} />}
      />
    </SettingCard>
  );
}
