import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyText } from "../../../ui/CopyText";
import { NameCell, PersonCell } from "../../../ui/cells";
import { Dialog } from "../../../ui/Dialog";
import { TimeText } from "../../../ui/format";
import { Empty, RefreshButton, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { type Failure, useFailures } from "../api";

/** What vendors did not take, the newest first, with what is behind it; of one user where one is named. */
export function Failures({ app, user }: { app: number; user?: string }) {
  const { t } = useTranslation("push");
  const [shown, setShown] = useState<Failure>();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData, isFetching } = useFailures(
    app,
    Number(state.after) || 0,
    state.size,
    user ?? "",
  );
  const rows = data?.Failures;
  const last = rows && rows.length === state.size ? rows.at(-1) : undefined;
  return (
    <SettingCard
      title={t("tabs.failures")}
      lead={t(user ? "failures.ofUser" : "failures.about")}
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
          {
            key: "cause",
            title: t("failures.cause"),
            role: "person",
            render: (row) => (
              <NameCell
                name={t(`cause.${row.Cause}.title`)}
                more={t(`cause.${row.Cause}.cure`)}
                onOpen={() => setShown(row)}
              />
            ),
          },
          ...(user
            ? []
            : [
                {
                  key: "user",
                  title: "UserID",
                  role: "id" as const,
                  render: (row: Failure) => <PersonCell app={app} user={row.UserID} />,
                },
              ]),
          { key: "vendor", title: t("vendor.label"), role: "state", render: (row) => t(`vendor.${row.Vendor}`) },
          {
            key: "code",
            title: t("failures.code"),
            role: "detail",
            render: (row) => (
              <span className="push__said" title={`${row.Code} ${row.Reason}`}>
                <code>{row.Code}</code> <span className="quiet">{row.Reason}</span>
              </span>
            ),
          },
          { key: "time", title: t("time"), role: "time", render: (row) => <TimeText at={row.Time} exact /> },
        ]}
        empty={<Empty title={t("failures.empty")} about={t(user ? "failures.emptyOfUser" : "failures.emptyAbout")} />}
      />
      {shown && <Facts app={app} failure={shown} onClose={() => setShown(undefined)} />}
    </SettingCard>
  );
}

/** One push that was not taken: why, what to do, and what the vendor said. */
function Facts({ app, failure, onClose }: { app: number; failure: Failure; onClose: () => void }) {
  const { t } = useTranslation("push");
  return (
    <Dialog title={t(`cause.${failure.Cause}.title`)} at="right" onClose={onClose}>
      <div className="stack">
        <p>{t(`cause.${failure.Cause}.cure`)}</p>
        <dl className="facts">
          <div className="facts__wide">
            <dt>UserID</dt>
            <dd>
              <Link
                to="/apps/$app/accounts/$user"
                params={{ app: String(app), user: failure.UserID }}
                search={{ tab: "push" } as never}
                className="mono"
              >
                {failure.UserID}
              </Link>
            </dd>
          </div>
          <div>
            <dt>{t("vendor.label")}</dt>
            <dd>{t(`vendor.${failure.Vendor}`)}</dd>
          </div>
          <div>
            <dt>{t("certificateId")}</dt>
            <dd>
              <CopyText text={String(failure.CertificateId)} />
            </dd>
          </div>
          <div>
            <dt>{t("time")}</dt>
            <dd>
              <TimeText at={failure.Time} exact />
            </dd>
          </div>
          <div className="facts__wide">
            <dt>{t("failures.next")}</dt>
            <dd>{t(`failures.${failure.Result === "wait" || failure.Result === "gone" ? failure.Result : "lost"}`)}</dd>
          </div>
          <div className="facts__wide">
            <dt>{t("failures.code")}</dt>
            <dd>
              <code className="break">{[failure.Code, failure.Reason].filter(Boolean).join(": ") || "–"}</code>
            </dd>
          </div>
        </dl>
      </div>
    </Dialog>
  );
}
