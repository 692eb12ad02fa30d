import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { AddIcon, CheckIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import type { Ability, UserField } from "../api";
import { SettingsPage } from "../components/SettingsPage";
import { PERMISSIONS, UserFieldForm } from "../components/UserFieldForm";

export function UserFields() {
  const { t } = useTranslation("settings");
  return (
    <SettingsPage
      title={t("nav.userFields")}
      lead={t("userFields.lead")}
      change={{
        action: "AddUserField",
        body: {
          Field: { Name: "Level", Type: "uint64", AppRead: true, AppWrite: false, AdminRead: true, AdminWrite: true },
        },
      }}
    >
      {(ability, app) => <FieldTable app={app} ability={ability} />}
    </SettingsPage>
  );
}

function FieldTable({ app, ability }: { app: number; ability: Ability }) {
  const { t } = useTranslation("settings");
  const state = useTableState();
  const [open, setOpen] = useState<UserField | "new">();
  const { Max } = ability.Ranges.UserFields;
  const full = ability.UserFields.length >= Max;
  return (
    <SettingCard
      title={t("userFields.title")}
      lead={t("fields.count", { count: ability.UserFields.length, max: Max })}
      actions={
        <Locked action="im:AddUserField" app={app}>
          {(lock) => (
            <Button
              kind="primary"
              icon={<AddIcon />}
              disabled={lock.disabled || full}
              title={lock.title ?? (full ? t("fields.full", { count: Max }) : undefined)}
              onClick={() => setOpen("new")}
            >
              {t("fields.add")}
            </Button>
          )}
        </Locked>
      }
    >
      <ResourceTable<UserField>
        label={t("userFields.title")}
        state={state}
        rows={ability.UserFields}
        rowKey={(row) => row.Name}
        columns={[
          {
            key: "name",
            title: t("fields.name"),
            render: (row) => <strong>{row.Name}</strong>,
            sort: (row) => row.Name,
          },
          { key: "tag", title: t("fields.tag"), render: (row) => <CopyText text={`Tag_Profile_Custom_${row.Name}`} /> },
          { key: "type", title: t("fields.type"), render: (row) => <code>{row.Type}</code>, sort: (row) => row.Type },
          ...PERMISSIONS.map((permission) => ({
            key: permission,
            title: t(`userFields.${permission}`),
            render: (row: UserField) =>
              row[permission] ? <CheckIcon aria-label={t("yes")} /> : <span className="quiet">–</span>,
          })),
        ]}
        actions={(row) => (
          <Locked action="im:ModifyUserField" app={app}>
            {(lock) => (
              <Button kind="text" small {...lock} onClick={() => setOpen(row)}>
                {t("action.edit")}
              </Button>
            )}
          </Locked>
        )}
        empty={<Empty title={t("userFields.empty")} about={t("userFields.emptyAbout")} />}
      />
      {open && (
        <UserFieldForm
          app={app}
          ability={ability}
          field={open === "new" ? undefined : open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </SettingCard>
  );
}
