import { useQuery } from "@tanstack/react-query";
import { ApiError, type Data } from "../../api/client";
import { useChange } from "../../api/hooks";
import { type Command, commandsOf, type Document } from "./commands";

export type Answer = Data<"im/CallRestApi">;
export const useSend = () => useChange("im/CallRestApi", ["im/DescribeTroubleshootingLog"]);

/** Every REST command of this server. */
export const useCommands = () =>
  useQuery<Command[], ApiError>({
    queryKey: ["openapi.json"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const response = await fetch("/openapi.json", { signal });
      if (!response.ok) throw new ApiError(response.status, "", { Code: `Http${response.status}`, Message: "" });
      return commandsOf((await response.json()) as Document);
    },
  });
