import { type ReactNode, useState } from "react";
import { Button } from "../../../ui/Button";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import type { Paging } from "../../../ui/Pager";
import { type Column, ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";

interface Adding {
  /** The policy action that it needs, as `cam:AttachUserPolicy`. */
  action: string;
  title: string;
  /** The dialog to choose from. */
  picker: (close: () => void) => ReactNode;
}

interface Props<Row> {
  title: string;
  adding: Adding[];
  rows: Row[] | undefined;
  rowKey: (row: Row) => string;
  error?: unknown;
  onRetry?: () => void;
  columns: Column<Row>[];
  /** For lists that arrive page by page. */
  paging?: Paging;
  stale?: boolean;
  search?: string;
  remove: {
    title: string;
    action: (row: Row) => string;
    act: (row: Row) => void;
    /** Rows that are held otherwise stay. */
    may?: (row: Row) => boolean;
  };
  empty: { title: string; about: string };
}

/** What belongs to a user, a group or a policy: its groups, members, policies or holders, with adding and removing. */
export function LinkedCard<Row>({ title, adding, remove, empty, ...table }: Props<Row>) {
  const state = useTableState();
  const [open, setOpen] = useState("");
  const close = () => setOpen("");
  const buttons = adding.map((one) => (
    <Locked key={one.action} action={one.action}>
      {(lock) => (
        <Button kind={adding.length === 1 ? "primary" : "plain"} {...lock} onClick={() => setOpen(one.action)}>
          {one.title}
        </Button>
      )}
    </Locked>
  ));
  return (
    <SettingCard title={title} actions={buttons}>
      <ResourceTable<Row>
        {...table}
        label={title}
        state={state}
        actions={(row) =>
          (remove.may?.(row) ?? true) && (
            <Locked action={remove.action(row)}>
              {(lock) => (
                <Button kind="textDanger" small {...lock} onClick={() => remove.act(row)}>
                  {remove.title}
                </Button>
              )}
            </Locked>
          )
        }
        empty={
          <Empty title={empty.title} about={empty.about}>
            {buttons}
          </Empty>
        }
      />
      {adding.find(({ action }) => action === open)?.picker(close)}
    </SettingCard>
  );
}
