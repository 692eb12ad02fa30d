import { useTranslation } from "react-i18next";
import { PersonCell } from "../../../ui/cells";
import { TimeText } from "../../../ui/format";
import { Empty, RefreshButton, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { type Failure, useFailures } from "../api";

/** What vendors did not take, the newest first, with what is behind it. */
export function Failures({ app }: { app: number }) {
  const { t } = useTranslation("push");
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData, isFetching } = useFailures(
    app,
    Number(state.after) || 0,
    state.size,
  );
  const rows = data?.Failures;
  const last = rows && rows.length === state.size ? rows.at(-1) : undefined;
  return (
    <SettingCard
      title={t("tabs.failures")}
      lead={t("failures.about")}
      actions={<RefreshButton busy={isFetching} onClick={() => void refetch()} />}
    >
      <ResourceTable<Failure>
        label={t("tabs.failures")}
        state={state}
        rows={rows}
        rowKey={(row) => String(row.FailureId)}
        paging={{ kind: "cursor", next: last ? String(last.FailureId) : "" }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          { key: "user", title: "UserID", role: "person", render: (row) => <PersonCell app={app} user={row.UserID} /> },
          { key: "vendor", title: t("vendor.label"), render: (row) => t(`vendor.${row.Vendor}`) },
          {
            key: "cause",
            title: t("failures.cause"),
            render: (row) => (
              <>
                <p>{t(`cause.${row.Cause}.title`)}</p>
                <p className="quiet">{t(`cause.${row.Cause}.cure`)}</p>
              </>
            ),
          },
          {
            key: "code",
            title: t("failures.code"),
            role: "detail",
            render: (row) => (
              <>
                <code>{row.Code}</code> <span className="quiet break">{row.Reason}</span>
              </>
            ),
          },
          { key: "time", title: t("time"), role: "time", render: (row) => <TimeText at={row.Time} /> },
        ]}
        empty={<Empty title={t("failures.empty")} about={t("failures.emptyAbout")} />}
      />
    </SettingCard>
  );
}
