import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import type { Ability } from "../api";
import { GroupFieldForm, type GroupFieldOf } from "./GroupFieldForm";

const OF = {
  group: { fields: "GroupFields", add: "im:AddGroupField", modify: "im:ModifyGroupField" },
  member: { fields: "GroupMemberFields", add: "im:AddGroupMemberField", modify: "im:ModifyGroupMemberField" },
} as const;

/** The custom fields of groups, or those of their members, with the rights of each type. */
export function GroupFields({ app, ability, kind }: { app: number; ability: Ability; kind: "group" | "member" }) {
  const { t } = useTranslation("settings");
  const state = useTableState();
  const [open, setOpen] = useState<GroupFieldOf | "new">();
  const { fields, add, modify } = OF[kind];
  const rows: GroupFieldOf[] = ability[fields];
  const { Max } = ability.Ranges[fields];
  const full = rows.length >= Max;
  return (
    <SettingCard
      title={t(`groupFields.${kind}.title`)}
      lead={t("fields.count", { count: rows.length, max: Max })}
      actions={
        <Locked action={add} app={app}>
          {(lock) => (
            <Button
              icon={<AddIcon />}
              disabled={lock.disabled || full}
              title={lock.title ?? (full ? t("fields.full", { count: Max }) : undefined)}
              aria-label={t(`groupFields.${kind}.add`)}
              onClick={() => setOpen("new")}
            >
              {t("fields.add")}
            </Button>
          )}
        </Locked>
      }
    >
      <ResourceTable<GroupFieldOf>
        label={t(`groupFields.${kind}.title`)}
        state={state}
        rows={rows}
        rowKey={(row) => row.Name}
        columns={[
          { key: "name", title: t("fields.name"), render: (row) => <code>{row.Name}</code> },
          {
            key: "rights",
            title: t("groupFields.rights"),
            render: (row) => (
              <ul className="stack stack--tight">
                {row.Rights.map((one) => (
                  <li key={one.Type}>
                    {t(`groupFields.types.${one.Type}`)}: {t("groupFields.Read")} {t(`groupFields.levels.${one.Read}`)}{" "}
                    · {t("groupFields.Write")} {t(`groupFields.levels.${one.Write}`)}
                    {one.Own && ` · ${t("groupFields.Own")}`}
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
        actions={(row) => (
          <Locked action={modify} app={app}>
            {(lock) => (
              <Button kind="text" small {...lock} onClick={() => setOpen(row)}>
                {t("action.edit")}
              </Button>
            )}
          </Locked>
        )}
        empty={<Empty title={t(`groupFields.${kind}.empty`)} about={t("groupFields.emptyAbout")} />}
      />
      {open && (
        <GroupFieldForm
          app={app}
          ability={ability}
          kind={kind}
          field={open === "new" ? undefined : open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </SettingCard>
  );
}
