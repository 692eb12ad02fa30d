import { ALSO, COLUMNS, type Column, type Kind } from "./api";
import { changeOf, isKnown, type Row } from "./range";

/** Spreadsheets take a file for UTF-8 only if it begins with this. */
export const BOM = "\u{feff}";

const NUMBER = /^-?\d+(\.\d+)?%?$/;
/** An apostrophe before what a spreadsheet would take for a formula; the server's files have the same. */
const guarded = (text: string) => (/^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text);
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${guarded(text).replaceAll('"', '""')}"` : guarded(text));

interface Names {
  date: string;
  state: string;
  column: (column: Column) => string;
  change: (column: Column) => string;
  stateOf: (state: Row["State"]) => string;
}

/** The days as a file that opens in a spreadsheet: numbers without grouping, changes in per cent. */
export function csvOf(kind: Kind, rows: Row[], names: Names): string {
  const columns = [...COLUMNS[kind], ...ALSO[kind]];
  const head = [names.date, ...columns.flatMap((column) => [names.column(column), names.change(column)]), names.state];
  const lines = rows.map((row) => [
    row.Date,
    ...columns.flatMap((column) => {
      if (!isKnown(row)) return ["", ""];
      const change = changeOf(row[column], isKnown(row.before) ? row.before[column] : undefined);
      return [String(row[column]), change === undefined ? "" : `${(change * 100).toFixed(2)}%`];
    }),
    names.stateOf(row.State),
  ]);
  return BOM + [head, ...lines].map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}
