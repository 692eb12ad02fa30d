import { fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import common from "../../locale/en.json";
import { Boundary } from "./components/Boundary";
import { DeletePolicies } from "./components/DeletePolicies";
import { EditDocument, inTheWay } from "./components/EditDocument";
import access from "./locale/en.json";

const remove = vi.hoisted(() => vi.fn());
const update = vi.hoisted(() => vi.fn());
const drop = vi.hoisted(() => vi.fn());
const count = vi.hoisted(() => ({ versions: 5 }));
const change = (mutate: unknown) => () => ({ mutate, isPending: false, error: null });
const version = (VersionId: number) => ({ VersionId, CreateDate: "", IsDefaultVersion: Number(VersionId === 2) });
vi.mock("./api", () => ({
  useVersions: () => ({ data: { Versions: Array.from({ length: count.versions }, (_, at) => version(at + 2)) } }),
  useUpdatePolicy: () => change(update)(),
  useDeleteVersion: () => change(remove)(),
  useDeletePolicy: () => change(remove)(),
  useDropBoundary: () => change(drop)(),
  useBoundary: () => ({ data: { PolicyId: 9, PolicyName: "fence" } }),
  useBounded: () => ({ data: { TotalNum: 3, List: [{ Name: "haneul" }] } }),
}));
vi.mock("../../api/session", () => ({ useAllowed: () => true }));
vi.mock("./components/columns", () => ({
  UserLink: ({ name }: { name: string }) => name,
  PolicyLink: ({ name }: { name: string }) => name,
}));
vi.mock("./components/PolicyEditor", () => ({
  useSyntax: () => ({ valid: true, mistakes: [] }),
  DocumentChanges: () => null,
  PolicyEditor: ({ onChange }: { onChange: (text: string) => void }) => (
    <textarea onChange={(event) => onChange(event.target.value)} />
  ),
}));

beforeAll(async () => {
  HTMLDialogElement.prototype.showModal ??= function open(this: HTMLDialogElement) {
    this.open = true;
  };
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { common, access } },
    defaultNS: "common",
    fallbackNS: "common",
  });
});

beforeEach(() => {
  count.versions = 5;
  for (const mock of [remove, update, drop]) mock.mockReset();
});

const submit = () => fireEvent.submit(document.querySelector("dialog form") as HTMLFormElement);

describe("a sixth version", () => {
  const edit = () => {
    render(<EditDocument id={7} policy={{ PolicyName: "p", PolicyDocument: "{}" } as never} onClose={vi.fn()} />);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: '{"version":"2.0"}' } });
  };

  it("needs leave to delete the oldest that is not in force, and deletes it first", () => {
    edit();
    submit();
    expect(remove).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("checkbox", { name: "Delete version 3 for good, then save" }));
    submit();
    expect(remove.mock.calls[0]?.[0]).toEqual({ PolicyId: 7, VersionId: [3] });
    expect(update).not.toHaveBeenCalled();
    remove.mock.calls[0]?.[1].onSuccess();
    expect(update.mock.calls[0]?.[0]).toEqual({ PolicyId: 7, PolicyDocument: '{"version":"2.0"}' });
  });

  it("is saved at once where there is room", () => {
    count.versions = 4;
    edit();
    submit();
    expect(update).toHaveBeenCalledOnce();
    expect(inTheWay([version(2)])).toBeUndefined();
  });
});

describe("a permissions boundary", () => {
  it("keeps its policy, and the dialog says whose it is", () => {
    const row = { PolicyId: 9, PolicyName: "fence", AttachEntityBoundaryCount: 3 };
    render(<DeletePolicies rows={[row]} clear={vi.fn()} onClose={vi.fn()} />);
    expect(screen.getByText(/haneul/)).toBeTruthy();
    expect(screen.getByText("and 2 more")).toBeTruthy();
    expect(document.querySelector("dialog form")).toBeNull();
  });

  it("is removed after a confirmation only", () => {
    render(<Boundary user={{ Uin: 5, Name: "haneul" } as never} />);
    fireEvent.click(screen.getByRole("button", { name: "Remove" }));
    expect(drop).not.toHaveBeenCalled();
    submit();
    expect(drop.mock.calls[0]?.[0]).toEqual({ TargetUin: 5 });
  });
});
