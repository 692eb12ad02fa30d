import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ApiError, call, type Data, type Request } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type Config = Data<"im/DescribeCallBack">;
export type Command = Config["Commands"][number];
export type Delivery = Data<"im/DescribeCallbackLog">["Deliveries"][number];
export type LogWanted = Partial<
  Record<"Command" | "Outcome" | "EventId" | "Url", string> &
    Record<"Since" | "Until", number> & { FailedOnly: boolean }
>;
export type Certificate = Data<"im/DownloadAuthenticateMutually">["Certificates"][number];
export type Failure = Config["C2CFailure"];

const READ = "im/DescribeCallBack";
const LOG = "im/DescribeCallbackLog";

export const useConfig = (app: number) => useRead(READ, { SDKAppID: app }, { every: 10_000 });
export const useLog = (app: number, Before: number, Limit: number, wanted: LogWanted) =>
  useRead(LOG, { SDKAppID: app, Before, Limit, ...wanted }, { keep: true });

type Change = Omit<Request<"im/SetCallBack">, "SDKAppID" | "Version">;

/** What is on and off changes by one switch: `on` is what shall be, whatever else has changed before it is sent. */
export const switched = ({ Commands }: Config, name: string, on: boolean): Change => {
  const wanted = new Set(Commands.filter(({ On }) => On).map(({ Switch }) => Switch));
  if (on) wanted.add(name);
  else wanted.delete(name);
  return { Commands: [...wanted] };
};

/**
 * Changes the callbacks of one app, one change after the other, each with the version that the one before left: two quick
 * ones are no conflict. A change may be told by what is so when its turn comes.
 */
export function useSet(app: number) {
  const client = useQueryClient();
  const key = [READ, { SDKAppID: app }];
  return useMutation<Config, ApiError, Change | ((now: Config) => Change)>({
    scope: { id: `callbacks of ${app}` },
    mutationFn: async (change) => {
      const now = client.getQueryData<Config>(key) ?? (await call(READ, { SDKAppID: app }));
      const what = typeof change === "function" ? change(now) : change;
      return call("im/SetCallBack", { SDKAppID: app, Version: now.Version, ...what });
    },
    onSuccess: (data) => client.setQueryData(key, data),
    onSettled: () => {
      for (const name of [READ, "cloudaudit/DescribeEvents"]) void client.invalidateQueries({ queryKey: [name] });
    },
  });
}
export const useTest = () => useChange("im/SendTestCallback", [LOG]);
export const useResend = () => useChange("im/ResendCallback", [LOG, READ]);

const CERTIFICATES = "im/DownloadAuthenticateMutually";
export const useCertificates = (app: number) => useRead(CERTIFICATES, { SDKAppID: app });
export const useRotate = () => useChange("im/RotateCallbackCertificate", [CERTIFICATES], CERTIFICATES);
export const useUseNewest = () => useChange("im/UseCallbackCertificate", [CERTIFICATES], CERTIFICATES);
export const useRemoveCertificates = () => useChange("im/DeleteCallbackCertificates", [CERTIFICATES], CERTIFICATES);

/** Outcomes that the log is searched by; the first one stands for all that are not good. */
export const OUTCOMES = [
  "failed",
  "delivered",
  "answered",
  "status",
  "timeout",
  "dns",
  "address",
  "connect",
  "tls",
  "broken",
] as const;

/** Outcomes that are good; all others say why a request failed. */
export const isGood = (outcome: string) => outcome === "delivered" || outcome === "answered";

/** Groups of switches, as the original's page has them; what is in none stands at the end. */
export const FAMILIES = [
  "Group",
  "Sns",
  "C2C",
  "State",
  "Profile",
  "Follow",
  "OfficialAccount",
  "Bot",
  "Push",
  "other",
] as const;
const ALIAS: Record<string, string> = { Chatbot: "Bot" };
export const familyOf = (command: string) => {
  const first = command.split(".")[0] ?? "";
  return FAMILIES.find((name) => name === (ALIAS[first] ?? first)) ?? "other";
};
