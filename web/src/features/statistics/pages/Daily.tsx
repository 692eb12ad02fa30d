import { useParams } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { DownloadIcon } from "../../../ui/icons";
import { Note } from "../../../ui/Note";
import { Loaded, Page, SettingCard } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { useTableState } from "../../../ui/tableState";
import { CHARTS, type Daily as Data, KINDS, type Kind, useDaily } from "../api";
import { Chart } from "../components/Chart";
import { DayTable } from "../components/DayTable";
import { FigureCard } from "../components/FigureCard";
import { RangeBar } from "../components/RangeBar";
import { csvOf } from "../csv";
import { askedOf, isKnown, type Range, type Row, rangeOf, rowsOf } from "../range";
import "../statistics.css";

/** What was counted, day by day. */
export function Daily() {
  const { t } = useTranslation("statistics");
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const kind = KINDS.find((one) => one === state.filter("tab")) ?? "users";
  const range = rangeOf(state.filter("span"), state.filter("from"), state.filter("to"));
  const { From, To } = askedOf(range, Date.now());
  const query = useDaily(app, kind, From, To);
  return (
    <Page
      title={t("nav.daily")}
      lead={t("daily.lead")}
      wide
      actions={
        <ApiCallButton
          calls={[
            {
              title: t("daily.api"),
              call: { cloud: "im/DescribeDailyStatistics", body: { SDKAppID: app, Kind: kind, From, To } },
            },
          ]}
        />
      }
    >
      <Tabs label={t("nav.daily")} current={kind} tabs={KINDS.map((key) => ({ key, title: t(`tabs.${key}`) }))} />
      <Loaded query={query} rows={10}>
        {(data) => <Shown key={kind} app={app} kind={kind} range={range} data={data} stale={query.isPlaceholderData} />}
      </Loaded>
    </Page>
  );
}

interface Props {
  app: number;
  kind: Kind;
  range: Range;
  data: Data;
  stale: boolean;
}

function Shown({ app, kind, range, data, stale }: Props) {
  const { t } = useTranslation("statistics");
  const rows = useMemo(() => rowsOf(data.Days, range, data.UpTo), [data, range]);
  const peak = (name: string) => name.startsWith("Peak");
  return (
    <>
      <div className="figures">
        {data.Overview.map(({ Name, Value, Before }) => (
          <FigureCard
            key={Name}
            title={t(`figure.${Name}`)}
            value={peak(Name) || data.UpTo >= data.Since ? Value : null}
            before={Before}
            than={t(peak(Name) ? "change.month" : "change.day")}
          />
        ))}
      </div>
      <p className="quiet">{t("daily.upTo", { date: data.UpTo, zone: data.TimeZone })}</p>
      <div className="row row--between">
        <RangeBar range={range} upTo={data.UpTo} />
        <Button icon={<DownloadIcon />} disabled={!rows.length} onClick={() => download(app, kind, rows, t)}>
          {t("daily.csv")}
        </Button>
      </div>
      <Gaps rows={rows} since={data.Since} />
      {CHARTS[kind].map(({ name, lines }) => (
        <SettingCard key={name} title={t(`chart.${name}`)}>
          <Chart
            label={t(`chart.${name}`)}
            bars={rows.length === 1}
            empty={t(rows.some(isKnown) ? "daily.nothing" : "daily.unknown")}
            lines={lines.map((column) => ({
              key: column,
              name: t(`column.${column}`),
              points: rows.map((row) => [row.Date, isKnown(row) ? row[column] : null]),
            }))}
          />
        </SettingCard>
      ))}
      <SettingCard title={t("table.title")} lead={t("table.lead")}>
        <DayTable kind={kind} rows={rows} stale={stale} />
      </SettingCard>
    </>
  );
}

/** Says which days are not whole, so that nobody takes them for bad ones. */
function Gaps({ rows, since }: { rows: Row[]; since: string }) {
  const { t } = useTranslation("statistics");
  const none = rows.filter(({ State }) => State === "none").length;
  const partial = rows.find(({ State }) => State === "partial");
  const open = rows.find(({ State }) => State === "open");
  if (!none && !partial && !open) return null;
  return (
    <Note>
      {none > 0 && <p>{t("daily.before", { date: since, count: none })}</p>}
      {partial && <p>{t("daily.partial", { date: partial.Date })}</p>}
      {open && <p>{t("daily.open", { date: open.Date })}</p>}
    </Note>
  );
}

function download(app: number, kind: Kind, rows: Row[], t: TFunction<"statistics">): void {
  const text = csvOf(kind, rows, {
    date: t("table.date"),
    state: t("table.state"),
    column: (column) => t(`column.${column}`),
    change: (column) => t("table.changeOf", { name: t(`column.${column}`) }),
    stateOf: (state) => t(`state.${state}`),
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = `${app}-${kind}-${rows[0]?.Date}-${rows.at(-1)?.Date}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
