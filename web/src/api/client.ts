import type { Actions } from "../../generated/schema";

/** Every action of the console, as `service/Name`. */
export type Action = keyof Actions;
export type Request<A extends Action> = Actions[A]["request"];
export type Data<A extends Action> = Actions[A]["data"];

export interface Mistake {
  Code: string;
  Message: string;
  Detail?: string;
  Params?: Record<string, string | number>;
  Path?: string;
  Line?: number;
  Column?: number;
  Offset?: number;
}

interface ErrorBody {
  Code: string;
  Message: string;
  /** Which rule was broken, where several share a code, and the values that its sentence is about. */
  Detail?: string;
  Params?: Record<string, string | number>;
  Cure?: string;
  Action?: string;
  Resource?: string;
  ErrorCode?: number;
  Plan?: string;
  Mistakes?: Mistake[];
}

/** A refusal of the server, or a request that never reached it (`Code` is then `Network`). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly requestId: string,
    readonly body: ErrorBody,
  ) {
    super(body.Message);
    this.name = "ApiError";
  }

  get code(): string {
    return this.body.Code;
  }
}

let csrfToken = "";

/** The token comes with `Login` and `Whoami` and goes with every later call. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

// Pages fetch by themselves too (the bell, running jobs): a session's idle time counts from a person's last doing.
const UNATTENDED_MS = 60_000;
let touchedAt = Date.now();
for (const doing of ["pointerdown", "pointermove", "keydown", "wheel"]) {
  window.addEventListener(doing, () => (touchedAt = Date.now()), { capture: true, passive: true });
}

// Numbers beyond 2^53 - 1 (custom fields may be uint64) lose digits as JavaScript numbers. Where the browser can tell
// their text they arrive as text, and `exactNumber` sends such a text as a number.
type RawJson = { rawJSON?: (text: string) => unknown };
const exact = (_: string, value: unknown, context?: { source: string }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? context?.source
    : value;

/** A number for a request, from what was typed; keeps every digit where the browser can. */
export function exactNumber(text: string): number {
  const number = Number(text);
  const raw = (JSON as RawJson).rawJSON;
  return Number.isSafeInteger(number) || !raw ? number : (raw(text) as number);
}

/** Calls one action; resolves to `Data`, rejects with {@link ApiError}. */
export async function call<A extends Action>(action: A, request: Request<A>, signal?: AbortSignal): Promise<Data<A>> {
  let response: Response;
  try {
    response = await fetch(`/console/api/${action}`, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        ...(Date.now() - touchedAt > UNATTENDED_MS ? { "X-Console-Unattended": "1" } : {}),
        ...(csrfToken ? { "X-CSRF-Token": csrfToken } : {}),
      },
      body: JSON.stringify(request),
      signal,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "", { Code: "Network", Message: String(cause) });
  }
  const envelope = await response
    .text()
    .then((text) => JSON.parse(text, exact))
    .catch(() => null);
  if (response.ok && envelope) return envelope.Data as Data<A>;
  const error: ErrorBody = envelope?.Error ?? { Code: `Http${response.status}`, Message: response.statusText };
  if (error.Code === "AuthFailure.NotSignedIn" && action !== "session/Whoami") {
    window.dispatchEvent(new Event("sodam:signed-out"));
  }
  throw new ApiError(response.status, envelope?.RequestId ?? "", error);
}
