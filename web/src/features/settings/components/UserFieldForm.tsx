import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, SelectField } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { type Ability, type UserField, useAddUserField, useModifyUserField } from "../api";
import { FIELD_TYPES, fieldNameMistake } from "./fieldRules";

export const PERMISSIONS = ["AppRead", "AppWrite", "AdminRead", "AdminWrite"] as const;
const NEW: UserField = { Name: "", Type: "string", AppRead: true, AppWrite: true, AdminRead: true, AdminWrite: true };

interface Props {
  app: number;
  ability: Ability;
  /** The field to edit; none: a new one. */
  field?: UserField;
  onClose: () => void;
}

export function UserFieldForm({ app, ability, field, onClose }: Props) {
  const { t } = useTranslation("settings");
  const [value, setValue] = useState<UserField>(field ?? NEW);
  const add = useAddUserField();
  const modify = useModifyUserField();
  const save = field ? modify : add;
  const { NameMax } = ability.Ranges.UserFields;
  const taken = ability.UserFields.map(({ Name }) => Name);
  const mistake = field ? undefined : fieldNameMistake(value.Name, NameMax, taken);
  const unread = !value.AppRead && !value.AdminRead;
  const unwritten = !value.AppWrite && !value.AdminWrite;
  return (
    <FormDialog
      title={field ? t("userFields.edit", { name: field.Name }) : t("userFields.add")}
      at="right"
      submit={field ? t("action.save") : t("action.add")}
      busy={save.isPending}
      disabled={!value.Name || Boolean(mistake) || unread || unwritten}
      error={save.error}
      onClose={onClose}
      onSubmit={() =>
        save.mutate(
          { SDKAppID: app, Version: ability.Version, Field: value },
          {
            onSuccess: () => {
              say(field ? t("action.saved") : t("fields.added", { name: value.Name }));
              onClose();
            },
          },
        )
      }
    >
      {!field && <Note tone="warning">{t("fields.forever")}</Note>}
      <ByteInput
        label={t("fields.name")}
        required={!field}
        unit="letters"
        max={NameMax}
        value={value.Name}
        onChange={(Name) => setValue({ ...value, Name })}
        disabled={Boolean(field)}
        mono
        autoFocus={!field}
        hint={t("fields.onWire", { tag: `Tag_Profile_Custom_${value.Name || "…"}` })}
        error={mistake && mistake !== "long" ? t(`fields.mistake.${mistake}`) : undefined}
      />
      <SelectField
        label={t("fields.type")}
        value={value.Type}
        onChange={(Type) => setValue({ ...value, Type })}
        disabled={Boolean(field)}
        options={FIELD_TYPES.map((type) => ({ value: type, label: t(`fields.types.${type}`) }))}
      />
      <fieldset className="field stack stack--tight">
        <legend className="field__label">{t("userFields.permissions")}</legend>
        {PERMISSIONS.map((permission) => (
          <Checkbox
            key={permission}
            checked={value[permission]}
            label={t(`userFields.long.${permission}`)}
            onChange={(on) => setValue({ ...value, [permission]: on })}
          />
        ))}
        {(unread || unwritten) && (
          <p className="field__error" role="alert">
            {t(unread ? "userFields.unread" : "userFields.unwritten")}
          </p>
        )}
      </fieldset>
    </FormDialog>
  );
}
