import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { useFormat } from "../../../ui/format";
import { Loaded, Page, SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import type { Series } from "../api";
import { Chart, type ChartLine } from "../components/Chart";
import { FigureCard } from "../components/FigureCard";
import { countsOf, type Now, type Point, ratesOf, sumsOf } from "../live";
import { useLive } from "../useLive";
import { wallTime } from "../zone";
import "../statistics.css";

/** In the order of the original's page. */
const SERIES = ["Logins", "C2CSends", "GroupSends", "Callbacks", "RestCalls", "Pushes"] as const;
const FIGURES = ["OnlineNow", "C2CToday", "GroupToday", "RoomToday"] as const;
/** So that a platform has one colour in every chart. */
const LINES = ["Web", "Android", "iOS", "iPad", "Windows", "Mac", "Linux", "RESTAPI"];
const NO_LINES: ReadonlyMap<string, Point[]> = new Map();

/** How the app is doing at this moment: updates by itself. */
export function Live() {
  const { t } = useTranslation("statistics");
  const app = Number(useParams({ strict: false }).app);
  const query = useLive(app);
  return (
    <Page
      title={t("nav.realtime")}
      lead={t("live.lead")}
      wide
      actions={
        <ApiCallButton
          calls={[
            {
              title: t("live.api"),
              call: { cloud: "im/DescribeRealtimeStatistics", body: { SDKAppID: app, Since: 0 } },
            },
          ]}
        />
      }
    >
      <Loaded query={query} rows={10}>
        {(now) => (
          <>
            <div className="figures" aria-live="polite">
              {FIGURES.map((name) => (
                <FigureCard key={name} title={t(`figure.${name}`)} value={now.Overview[name]} />
              ))}
            </div>
            <p className="row quiet">
              <Tag tone={query.live ? "success" : "warning"}>{t(query.live ? "live.on" : "live.off")}</Tag>
              <span>{t("live.day", { date: now.Day, zone: now.TimeZone })}</span>
              <time dateTime={new Date(now.Time * 1000).toISOString()}>{wallTime(now.TimeZone, now.Time * 1000)}</time>
            </p>
            {SERIES.map((series) => (
              <OfSeries key={series} series={series} now={now} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function OfSeries({ series, now }: { series: Series; now: Now }) {
  const { t, i18n } = useTranslation("statistics");
  const format = useFormat();
  const lines = now.lines.get(series) ?? NO_LINES;
  // A minute later everything is drawn anew; within it, what has changed.
  const minute = Math.floor(now.Time / 60);
  const { DayStart, DayEnd, Step } = now;
  const span = useMemo((): [number, number] => [DayStart * 1000, DayEnd * 1000], [DayStart, DayEnd]);
  const [counts, rates] = useMemo(() => {
    const named = [...lines].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
    const nameOf = (line: string) =>
      line === ""
        ? t(`series.${series}`)
        : i18n.exists(`line.${line}`, { ns: "statistics" })
          ? t(`line.${line}`)
          : line;
    const of = (points: (all: Point[]) => ChartLine["points"], aside: (all: Point[]) => string) =>
      named.map(
        ([line, all]): ChartLine => ({
          key: line || "all",
          name: nameOf(line),
          points: points(all),
          aside: aside(all),
        }),
      );
    const part = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 2 });
    return [
      of(
        (all) => countsOf(all, DayStart, minute * 60, Step),
        (all) => format.number(sumsOf(all).total),
      ),
      of(ratesOf, (all) => {
        const { total, success } = sumsOf(all);
        return total ? part.format(success / total) : "";
      }),
    ];
  }, [lines, minute, DayStart, Step, series, t, i18n, format.number]);
  return (
    <SettingCard title={t(`series.${series}`)} lead={t(`seriesAbout.${series}`)}>
      <div className="pair">
        <section>
          <h3 className="pair__title">{t("live.count")}</h3>
          <Chart
            label={t("live.countOf", { name: t(`series.${series}`) })}
            lines={counts}
            span={span}
            zone={now.TimeZone}
            empty={t("live.nothing")}
          />
        </section>
        <section>
          <h3 className="pair__title">{t("live.rate")}</h3>
          <Chart
            label={t("live.rateOf", { name: t(`series.${series}`) })}
            lines={rates}
            span={span}
            zone={now.TimeZone}
            unit="%"
            empty={t("live.nothing")}
          />
        </section>
      </div>
    </SettingCard>
  );
}

function rank(line: string): number {
  const found = LINES.indexOf(line);
  return found < 0 ? LINES.length : found;
}
