import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, SelectField } from "../../../ui/Field";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Ability, type FriendField, useAddFriendField } from "../api";
import { FIELD_TYPES, fieldNameMistake } from "../components/fieldRules";
import { SectionForm } from "../components/SectionForm";
import { SettingsPage } from "../components/SettingsPage";

export function Friends() {
  const { t } = useTranslation("settings");
  return (
    <SettingsPage
      title={t("nav.friends")}
      lead={t("friends.lead")}
      change={{ action: "SetAbilityConfInfo", body: { DefaultAllowType: "AllowType_Type_NeedConfirm" } }}
    >
      {(ability, app) => (
        <>
          <SectionForm app={app} ability={ability} sections={["friends"]} />
          <FriendFields app={app} ability={ability} />
        </>
      )}
    </SettingsPage>
  );
}

function FriendFields({ app, ability }: { app: number; ability: Ability }) {
  const { t } = useTranslation("settings");
  const state = useTableState();
  const [open, setOpen] = useState(false);
  const { Max } = ability.Ranges.FriendFields;
  const full = ability.FriendFields.length >= Max;
  const add = (
    <Locked action="im:AddFriendField" app={app}>
      {(lock) => (
        <Button
          icon={<AddIcon />}
          disabled={lock.disabled || full}
          title={lock.title ?? (full ? t("fields.full", { count: Max }) : undefined)}
          onClick={() => setOpen(true)}
        >
          {t("fields.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard
      title={t("friendFields.title")}
      lead={t("fields.count", { count: ability.FriendFields.length, max: Max })}
      actions={add}
    >
      <ResourceTable<FriendField>
        label={t("friendFields.title")}
        state={state}
        rows={ability.FriendFields}
        rowKey={(row) => row.Name}
        columns={[
          {
            key: "name",
            title: t("fields.name"),
            render: (row) => <strong>{row.Name}</strong>,
            sort: (row) => row.Name,
          },
          { key: "tag", title: t("fields.tag"), render: (row) => <CopyText text={`Tag_SNS_Custom_${row.Name}`} /> },
          { key: "type", title: t("fields.type"), render: (row) => <code>{row.Type}</code>, sort: (row) => row.Type },
        ]}
        empty={<Empty title={t("friendFields.empty")} about={t("friendFields.emptyAbout")} />}
      />
      {open && <AddFriendField app={app} ability={ability} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

function AddFriendField({ app, ability, onClose }: { app: number; ability: Ability; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const [name, setName] = useState("");
  const [type, setType] = useState<FriendField["Type"]>("string");
  const add = useAddFriendField();
  const { NameMax } = ability.Ranges.FriendFields;
  const mistake = fieldNameMistake(
    name,
    NameMax,
    ability.FriendFields.map((field) => field.Name),
  );
  return (
    <FormDialog
      title={t("friendFields.add")}
      submit={t("action.add")}
      busy={add.isPending}
      disabled={!name || Boolean(mistake)}
      error={add.error}
      onClose={onClose}
      onSubmit={() =>
        add.mutate(
          { SDKAppID: app, Version: ability.Version, Field: { Name: name, Type: type } },
          {
            onSuccess: () => {
              say(t("fields.added", { name }));
              onClose();
            },
          },
        )
      }
    >
      <Note tone="warning">{t("fields.forever")}</Note>
      <ByteInput
        label={t("fields.name")}
        required
        unit="letters"
        max={NameMax}
        value={name}
        onChange={setName}
        mono
        autoFocus
        hint={t("fields.onWire", { tag: `Tag_SNS_Custom_${name || "…"}` })}
        error={mistake && mistake !== "long" ? t(`fields.mistake.${mistake}`) : undefined}
      />
      <SelectField
        label={t("fields.type")}
        value={type}
        onChange={setType}
        options={FIELD_TYPES.map((value) => ({ value, label: t(`fields.types.${value}`) }))}
      />
    </FormDialog>
  );
}
