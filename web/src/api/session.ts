import { useQuery } from "@tanstack/react-query";
import { call, type Data, setCsrfToken } from "./client";
import { useRead } from "./hooks";

export type Who = Data<"session/Whoami">;

export async function whoami(): Promise<Who> {
  const who = await call("session/Whoami", {});
  setCsrfToken(who.CsrfToken);
  return who;
}

/** Who is signed in. Read once a page; forms that change it write the answer into the cache. */
export function useWho(): Who | undefined {
  return useQuery({ queryKey: ["session/Whoami"], queryFn: whoami, staleTime: Number.POSITIVE_INFINITY }).data;
}

// Questions asked in the same moment travel as one request.
type Question = {
  item: { Action: string; SDKAppID?: number };
  answer: (allowed: boolean) => void;
  fail: (error: unknown) => void;
};
let waiting: Question[] = [];

function ask(item: Question["item"]): Promise<boolean> {
  return new Promise((answer, fail) => {
    waiting.push({ item, answer, fail });
    if (waiting.length > 1) return;
    setTimeout(() => {
      const batch = waiting;
      waiting = [];
      call("session/CheckPermissions", { Items: batch.map((question) => question.item) }).then(
        ({ Allowed }) => {
          for (const [index, question] of batch.entries()) question.answer(Allowed[index] ?? false);
        },
        (error) => {
          for (const question of batch) question.fail(error);
        },
      );
    }, 0);
  });
}

/** Asks whether policy allows an action, on an app or (0) on some app at least. */
export function permission(action: string, app: number, enabled: boolean) {
  return {
    queryKey: ["session/CheckPermissions", action, app],
    queryFn: () => ask({ Action: action, SDKAppID: app }),
    enabled,
    staleTime: 30_000,
  };
}

/** Whether policy allows an action on an app; undefined until known, and while not `ready`. Root may do everything. */
export function useAllowed(action: string, app?: number, ready = true): boolean | undefined {
  const who = useWho();
  const query = useQuery(permission(action, app ?? 0, ready && who?.Type === "user"));
  return who?.Type === "root" ? ready || undefined : query.data;
}

/** Whether one may open an app, asked anew. */
export function mayOpen(app: number): Promise<boolean> {
  return ask({ Action: "im:DescribeSdkAppInfo", SDKAppID: app }).catch(() => false);
}

export function useApp(app: number) {
  return useRead("im/DescribeSdkAppInfo", { SDKAppID: app }, { enabled: app > 0 });
}
