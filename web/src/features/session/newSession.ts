import { useQueryClient } from "@tanstack/react-query";
import { type Data, setCsrfToken } from "../../api/client";

/** Takes over the session that the server answered after a change of credentials. */
export function useNewSession() {
  const client = useQueryClient();
  return (who: Data<"session/Whoami">) => {
    setCsrfToken(who.CsrfToken);
    client.setQueryData(["session/Whoami"], who);
    void client.invalidateQueries({ queryKey: ["session/DescribeSessions"] });
  };
}
