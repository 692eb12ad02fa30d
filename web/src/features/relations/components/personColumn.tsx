import { PersonCell } from "../../../ui/cells";
import type { Column } from "../../../ui/ResourceTable";
import type { Owner } from "../api";

interface Person {
  user: string;
  nick?: string;
  src?: string;
}

/** The first column of every list of a user's relations: whom a row is about. */
export function personColumn<Row>(owner: Owner, of: (row: Row) => Person): Column<Row> {
  return {
    key: "id",
    title: "UserID",
    role: "person",
    render: (row) => <PersonCell app={owner.app} {...of(row)} />,
  };
}
