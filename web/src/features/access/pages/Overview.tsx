import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed, useWho } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { LinkButton } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { TimeText, useFormat } from "../../../ui/format";
import { LockedNote } from "../../../ui/Locked";
import { Empty, Loaded, Page, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { useSummary } from "../api";
import { SENSITIVE_DAYS, SENSITIVE_MOST, type Sensitive, useSensitive } from "../sensitive";

/** How much there is in access management, where sub-users sign in, and what was done lately. */
export function Overview() {
  const { t } = useTranslation("access");
  return (
    <Page
      title={t("nav.overview")}
      lead={t("overview.lead")}
      parents={[{ title: t("nav.access") }]}
      actions={
        <ApiCallButton
          calls={[
            { title: t("overview.count"), call: { cloud: "cam/GetAccountSummary", body: {} } },
            {
              title: t("overview.events"),
              call: { cloud: "cloudaudit/DescribeEvents", body: { Action: "cam:", Outcome: "ok", Limit: 50 } },
            },
          ]}
        />
      }
    >
      <SettingCard title={t("overview.counts")}>
        <Guarded action="cam:GetAccountSummary">
          <Counts />
        </Guarded>
      </SettingCard>
      <LastLogin />
      <SettingCard
        title={t("overview.sensitive")}
        lead={t("overview.sensitiveAbout", { days: SENSITIVE_DAYS, max: SENSITIVE_MOST })}
        actions={<LinkButton to="/audit">{t("nav.audit")}</LinkButton>}
      >
        <Guarded action="cloudaudit:DescribeEvents">
          <SensitiveTable />
        </Guarded>
      </SettingCard>
    </Page>
  );
}

/** What policy forbids to see is not asked for: it says which action is missing. */
function Guarded({ action, children }: { action: string; children: ReactNode }) {
  const { t } = useTranslation();
  const allowed = useAllowed(action);
  if (allowed === undefined) return null;
  return allowed ? (
    children
  ) : (
    <LockedNote>{t("locked.policy", { action: `name/${action}`, resource: "*" })}</LockedNote>
  );
}

function Counts() {
  const { t } = useTranslation("access");
  const format = useFormat();
  return (
    <Loaded query={useSummary()} rows={2}>
      {(data) => (
        <dl className="facts">
          {(
            [
              ["users", "/access/users", data.User],
              ["groups", "/access/groups", data.Group],
              ["policies", "/access/policies", data.Policies],
            ] as const
          ).map(([name, to, count]) => (
            <div key={name}>
              <dt>
                <Link to={to}>{t(`nav.${name}`)}</Link>
              </dt>
              <dd>
                <strong>{format.number(count)}</strong>
              </dd>
            </div>
          ))}
          <div className="facts__wide">
            <dt>{t("users.login")}</dt>
            <dd>
              <CopyText text={location.origin + data.LoginUrl} />
            </dd>
          </div>
        </dl>
      )}
    </Loaded>
  );
}

function LastLogin() {
  const { t } = useTranslation("access");
  const who = useWho();
  return (
    <SettingCard
      title={t("overview.lastLogin")}
      lead={t("overview.lastLoginAbout")}
      actions={<LinkButton to="/me">{t("nav.me")}</LinkButton>}
    >
      <p className="row">
        <TimeText at={who?.LastLoginTime ?? 0} /> <span className="mono quiet">{who?.LastLoginIp}</span>
      </p>
    </SettingCard>
  );
}

function SensitiveTable() {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { events, error, retry } = useSensitive();
  return (
    <ResourceTable<Sensitive>
      label={t("overview.sensitive")}
      state={state}
      rows={events}
      rowKey={(row) => String(row.EventId)}
      error={error}
      onRetry={retry}
      columns={[
        { key: "time", title: t("overview.time"), role: "time", render: (row) => <TimeText at={row.Time / 1000} /> },
        { key: "who", title: t("overview.who"), render: (row) => <span className="break">{row.Name || "–"}</span> },
        { key: "what", title: t("overview.what"), role: "id", render: (row) => <WhatWasDone event={row} /> },
        { key: "ip", title: "IP", render: (row) => <span className="mono">{row.Ip || "–"}</span> },
      ]}
      empty={<Empty title={t("overview.quiet")} about={t("overview.quietAbout")} />}
    />
  );
}

function WhatWasDone({ event }: { event: Sensitive }) {
  return (
    <>
      <code className="break">{event.Action}</code>
      {event.SDKAppID > 0 && <span className="mono quiet"> {event.SDKAppID}</span>}
    </>
  );
}
