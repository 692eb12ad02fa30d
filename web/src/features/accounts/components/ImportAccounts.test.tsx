import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import common from "../../../locale/en.json";
import accounts from "../locale/en.json";
import { ImportAccounts } from "./ImportAccounts";

const answers: Record<string, unknown> = {};
const asked: { action: string; body: Record<string, unknown> }[] = [];

const JOB = { JobId: "j1", Kind: "ImportAccounts", State: "running", Done: 400, Total: 1000, Refused: 0, Message: "" };

beforeAll(async () => {
  await i18next.use(initReactI18next).init({
    lng: "en",
    ns: ["common", "accounts"],
    defaultNS: "common",
    fallbackNS: "common",
    resources: { en: { common, accounts } },
  });
});
beforeEach(() => {
  asked.length = 0;
  for (const name of Object.keys(answers)) delete answers[name];
  answers["im/DescribeJobs"] = { TotalCount: 0, Jobs: [] };
  vi.stubGlobal("fetch", async (url: string, init: { body: string }) => {
    const action = url.replace("/console/api/", "");
    asked.push({ action, body: JSON.parse(init.body) });
    return new Response(JSON.stringify({ RequestId: "r", Data: answers[action] }));
  });
});
afterEach(() => vi.unstubAllGlobals());

function open() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const stale = vi.spyOn(client, "invalidateQueries");
  render(
    <QueryClientProvider client={client}>
      <ImportAccounts app={7} onClose={() => undefined} />
    </QueryClientProvider>,
  );
  return stale;
}

function choose(file: File) {
  const input = document.querySelector("input[type=file]") as HTMLInputElement;
  fireEvent.change(input, { target: { files: [file] } });
  fireEvent.click(screen.getByRole("button", { name: "Import", hidden: true }));
}

describe("importing accounts", () => {
  it("refuses a file that is not UTF-8 before anything is sent", async () => {
    open();
    choose(new File([new Uint8Array([0x55, 0xb9, 0xce])], "users.csv"));
    expect((await screen.findByRole("alert", { hidden: true })).textContent).toContain("not UTF-8");
    expect(asked.map((call) => call.action)).not.toContain("im/ImportAccounts");
  });

  it("sends a file, follows the job and makes the list fresh at its end", async () => {
    answers["im/ImportAccounts"] = { JobId: "j1" };
    answers["im/DescribeJob"] = { ...JOB, State: "done", Done: 1000 };
    const stale = open();
    choose(new File(["UserID\n민수"], "users.csv"));
    expect(await screen.findByText("1,000 of 1,000")).toBeTruthy();
    expect(asked.find((call) => call.action === "im/ImportAccounts")?.body).toEqual({
      SDKAppID: 7,
      Format: "csv",
      Content: "UserID\n민수",
    });
    expect(stale).toHaveBeenCalledWith({ queryKey: ["im/DescribeAccountList"] });
  });

  it("shows an import that is under way", async () => {
    answers["im/DescribeJobs"] = { TotalCount: 1, Jobs: [JOB] };
    answers["im/DescribeJob"] = JOB;
    open();
    expect(await screen.findByText("400 of 1,000")).toBeTruthy();
    expect(screen.getByText(accounts.import.underWay)).toBeTruthy();
  });
});
