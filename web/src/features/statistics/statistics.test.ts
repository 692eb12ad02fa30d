import { describe, expect, it } from "vitest";
import type { Day, Line, Realtime } from "./api";
import { BOM, csvOf } from "./csv";
import { countsOf, merged, ratesOf, sumsOf } from "./live";
import { askedOf, changeOf, dateAfter, daysOf, rangeOf, rowsOf } from "./range";

const day = (date: string, State: Day["State"], Messages = 0) =>
  ({ Date: date, State, Messages, Senders: 1, OfflinePushes: 0, C2CMessages: Messages, GroupMessages: 0 }) as Day;

describe("a range of days", () => {
  it("is read from the address, and asks for the day before it too", () => {
    expect(rangeOf("30", "", "")).toEqual({ days: 30 });
    expect(rangeOf("9", "", "")).toEqual({ days: 7 });
    expect(rangeOf("free", "2026-02-27", "2026-03-01")).toEqual({ from: "2026-02-27", to: "2026-03-01" });
    expect(rangeOf("free", "2026-03-02", "2026-03-01")).toEqual({ days: 7 });
    expect(rangeOf("free", "2024-01-01", "2026-03-01")).toEqual({ days: 7 });
    expect(askedOf({ from: "2026-03-01", to: "2026-03-02" }, 0)).toEqual({ From: "2026-02-28", To: "2026-03-02" });
    expect(daysOf("2028-02-28", "2028-03-01")).toBe(3);
    expect(dateAfter("2026-12-31", 1)).toBe("2027-01-01");
    // Wherever the app is, its last days are in what is asked for.
    const { From, To } = askedOf({ days: 7 }, Date.parse("2026-11-20T12:00:00Z"));
    expect([From <= "2026-11-11", To >= "2026-11-21"]).toEqual([true, true]);
  });

  it("ends yesterday unless more is asked for", () => {
    const days = ["18", "19", "20", "21"].map((one) => day(`2026-11-${one}`, one === "21" ? "open" : "closed", +one));
    const rows = rowsOf(days, { days: 7 }, "2026-11-20");
    expect(rows.map(({ Date: date, before }) => [date, before?.Messages])).toEqual([
      ["2026-11-18", undefined],
      ["2026-11-19", 18],
      ["2026-11-20", 19],
    ]);
    expect(rowsOf(days, { from: "2026-11-20", to: "2026-11-21" }, "2026-11-20")).toHaveLength(2);
  });

  it("compares, where there is something to compare with", () => {
    expect([changeOf(15, 10), changeOf(5, 10), changeOf(0, 0)]).toEqual([0.5, -0.5, 0]);
    expect([changeOf(5, 0), changeOf(5, null), changeOf(5, undefined)]).toEqual([undefined, undefined, undefined]);
  });
});

describe("the file", () => {
  it("opens in a spreadsheet: marked as UTF-8, changes in per cent, unknown days empty", () => {
    const days = [day("2026-11-18", "none"), day("2026-11-19", "partial", 8), day("2026-11-20", "closed", 10)];
    const text = csvOf("messages", rowsOf(days, { days: 7 }, "2026-11-20"), {
      date: "날짜",
      state: "상태, 비고",
      column: (column) => `열 ${column}`,
      change: (column) => `${column} "전일 대비"`,
      stateOf: (state) => state,
    });
    expect(text.startsWith(BOM)).toBe(true);
    expect(new TextEncoder().encode(text).slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
    const [head, ...lines] = text.slice(1).trimEnd().split("\r\n");
    expect(head?.startsWith('날짜,열 Messages,"Messages ""전일 대비"""')).toBe(true);
    expect(head?.endsWith('"상태, 비고"')).toBe(true);
    expect(lines[0]).toBe("2026-11-18,,,,,,,,,,,none");
    expect(lines[1]?.split(",").slice(0, 3)).toEqual(["2026-11-19", "8", ""]);
    expect(lines[2]?.split(",").slice(0, 3)).toEqual(["2026-11-20", "10", "25.00%"]);
    const names = {
      date: "=1+1",
      state: "@x",
      column: () => "-x",
      change: () => "+x",
      stateOf: (state: string) => state,
    };
    const guarded = csvOf("users", rowsOf(days, { days: 7 }, "2026-11-20"), names);
    expect(guarded.slice(1, 40)).toBe("'=1+1,'-x,'+x,'-x,'+x,'-x,'+x,'@x\r\n2026");
  });
});

describe("what is told live", () => {
  const told = (DayStart: number, Lines: Line[]) => ({ DayStart, Lines }) as unknown as Realtime;
  const logins = (Points: Line["Points"], name = "Web"): Line => ({ Series: "Logins", Line: name, Points });

  it("takes the place of what was known of the same minutes, and leaves the rest", () => {
    const first = merged(
      undefined,
      told(0, [
        logins([
          [1, 2, 2],
          [2, 3, 1],
        ]),
        logins([[1, 1, 1]], "iOS"),
      ]),
    );
    const next = merged(
      first,
      told(0, [
        logins([
          [2, 5, 4],
          [4, 1, 1],
        ]),
      ]),
    );
    expect(next.lines.get("Logins")?.get("Web")).toEqual([
      [1, 2, 2],
      [2, 5, 4],
      [4, 1, 1],
    ]);
    expect(next.lines.get("Logins")?.get("iOS")).toEqual([[1, 1, 1]]);
    expect(first.lines.get("Logins")?.get("Web")).toEqual([
      [1, 2, 2],
      [2, 3, 1],
    ]);
    expect(merged(next, told(86_400, [])).lines.size).toBe(0);
  });

  it("is drawn with every minute, and with the success of those that had any", () => {
    expect(countsOf([[11, 4, 3]], 600, 779, 1)).toEqual([
      [600_000, 0],
      [660_000, 4],
      [720_000, 0],
    ]);
    expect(
      ratesOf([
        [10, 0, 0],
        [11, 3, 2],
      ]),
    ).toEqual([[660_000, 66.67]]);
    expect(
      sumsOf([
        [1, 4, 3],
        [2, 6, 6],
      ]),
    ).toEqual({ total: 10, success: 9 });
  });
});
