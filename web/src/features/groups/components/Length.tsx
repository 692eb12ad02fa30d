import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { FOR_EVER } from "../api";

const USUAL = [600, 3600, 86400, 604800, 2592000];

/** How long a mute or a ban lasts: what is usual, for ever, or so many seconds. */
export function Length({ value, onChange }: { value: number; onChange: (seconds: number) => void }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const usual = USUAL.includes(value) || value === FOR_EVER;
  return (
    <>
      <SelectField
        label={t("length.label")}
        value={usual ? value : -1}
        options={[
          ...USUAL.map((seconds) => ({ value: seconds, label: format.span(seconds) })),
          { value: FOR_EVER, label: t("forEver") },
          { value: -1, label: t("length.own") },
        ]}
        onChange={(next) => onChange(next === -1 ? 60 : next)}
      />
      {!usual && (
        <TextField
          label={t("length.seconds")}
          inputMode="numeric"
          value={value ? String(value) : ""}
          onChange={(typed) => onChange(Math.min(FOR_EVER, Number(typed.replace(/\D/g, ""))))}
          hint={value ? format.span(value) : undefined}
          error={value ? undefined : t("field.needed")}
        />
      )}
    </>
  );
}
