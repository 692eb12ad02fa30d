import type { ECharts } from "echarts/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../../ui/Button";
import { useFormat } from "../../../ui/format";
import { AddIcon, MinusIcon, RefreshIcon } from "../../../ui/icons";
import { Skeleton } from "../../../ui/Skeleton";
import { colourOf, optionOf } from "./option";

export interface ChartLine {
  key: string;
  name: string;
  /** Position on the axis (unix milliseconds, or the name of a day) and value; null: nothing is known. */
  points: [number | string, number | null][];
  /** What stands beside the name: a sum, a rate. */
  aside?: string;
}

export interface ChartProps {
  /** What it shows, for screen readers too. */
  label: string;
  lines: ChartLine[];
  /** Unix milliseconds of the axis; without it the axis has the names of the points. */
  span?: [number, number];
  /** Whose clocks the axis shows: `+05:45`, `Europe/Berlin`. */
  zone?: string;
  unit?: "%";
  bars?: boolean;
  /** What stands in its place where there is nothing. */
  empty: ReactNode;
}

/** Lines over time: the wheel zooms, dragging pans, the buttons above switch lines. */
export function Chart(props: ChartProps) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<ECharts>();
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const [zoom, setZoom] = useState<[number, number]>([0, 100]);
  const theme = useThemeMode();
  const { label, lines, empty } = props;
  const nothing = lines.every(({ points }) => points.every(([, value]) => !value));
  useEffect(() => {
    if (nothing) return;
    let made: ECharts | undefined;
    let gone = false;
    const resized = new ResizeObserver(() => made?.resize());
    void import("./echarts").then(({ init }) => {
      if (gone || !box.current) return;
      made = init(box.current, undefined, { renderer: "canvas" });
      const told = made;
      made.on("datazoom", () => {
        const [first] = (told.getOption() as { dataZoom: { start: number; end: number }[] }).dataZoom;
        if (first) setZoom([first.start, first.end]);
      });
      resized.observe(box.current);
      setChart(made);
    });
    return () => {
      gone = true;
      resized.disconnect();
      made?.dispose();
      setChart(undefined);
    };
  }, [nothing]);
  useEffect(() => {
    chart?.setOption(optionOf(props, off, format.number), { replaceMerge: ["series"], lazyUpdate: true });
  }, [chart, lines, off, theme, props.span?.[0], props.span?.[1], props.zone]);
  const [from, to] = zoom;
  const look = (start: number, end: number) =>
    chart?.dispatchAction({ type: "dataZoom", start: Math.max(0, start), end: Math.min(100, end) });
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  if (nothing) return <div className="chart__none">{empty}</div>;
  return (
    <div className="chart">
      <div className="row row--between">
        <ul className="row row--tight chart__legend" aria-label={t("chart.lines")}>
          {lines.map(({ key, name, aside }, index) => (
            <li key={key}>
              <button
                type="button"
                className="chart__key"
                aria-pressed={!off.has(key)}
                onClick={() => {
                  const next = new Set(off);
                  if (!next.delete(key)) next.add(key);
                  setOff(next);
                }}
              >
                <i className={`chart__dot chart__dot--${colourOf(index)}`} aria-hidden="true" />
                {name}
                {aside && <span className="quiet">{aside}</span>}
              </button>
            </li>
          ))}
        </ul>
        <span className="row row--tight">
          <IconButton
            small
            icon={<AddIcon />}
            label={t("chart.in")}
            onClick={() => look(middle - half / 2, middle + half / 2)}
          />
          <IconButton
            small
            icon={<MinusIcon />}
            label={t("chart.out")}
            onClick={() => look(middle - half * 2, middle + half * 2)}
          />
          <IconButton small icon={<RefreshIcon />} label={t("chart.all")} onClick={() => look(0, 100)} />
        </span>
      </div>
      <div
        className="chart__box"
        role="img"
        aria-label={label}
        data-drawn={Boolean(chart)}
        data-from={from.toFixed(2)}
        data-to={to.toFixed(2)}
        data-shown={lines.flatMap(({ key }) => (off.has(key) ? [] : [key])).join(" ")}
      >
        <div ref={box} className="chart__canvas" />
        {!chart && <Skeleton rows={5} />}
      </div>
    </div>
  );
}

/** Light or dark, as the page is drawn now. */
function useThemeMode(): string {
  const read = () => document.documentElement.getAttribute("theme-mode") ?? "light";
  const [mode, setMode] = useState(read);
  useEffect(() => {
    const watching = new MutationObserver(() => setMode(read()));
    watching.observe(document.documentElement, { attributeFilter: ["theme-mode"] });
    return () => watching.disconnect();
  });
  return mode;
}
