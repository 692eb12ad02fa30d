import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { holdRequests } from "../../test/held";
import { type Config, familyOf, switched, useSet } from "./api";

/** Changes that the server has not answered yet. */
const open = holdRequests();

const NAMES = ["C2C.CallbackAfterSendMsg", "Group.CallbackAfterSendMsg", "Sns.CallbackFriendAdd"];
const config = (Version: number, on: string[]) =>
  ({
    Version,
    Commands: NAMES.map((Switch) => ({ Command: Switch, Switch, Kind: "after", On: on.includes(Switch) })),
  }) as Config;

function changing() {
  const client = new QueryClient();
  client.setQueryData(["im/DescribeCallBack", { SDKAppID: 7 }], config(1, ["C2C.CallbackAfterSendMsg"]));
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => [useSet(7), useSet(7)] as const, { wrapper }).result;
}

it("switches two events in a row: the second keeps the first and names the version that it left", async () => {
  const result = changing();
  act(() => {
    result.current[0].mutate((now) => switched(now, "Group.CallbackAfterSendMsg", true));
    result.current[1].mutate((now) => switched(now, "C2C.CallbackAfterSendMsg", false));
  });
  await waitFor(() => expect(open).toHaveLength(1));
  open[0]?.answer(200, { Data: config(2, ["C2C.CallbackAfterSendMsg", "Group.CallbackAfterSendMsg"]) });
  await waitFor(() => expect(open).toHaveLength(2));
  expect(open.map(({ request }) => request)).toEqual([
    { SDKAppID: 7, Version: 1, Commands: ["C2C.CallbackAfterSendMsg", "Group.CallbackAfterSendMsg"] },
    { SDKAppID: 7, Version: 2, Commands: ["Group.CallbackAfterSendMsg"] },
  ]);
});

it("goes on after a change that was refused", async () => {
  const result = changing();
  act(() => {
    result.current[0].mutate({ Url: "https://old.example:1" });
    result.current[1].mutate({ Retry: "original" });
  });
  await waitFor(() => expect(open).toHaveLength(1));
  open[0]?.answer(409, { Error: { Code: "FailedOperation.NeedsConfirmation", Message: "alike" } });
  await waitFor(() => expect(open).toHaveLength(2));
  expect(open[1]?.request).toEqual({ SDKAppID: 7, Version: 1, Retry: "original" });
});

it.each([
  ["OfficialAccount.CallbackAfterSendMsg", "OfficialAccount"],
  ["Chatbot.OnC2CSignalMessage", "Bot"],
  ["Alert.RequestOverLimit", "other"],
])("puts %s among %s", (command, family) => expect(familyOf(command)).toBe(family));
