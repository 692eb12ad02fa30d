import { describe, expect, it } from "vitest";
import { curlOf } from "./curl";

describe("curlOf", () => {
  it("writes a REST call as the administrator of the app", () => {
    const line = curlOf(
      { rest: "profile/portrait_get", app: 1400000001, body: { To_Account: ["ann"] } },
      "https://im.example",
    );
    expect(line).toContain("https://im.example/v4/profile/portrait_get?sdkappid=1400000001&identifier=administrator");
    expect(line).toContain('"ann"');
  });

  it("writes a cloud call with its action and version", () => {
    const line = curlOf({ cloud: "cam/CreatePolicy", body: { PolicyName: "readers" } }, "https://im.example");
    expect(line).toContain("X-TC-Action: CreatePolicy");
    expect(line).toContain("X-TC-Version: 2019-01-16");
  });

  it("keeps a quote inside the body from ending the shell's", () => {
    expect(curlOf({ cloud: "im/RegisterIMApp", body: { Name: "Ann's app" } }, "x")).toContain("Ann'\\''s app");
  });
});
