import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ByteInput, Field, SelectField, TextField } from "../../../ui/Field";
import type { CredentialField } from "../api";

/** Fields that are files, and how a file becomes their value. */
const FILES: Record<string, { accept: string; binary: boolean }> = {
  File: { accept: ".p12,.pfx,application/x-pkcs12", binary: true },
  Key: { accept: ".p8,.pem,text/plain", binary: false },
  ServiceAccount: { accept: ".json,application/json", binary: false },
};

async function read(file: File, binary: boolean): Promise<string> {
  if (!binary) return (await file.text()).trim();
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

interface Props {
  field: CredentialField;
  value: string;
  /** There is a secret already, which stays where nothing is given. */
  kept: boolean;
  onChange: (value: string) => void;
}

/** One field of a vendor's credentials: a file, a choice, or a text. */
export function CredentialInput({ field, value, kept, onChange }: Props) {
  const { t, i18n } = useTranslation("push");
  const name = field.Name;
  const said = (key: string) => (i18n.exists(key, { ns: "push" }) ? t(key) : undefined);
  const label = said(`field.${name}`) ?? name;
  const hint = kept
    ? t("form.secretKept")
    : said(`fieldHint.${name === "ClickAction" && !field.Choices.length ? "ClickIntent" : name}`);
  const required = field.Required && !kept;
  const file = FILES[name];
  if (file)
    return <FileInput {...file} label={label} hint={hint} required={required} max={field.Most} onChange={onChange} />;
  if (field.Choices.length) {
    const none = field.Required ? [] : [{ value: "", label: t("form.unchosen") }];
    return (
      <SelectField
        label={label}
        hint={hint}
        value={value}
        options={[...none, ...field.Choices.map((one) => ({ value: one, label: said(`choice.${one}`) ?? one }))]}
        onChange={onChange}
      />
    );
  }
  if (field.Secret) {
    const over = value.length > field.Most ? t("field.over.letters", { count: value.length - field.Most }) : undefined;
    return (
      <TextField
        label={label}
        hint={hint}
        required={required}
        type="password"
        autoComplete="new-password"
        value={value}
        error={over}
        onChange={onChange}
      />
    );
  }
  return (
    <ByteInput
      mono
      unit="letters"
      label={label}
      hint={hint}
      required={required}
      max={field.Most}
      value={value}
      onChange={onChange}
    />
  );
}

interface FileProps {
  label: string;
  hint?: string;
  required: boolean;
  accept: string;
  binary: boolean;
  max: number;
  onChange: (value: string) => void;
}

function FileInput({ label, hint, required, accept, binary, max, onChange }: FileProps) {
  const { t } = useTranslation("push");
  const [fault, setFault] = useState("");
  return (
    <Field label={label} hint={hint} required={required} error={fault || undefined}>
      {({ id, describedBy }) => (
        <input
          id={id}
          aria-describedby={describedBy}
          type="file"
          accept={accept}
          onChange={async (event) => {
            const chosen = event.target.files?.[0];
            const text = chosen ? await read(chosen, binary).catch(() => "") : "";
            const bad = text.length > max ? t("form.tooLarge") : chosen && !text ? t("form.unreadable") : "";
            setFault(bad);
            onChange(bad ? "" : text);
          }}
        />
      )}
    </Field>
  );
}
