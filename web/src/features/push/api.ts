import type { Data, Request } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";

export type Certificates = Data<"im/DescribePushCertificates">;
export type Certificate = Certificates["Certificates"][number];
export type Vendor = Certificates["Vendors"][number];
export type CredentialField = Vendor["Fields"][number];
export type Device = Data<"im/DescribePushDevices">["Devices"][number];
export type Failure = Data<"im/DescribePushFailures">["Failures"][number];
export type Task = Data<"im/DescribePushTask">["Tasks"][number];
export type Condition = NonNullable<Request<"im/DescribePushAudience">["Condition"]>;
export type Message = Omit<Request<"im/CreatePushTask">, "SDKAppID" | "Condition">;
export type Tested = Data<"im/TestPush">;

const CERTIFICATES = "im/DescribePushCertificates";
const TASKS = "im/DescribePushTask";
const MARKS = "im/DescribePushMarks";
const DEVICES = "im/DescribePushDevices";

export const useCertificates = (SDKAppID: number) => useRead(CERTIFICATES, { SDKAppID });
export const usePut = () => useChange("im/PutPushCertificate", [CERTIFICATES]);
export const useDelete = () => useChange("im/DeletePushCertificate", [CERTIFICATES, DEVICES]);
export const useFailures = (SDKAppID: number, Before: number, Limit: number, UserID: string) =>
  useRead("im/DescribePushFailures", { SDKAppID, Before, Limit, UserID }, { keep: true });

export const useDevices = (SDKAppID: number, UserID: string) =>
  useRead(DEVICES, { SDKAppID, UserID }, { enabled: Boolean(UserID) });
export const useDropDevice = () => useChange("im/DeletePushDevice", [DEVICES, CERTIFICATES]);
export const useTest = () => useChange("im/TestPush", [CERTIFICATES, DEVICES, "im/DescribePushFailures"]);

export const useAudience = (SDKAppID: number, Condition: Condition | null, enabled: boolean) =>
  useRead("im/DescribePushAudience", { SDKAppID, Condition }, { keep: true, enabled });
export const useSend = () => useChange("im/CreatePushTask", [TASKS]);
export const useRevoke = () => useChange("im/RevokePushTask", [TASKS]);
export const isUnderWay = ({ State }: Task) => State === "waiting" || State === "running";
/** The pushes of a page; they are read again and again until all are done, and answered. */
export function useTasks(SDKAppID: number, Before: number, Limit: number) {
  const request = { SDKAppID, Before, Limit };
  const { data } = useRead(TASKS, request, { keep: true });
  return useRead(TASKS, request, {
    keep: true,
    every: data?.Tasks.some((task) => isUnderWay(task) || task.Awaited) ? 1_000 : false,
  });
}

export const useAttributes = (SDKAppID: number) => useRead("im/DescribePushAttributes", { SDKAppID });
export const useNameAttributes = () =>
  useChange("im/ModifyPushAttributes", ["im/DescribePushAttributes", MARKS], "im/DescribePushAttributes");
export const useMarks = (SDKAppID: number, UserID: string) => useRead(MARKS, { SDKAppID, UserID });
export const useMark = () => useChange("im/ModifyPushMarks", [MARKS, "im/DescribePushAudience"]);

export const MAX_TAGS = 10;
/** Of a tag, an attribute's name and its value. */
export const MAX_BYTES = 50;

/** What was typed as tags: apart by commas or lines, each once. */
export const tagsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,，\n]+/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];
