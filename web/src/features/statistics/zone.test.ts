import { describe, expect, it } from "vitest";
import { optionOf } from "./components/option";
import { offsetOf, wallTime } from "./zone";

const at = (text: string) => Date.parse(text);

describe("clocks of the app's time zone", () => {
  it.each([
    ["+05:45", "2026-11-28T18:15:00Z", 345, "00:00"],
    ["-03:30", "2026-11-28T03:29:00Z", -210, "23:59"],
    ["+00:00", "2026-11-28T00:00:00Z", 0, "00:00"],
    ["Asia/Kathmandu", "2026-11-28T18:15:00Z", 345, "00:00"],
    ["Europe/Berlin", "2026-03-29T00:59:59.999Z", 60, "01:59"],
    ["Europe/Berlin", "2026-03-29T01:00:00Z", 120, "03:00"],
    ["Europe/Berlin", "2026-10-25T00:30:00Z", 120, "02:30"],
    ["Europe/Berlin", "2026-10-25T01:30:00Z", 60, "02:30"],
    ["America/New_York", "1969-12-31T23:59:30Z", -300, "18:59"],
  ])("%s at %s", (zone, when, minutes, wall) => {
    expect([offsetOf(zone, at(when)), wallTime(zone, at(when))]).toEqual([minutes, wall]);
  });

  it("takes a name that this browser does not know for UTC", () => {
    expect(wallTime("Nowhere/City", at("2026-11-28T18:15:00Z"))).toBe("18:15");
  });
});

describe("the axis", () => {
  type Axis = { min: number; max: number; axisLabel: { formatter: (at: number) => string } };
  const drawn = (zone: string, span: [number, number]) => {
    const lines = [{ key: "a", name: "a", points: [[span[0], 1] as [number, number]] }];
    const option = optionOf({ label: "", lines, span, zone, empty: "" }, new Set(), String);
    const axis = option.xAxis as Axis;
    return { axis, first: (option.series as { data: [number, number][] }[])[0]?.data[0]?.[0], utc: option.useUTC };
  };

  it.each([
    ["+05:45", "2026-11-27T18:15:00Z", 24],
    ["Europe/Berlin", "2026-03-28T23:00:00Z", 23],
    ["Europe/Berlin", "2026-10-24T22:00:00Z", 25],
  ])("of %s from %s has whole hours of its own", (zone, start, hours) => {
    const span: [number, number] = [at(start), at(start) + hours * 3_600_000];
    const { axis, first, utc } = drawn(zone, span);
    expect(utc).toBe(true);
    expect([axis.min % 86_400_000, first]).toEqual([0, axis.min]);
    const { formatter } = axis.axisLabel;
    const labels = Array.from({ length: hours + 1 }, (_, hour) => formatter(axis.min + hour * 3_600_000));
    expect(labels.every((label) => label.endsWith(":00"))).toBe(true);
    expect([labels[0], labels.at(-1)]).toEqual(["00:00", "00:00"]);
    const twice = labels.filter((label) => label === "02:00").length;
    expect(twice).toBe(hours === 25 ? 2 : hours === 23 ? 0 : 1);
  });
});
