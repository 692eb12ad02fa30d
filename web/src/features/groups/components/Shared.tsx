import { useTranslation } from "react-i18next";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import type { Group } from "../api";

interface Pair {
  Key: string;
  Value: string | number;
}

/** What members share in a group: attributes and counters, which clients and REST write. */
export function Shared({ group }: { group: Group }) {
  const { t } = useTranslation("groups");
  return (
    <>
      <Pairs title={t("shared.attributes")} empty={t("shared.noAttributes")} rows={group.Attributes} />
      {group.Operations.includes("count") && (
        <Pairs title={t("shared.counters")} empty={t("shared.noCounters")} rows={group.Counters} />
      )}
    </>
  );
}

function Pairs({ title, empty, rows }: { title: string; empty: string; rows: Pair[] }) {
  const { t } = useTranslation("groups");
  const state = useTableState();
  return (
    <SettingCard title={title}>
      <ResourceTable<Pair>
        label={title}
        state={{ ...state, keyword: "" }}
        rows={rows}
        rowKey={(row) => row.Key}
        columns={[
          { key: "key", title: t("shared.key"), role: "id", render: (row) => <code>{row.Key}</code> },
          { key: "value", title: t("shared.value"), render: (row) => <span className="break">{row.Value}</span> },
        ]}
        empty={<Empty title={empty} about={t("shared.about")} />}
      />
    </SettingCard>
  );
}
