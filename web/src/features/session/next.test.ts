import { expect, it } from "vitest";
import { innerAddress } from "./pages/Login";

it("leads into the console only, and not back to the sign-in", () => {
  expect(innerAddress("/console/apps/7/messages?tab=x")).toBe("/apps/7/messages?tab=x");
  expect(innerAddress("/audit")).toBe("/audit");
  for (const bad of [
    undefined,
    "",
    "//evil.example",
    "https://evil.example",
    "/console/login?next=/console/login",
    "/login",
  ]) {
    expect(innerAddress(bad)).toBe("/");
  }
});
