import type { EChartsCoreOption } from "echarts/core";
import { offsetOf, wallTime } from "../zone";
import type { ChartProps } from "./Chart";

const COLOURS = 8;
/** Colours are told apart also by who sees few of them (Okabe and Ito), and stand in the style sheet for each theme. */
export const colourOf = (index: number): number => index % COLOURS;
const DASHES = ["solid", "dashed", "dotted"] as const;

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** What ECharts is told: the lines that are on, in the page's colours. */
export function optionOf(
  props: ChartProps,
  off: ReadonlySet<string>,
  number: (value: number) => string,
): EChartsCoreOption {
  const { lines, span, zone = "+00:00", unit = "", bars } = props;
  const [text, quiet, stroke, ground] = [
    "--td-text-color-primary",
    "--quiet",
    "--td-component-stroke",
    "--td-bg-color-container",
  ].map(css);
  const value = (found: unknown) => (typeof found === "number" ? `${number(found)}${unit ? ` ${unit}` : ""}` : "–");
  const shape = bars ? "bar" : "line";
  // ECharts has its ticks at whole hours of UTC. Moved by the offset at the day's beginning they are whole hours of the
  // app's clocks, also after a change of summer time, whose new offset the labels know.
  const moved = span ? offsetOf(zone, span[0]) * 60_000 : 0;
  const clock = (at: unknown) => wallTime(zone, Number(at) - moved);
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: css("--td-font-family") || "sans-serif" },
    grid: { left: 8, right: 16, top: 16, bottom: 48, containLabel: true },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: ground,
      borderColor: stroke,
      textStyle: { color: text, fontSize: 12 },
      valueFormatter: value,
    },
    xAxis: {
      ...(span
        ? {
            type: "time",
            min: span[0] + moved,
            max: span[1] + moved,
            axisPointer: { label: { formatter: ({ value: at }: { value: unknown }) => clock(at) } },
          }
        : { type: "category", data: lines[0]?.points.map(([at]) => at) ?? [], boundaryGap: bars }),
      axisLabel: { color: quiet, hideOverlap: true, ...(span ? { formatter: clock } : {}) },
      axisLine: { lineStyle: { color: stroke } },
    },
    yAxis: {
      type: "value",
      minInterval: unit ? undefined : 1,
      max: unit ? 100 : undefined,
      min: 0,
      axisLabel: { color: quiet, formatter: value },
      splitLine: { lineStyle: { color: stroke } },
    },
    dataZoom: [
      { type: "inside", zoomOnMouseWheel: true, moveOnMouseMove: true },
      {
        type: "slider",
        height: 16,
        bottom: 8,
        borderColor: stroke,
        textStyle: { color: quiet },
        ...(span ? { labelFormatter: clock } : {}),
      },
    ],
    series: lines.flatMap(({ key, name, points }, index) =>
      off.has(key)
        ? []
        : [
            {
              id: key,
              name,
              type: shape,
              data: points.map(([at, found]) => (span ? [Number(at) + moved, found] : found)),
              showSymbol: points.length < 60,
              symbolSize: 5,
              connectNulls: false,
              color: css(`--chart-${colourOf(index)}`),
              lineStyle: { width: 2, type: DASHES[Math.floor(index / COLOURS) % DASHES.length] },
            },
          ],
    ),
  };
}
