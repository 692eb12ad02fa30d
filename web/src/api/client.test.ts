import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, call, exactNumber, setCsrfToken } from "./client";

function answer(status: number, body: string) {
  const fetch = vi.fn(async (_path: string, _options: RequestInit) => new Response(body, { status }));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

afterEach(() => vi.unstubAllGlobals());

describe("call", () => {
  it("posts the request with the token and answers Data", async () => {
    setCsrfToken("token");
    const fetch = answer(200, '{"RequestId": "r", "Data": {"JobId": "7"}}');
    expect(await call("im/DeleteSdkappid", { SDKAppID: 1, ConfirmName: "x" })).toEqual({ JobId: "7" });
    const [path, options] = fetch.mock.calls[0] ?? [];
    expect(path).toBe("/console/api/im/DeleteSdkappid");
    expect(options?.headers).toMatchObject({ "X-CSRF-Token": "token" });
  });

  it("says when nobody has touched the page for a while", async () => {
    vi.useFakeTimers();
    const fetch = answer(200, '{"RequestId": "r", "Data": {}}');
    const sent = async () => {
      await call("session/Whoami", {});
      return "X-Console-Unattended" in (fetch.mock.lastCall?.[1].headers ?? {});
    };
    window.dispatchEvent(new Event("keydown"));
    expect(await sent()).toBe(false);
    vi.advanceTimersByTime(61_000);
    expect(await sent()).toBe(true);
    window.dispatchEvent(new Event("pointermove"));
    expect(await sent()).toBe(false);
    vi.useRealTimers();
  });

  it("rejects with the server's code, cure and request id", async () => {
    answer(403, '{"RequestId": "r9", "Error": {"Code": "LimitExceeded", "Message": "full", "Cure": "delete one"}}');
    const error = await call("session/Whoami", {}).catch((reason) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect([error.code, error.body.Cure, error.requestId, error.status]).toEqual([
      "LimitExceeded",
      "delete one",
      "r9",
      403,
    ]);
  });

  it("tells an answer that is no JSON by its status", async () => {
    answer(502, "<html>");
    expect((await call("session/Whoami", {}).catch((reason) => reason)).code).toBe("Http502");
  });

  it("announces that the session has ended", async () => {
    const heard = vi.fn();
    addEventListener("sodam:signed-out", heard, { once: true });
    answer(401, '{"RequestId": "r", "Error": {"Code": "AuthFailure.NotSignedIn", "Message": "no session"}}');
    await call("im/DescribeIMAppList", {}).catch(() => undefined);
    expect(heard).toHaveBeenCalled();
  });
});

describe("exactNumber", () => {
  it("keeps small numbers and every digit of large ones", () => {
    expect(exactNumber("42")).toBe(42);
    const sent = JSON.stringify(exactNumber("18446744073709551615"));
    expect(sent).toBe("rawJSON" in JSON ? "18446744073709551615" : "18446744073709552000");
  });
});
