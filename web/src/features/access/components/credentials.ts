/** Label and value of something that is shown once. */
export type Fact = readonly [label: string, value: string];

/** A line for every owner, with a column for every label that any of them has; as spreadsheets read it. */
export function csvOf(owners: Fact[][]): string {
  const labels = [...new Set(owners.flatMap((facts) => facts.filter(([, value]) => value).map(([label]) => label)))];
  const lines = owners.map((facts) => labels.map((label) => new Map(facts).get(label) ?? ""));
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return [labels, ...lines].map((line) => `${line.map(quote).join(",")}\r\n`).join("");
}
