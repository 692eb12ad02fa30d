import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { TimeText, utcSeconds } from "../../../ui/format";
import type { Column } from "../../../ui/ResourceTable";

type T = TFunction<"access">;

export const UserLink = ({ name }: { name: string }) => (
  <Link to="/access/users/$name" params={{ name }} className="break">
    {name}
  </Link>
);

export const GroupLink = ({ id, name }: { id: number | string; name: string }) => (
  <Link to="/access/groups/$id" params={{ id: String(id) }} className="break">
    {name}
  </Link>
);

export const PolicyLink = ({ id, name }: { id: number | string; name: string }) => (
  <Link to="/access/policies/$id" params={{ id: String(id) }} className="break">
    {name}
  </Link>
);

export const remarkColumn = <Row extends { Remark: string }>(t: T): Column<Row> => ({
  key: "remark",
  title: t("remark"),
  render: (row) => row.Remark || <span className="quiet">–</span>,
});

export const createdColumn = <Row extends { CreateTime: string }>(t: T): Column<Row> => ({
  key: "created",
  title: t("created"),
  role: "time",
  render: (row) => <TimeText at={utcSeconds(row.CreateTime)} />,
});
