/** Fields of requests that say who did something, and whom or what it is about; the first that is there counts. */
const WHO = [
  "From_Account",
  "Operator_Account",
  "Requester_Account",
  "Requestor_Account",
  "Initiator_Account",
  "Report_Account",
];
const WHAT = [
  "GroupId",
  "To_Account",
  "Peer_Account",
  "Official_Account",
  "OfficialAccountUserID",
  "Owner_Account",
  "Name",
];

/** Who and whom a request is about, short: "ann → bea". Empty where it says neither or is no JSON. */
export function subjectOf(request: string): string {
  let body: unknown;
  try {
    body = JSON.parse(request);
  } catch {
    return "";
  }
  if (typeof body !== "object" || body === null) return "";
  const fields = body as Record<string, unknown>;
  const first = (names: string[]) =>
    names.map((name) => fields[name]).find((value) => typeof value === "string" && value);
  const [who, what] = [first(WHO), first(WHAT)];
  return [who, what === who ? undefined : what].filter(Boolean).join(" → ");
}
