import type { Data } from "../../api/client";
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
export const useSet = () => useChange("im/SetCallBack", [READ], READ);
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
export const FAMILIES = ["Group", "Sns", "C2C", "State", "Profile", "Follow"] as const;
export const familyOf = (command: string) => FAMILIES.find((name) => command.startsWith(`${name}.`)) ?? "other";
