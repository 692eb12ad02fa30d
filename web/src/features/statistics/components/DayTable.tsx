import { useTranslation } from "react-i18next";
import { useFormat } from "../../../ui/format";
import { Empty } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { COLUMNS, type Kind } from "../api";
import { isKnown, type Row } from "../range";
import { Change } from "./Change";

/** The days, the newest first, each number with its change from the day before. */
export function DayTable({ kind, rows, stale }: { kind: Kind; rows: Row[]; stale: boolean }) {
  const { t } = useTranslation("statistics");
  const format = useFormat();
  const state = useTableState();
  return (
    <ResourceTable<Row>
      label={t("table.title")}
      state={{ ...state, sort: state.sort || "-date" }}
      rows={rows}
      rowKey={(row) => row.Date}
      stale={stale}
      columns={[
        {
          key: "date",
          title: t("table.date"),
          role: "person",
          sort: (row) => row.Date,
          render: (row) => (
            <span className="row row--tight">
              <span className="nowrap">{row.Date}</span>
              {row.State !== "closed" && (
                <Tag tone={row.State === "none" ? "default" : "warning"}>{t(`state.${row.State}`)}</Tag>
              )}
            </span>
          ),
        },
        ...COLUMNS[kind].map((column) => ({
          key: column,
          title: t(`column.${column}`),
          number: true,
          sort: (row: Row) => (isKnown(row) ? row[column] : -1),
          render: (row: Row) =>
            isKnown(row) ? (
              <span className="day">
                <span>{format.number(row[column])}</span>
                <Change value={row[column]} before={isKnown(row.before) ? row.before[column] : undefined} />
              </span>
            ) : (
              <span className="quiet">–</span>
            ),
        })),
      ]}
      empty={<Empty title={t("table.empty")} about={t("table.emptyAbout")} />}
    />
  );
}
