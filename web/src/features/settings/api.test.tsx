import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, screen, waitFor } from "@testing-library/react";
import i18next from "i18next";
import type { ReactNode } from "react";
import { initReactI18next } from "react-i18next";
import { beforeAll, expect, it } from "vitest";
import common from "../../locale/en.json";
import { holdRequests } from "../../test/held";
import { Toasts } from "../../ui/Toasts";
import { useSetting } from "./api";
import texts from "./locale/en.json";

/** Changes that the server has not answered yet. */
const open = holdRequests();

beforeAll(async () => {
  await i18next.use(initReactI18next).init({
    lng: "en",
    ns: ["common", "settings"],
    defaultNS: "common",
    fallbackNS: "common",
    resources: { en: { common, settings: texts } },
  });
});

function setting() {
  const client = new QueryClient();
  client.setQueryData(["im/DescribeAbilityConfInfo", { SDKAppID: 7 }], { Version: 1 });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useSetting(7), { wrapper });
}

it("sends two quick changes one after the other, the second with the version that the first left", async () => {
  const { result } = setting();
  act(() => {
    result.current.apply({ RecallSeconds: 600 }, "ten minutes");
    result.current.apply({ FriendCheck: true }, "friends only");
  });
  await waitFor(() => expect(open).toHaveLength(1));
  open[0]?.answer(200, { RequestId: "r", Data: { Version: 2 } });
  await waitFor(() => expect(open).toHaveLength(2));
  expect(open.map(({ request }) => request)).toEqual([
    { SDKAppID: 7, Version: 1, RecallSeconds: 600 },
    { SDKAppID: 7, Version: 2, FriendCheck: true },
  ]);
});

it.each([
  ["taken", 200, { Data: { Version: 2 } }, "thirty days"],
  ["refused", 409, { Error: { Code: "FailedOperation.Odd", Message: "not this month" } }, /FailedOperation\.Odd/],
])("says that a change was %s though the form that asked for it has closed", async (_, status, body, words) => {
  const { result, unmount } = setting();
  act(() => result.current.apply({ HistoryDays: 30 }, "thirty days"));
  await waitFor(() => expect(open).toHaveLength(1));
  unmount();
  const { unmount: close } = renderHook(() => null, { wrapper: () => <Toasts /> });
  open[0]?.answer(status, { RequestId: "r", ...body });
  expect(await screen.findByText(words)).toBeTruthy();
  close();
});
