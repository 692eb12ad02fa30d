import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exactNumber } from "../../../api/client";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, SelectField, TextField } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Account, useModifyProfile } from "../api";
import { type Ability, dayOf, isNumber, numberFits, type ProfileField, profileFields } from "./profileFields";
import { useFieldName } from "./useFieldName";

type Values = Record<string, string>;

/** Every field of one profile; only what changed is sent. */
export function EditProfile({
  app,
  account,
  ability,
  onClose,
}: {
  app: number;
  account: Account;
  ability: Ability;
  onClose: () => void;
}) {
  const { t } = useTranslation("accounts");
  const nameOf = useFieldName();
  const fields = profileFields(ability).filter((field) => field.writable);
  const before: Values = Object.fromEntries(fields.map(({ tag }) => [tag, String(account.Profile[tag] ?? "")]));
  const [values, setValues] = useState(before);
  const modify = useModifyProfile();
  const changed = fields.filter(({ tag }) => values[tag] !== before[tag]);
  const wrong = changed.some((field) => !fits(field, values[field.tag] ?? ""));
  const set = (tag: string, value: string) => setValues({ ...values, [tag]: value });
  const save = () =>
    modify.mutate(
      {
        SDKAppID: app,
        UserID: account.UserID,
        Profile: Object.fromEntries(
          changed.map((field) => [
            field.tag,
            isNumber(field) ? exactNumber(values[field.tag] || "0") : (values[field.tag] ?? ""),
          ]),
        ),
      },
      {
        onSuccess: () => {
          say(t("edit.saved", { fields: changed.map(nameOf).join(", ") }));
          onClose();
        },
      },
    );
  return (
    <FormDialog
      title={t("edit.title", { id: account.UserID })}
      at="right"
      width={560}
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={wrong || !changed.length}
      error={modify.error}
      onClose={onClose}
      onSubmit={save}
    >
      {fields.map((field) => (
        <Editor
          key={field.tag}
          field={field}
          value={values[field.tag] ?? ""}
          onChange={(value) => set(field.tag, value)}
        />
      ))}
    </FormDialog>
  );
}

function fits(field: ProfileField, value: string): boolean {
  return isNumber(field) ? numberFits(field, value) : byteLength(value) <= field.max;
}

interface EditorProps {
  field: ProfileField;
  value: string;
  onChange: (value: string) => void;
}

function Editor({ field, value, onChange }: EditorProps) {
  const { t } = useTranslation("accounts");
  const nameOf = useFieldName();
  const label = nameOf(field);
  const hint = field.custom ? <code>{field.tag}</code> : undefined;
  if (field.values.length) {
    return (
      <SelectField
        label={label}
        value={value}
        onChange={onChange}
        options={[
          ...(value ? [] : [{ value: "", label: t("edit.unset") }]),
          ...field.values.map((choice) => ({ value: choice, label: t(`values.${choice}`) })),
        ]}
      />
    );
  }
  if (field.name === "MsgSettings" && !field.custom) {
    // Bit 0 is the one that has a meaning; the others stay as they are.
    const bits = Number(value || 0);
    return (
      <div className="field">
        <p className="field__label">{label}</p>
        <Checkbox
          checked={(bits & 1) === 1}
          label={t("edit.noMessages")}
          onChange={(on) => onChange(String(on ? (bits | 1) >>> 0 : (bits & ~1) >>> 0))}
        />
      </div>
    );
  }
  if (field.name === "BirthDay" && !field.custom && (!value || dayOf(value))) {
    return (
      <TextField label={label} type="date" value={dayOf(value)} onChange={(day) => onChange(day.replaceAll("-", ""))} />
    );
  }
  if (isNumber(field)) {
    const wrong = !numberFits(field, value);
    return (
      <TextField
        label={label}
        hint={hint}
        inputMode="numeric"
        value={value}
        onChange={onChange}
        aside={t("edit.number", { type: field.type })}
        error={wrong ? t("edit.notNumber", { type: field.type }) : undefined}
      />
    );
  }
  return (
    <ByteInput
      label={label}
      hint={hint}
      max={field.max}
      value={value}
      rows={field.name === "SelfSignature" ? 2 : undefined}
      type={field.name === "Image" ? "url" : "text"}
      onChange={onChange}
    />
  );
}
