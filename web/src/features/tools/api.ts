import type { Data } from "../../api/client";
import { useChange } from "../../api/hooks";

export type Signature = Data<"im/CreateSecretUserSig">;
export type Verdict = Data<"im/VerifySecretUserSig">;

export const useGenerate = () => useChange("im/CreateSecretUserSig");
export const useVerify = () => useChange("im/VerifySecretUserSig");
export const useMapKey = () => useChange("im/CreatePrivateMapKey");
export const useVerifyMapKey = () => useChange("im/VerifyPrivateMapKey");
