import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApp } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { AppStatus, PlanTag } from "../../../ui/AppTags";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page, SettingCard, SettingRow } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Switch } from "../../../ui/Switch";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type App, type Order, useOrders, usePlans, useRenew } from "../api";
import { ComparePlans } from "../components/ComparePlans";
import { useLimitName } from "../components/names";
import { OrderForm } from "../components/OrderForm";
import "../apps.css";

/** The plan of one app: order another or add-ons, renewal, and what was ordered so far. */
export function Upgrade() {
  const { t } = useTranslation("apps");
  const id = Number(useParams({ strict: false }).app);
  const app = useApp(id);
  const plans = usePlans();
  const [compare, setCompare] = useState(false);
  return (
    <Page
      title={t("upgrade.title")}
      lead={t("upgrade.lead")}
      parents={[{ title: t("nav.basic"), to: "/apps/$app/basic" }]}
      actions={
        <>
          <ApiCallButton
            calls={[
              {
                title: t("upgrade.api"),
                call: {
                  cloud: "im/CreatePlanOrder",
                  body: { SDKAppID: id, Plan: "Pro", Months: 1, AutoRenew: false, AcceptTerms: true },
                },
              },
            ]}
          />
          <Button onClick={() => setCompare(true)}>{t("compare.open")}</Button>
        </>
      }
    >
      <Loaded query={app}>
        {(one) => (
          <>
            <Now app={one} />
            <Loaded query={plans}>
              {(all) => (
                // Not by the version: auto-renewal, which is switched beside the form, would empty it.
                <OrderForm key={`${one.SDKAppID} ${one.Plan} ${one.Status}`} app={one} plans={all} />
              )}
            </Loaded>
            <Orders app={one.SDKAppID} />
            {compare && <ComparePlans current={one.Plan} onClose={() => setCompare(false)} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Now({ app }: { app: App }) {
  const { t } = useTranslation("apps");
  const renew = useRenew();
  const set = (AutoRenew: boolean) =>
    renew.mutate(
      { SDKAppID: app.SDKAppID, AutoRenew },
      {
        onSuccess: () => say(AutoRenew ? t("upgrade.renewOn") : t("upgrade.renewOff"), () => set(!AutoRenew)),
        onError: sayError,
      },
    );
  return (
    <SettingCard title={t("upgrade.now")}>
      <SettingRow name={app.Name} about={app.ExpireTime ? t("upgrade.expires") : t("upgrade.noExpiry")}>
        <PlanTag plan={app.Plan} />
        <AppStatus status={app.Status} />
        {app.ExpireTime > 0 && app.Status !== "expired" && <TimeText at={app.ExpireTime} dateOnly />}
      </SettingRow>
      {app.Plan !== "Trial" && (
        <SettingRow name={t("upgrade.renew")} about={t("upgrade.renewAbout")}>
          <Locked action="im:SetRenewFlag" app={app.SDKAppID}>
            {(lock) => (
              <span title={lock.title}>
                <Switch
                  on={app.AutoRenew}
                  label={t("upgrade.renew")}
                  busy={renew.isPending}
                  disabled={lock.disabled}
                  onChange={set}
                />
              </span>
            )}
          </Locked>
        </SettingRow>
      )}
    </SettingCard>
  );
}

function Orders({ app }: { app: number }) {
  const { t } = useTranslation("apps");
  const format = useFormat();
  const names = useLimitName();
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useOrders(app, (state.page - 1) * state.size, state.size);
  return (
    <SettingCard title={t("orders.title")} lead={t("orders.lead")}>
      <ResourceTable<Order>
        label={t("orders.title")}
        state={state}
        rows={data?.Orders}
        rowKey={(row) => String(row.OrderId)}
        paging={{ kind: "offset", total: data?.TotalCount }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          { key: "id", title: t("orders.id"), render: (row) => <CopyText text={String(row.OrderId)} /> },
          { key: "time", title: t("orders.time"), render: (row) => <TimeText at={row.CreateTime} /> },
          { key: "kind", title: t("orders.kind"), render: (row) => t(`orders.kinds.${row.Kind}`) },
          {
            key: "what",
            title: t("orders.what"),
            render: (row) =>
              [
                row.Plan && t(`app.plan.${row.Plan}`),
                ...Object.entries(row.AddOns ?? {})
                  .filter(([, value]) => value)
                  .map(([name, value]) =>
                    typeof value === "number" ? `${names.addOn(name)} ${format.number(value)}` : names.addOn(name),
                  ),
              ]
                .filter(Boolean)
                .join(" · "),
          },
          {
            key: "months",
            title: t("order.months"),
            number: true,
            render: (row) => (row.Months ? format.number(row.Months) : "–"),
          },
          {
            key: "amount",
            title: t("orders.amount"),
            number: true,
            render: (row) => format.money(row.Amount, row.Currency),
          },
        ]}
        empty={<p className="empty quiet">{t("orders.none")}</p>}
      />
    </SettingCard>
  );
}
