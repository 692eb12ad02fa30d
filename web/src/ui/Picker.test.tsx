import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import i18next from "i18next";
import { useState } from "react";
import { initReactI18next } from "react-i18next";
import { beforeAll, describe, expect, it, vi } from "vitest";
import common from "../locale/en.json";
import { type Choice, Picker } from "./Picker";

beforeAll(async () => {
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { common } },
    defaultNS: "common",
    fallbackNS: "common",
  });
});

const ALL = ["alpha", "beta", "gamma", "delta"].map((name, id) => ({ id, name }));
const asked = vi.fn();

/** Two a page, as a server that has more. */
function useLetters(keyword: string) {
  asked(keyword);
  const found = ALL.filter(({ name }) => name.includes(keyword));
  return { list: found.slice(0, 2), total: found.length, retry: vi.fn() };
}

function Form({ one, without }: { one?: boolean; without?: number[] }) {
  const [value, setValue] = useState<Choice[]>([]);
  return (
    <Picker label="letters" useChoices={useLetters} one={one} without={without} value={value} onChange={setValue} />
  );
}

describe("the picker", () => {
  it("shows the first page, says how many more there are, and finds them by typing", async () => {
    render(<Form />);
    expect(screen.queryByText("delta")).toBeNull();
    expect(screen.getByText("2 more: type to find them")).toBeTruthy();
    fireEvent.click(screen.getByRole("checkbox", { name: "alpha" }));
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "del" } });
    await waitFor(() => expect(asked).toHaveBeenLastCalledWith("del"));
    fireEvent.click(await screen.findByRole("checkbox", { name: "delta" }));
    // What was chosen before the search stays chosen.
    expect(screen.getByText("Selected: alpha, delta")).toBeTruthy();
  });

  it("chooses one instead of another, and leaves out what is there already", () => {
    render(<Form one without={[0]} />);
    expect(screen.queryByRole("radio", { name: "alpha" })).toBeNull();
    fireEvent.click(screen.getByRole("radio", { name: "beta" }));
    expect(screen.getByText("Selected: beta")).toBeTruthy();
  });
});
