import { useTranslation } from "react-i18next";
import { SelectField, TextField } from "../../../ui/Field";
import type { Command, Field, Typed } from "../commands";

interface Props {
  command: Command;
  typed: Typed;
  wrong: string[];
  onChange: (typed: Typed) => void;
}

/** A field for each of the command's; what has a shape of its own is written as JSON. */
export function CommandForm({ command, typed, wrong, onChange }: Props) {
  return command.fields.map((field) => (
    <One
      key={`${command.path} ${field.name}`}
      field={field}
      value={typed[field.name] ?? ""}
      wrong={wrong.includes(field.name)}
      onChange={(value) => onChange({ ...typed, [field.name]: value })}
    />
  ));
}

function One({
  field,
  value,
  wrong,
  onChange,
}: {
  field: Field;
  value: string;
  wrong: boolean;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation("explorer");
  const shared = { label: field.name, required: field.required, value, onChange };
  if (field.kind === "choice") {
    const options = field.choices.map((one) => ({ value: String(one), label: String(one) }));
    return <SelectField {...shared} options={[{ value: "", label: t("leftOut") }, ...options]} />;
  }
  // An empty field that must be there is said when one sends; what is there and unreadable at once.
  const error = wrong && value ? t(`wrong.${field.kind}`) : undefined;
  const rows = { json: 4, lines: 2, text: undefined, number: undefined }[field.kind];
  return (
    <TextField
      {...shared}
      mono
      rows={rows}
      inputMode={field.kind === "number" ? "numeric" : undefined}
      hint={field.kind === "lines" ? t("perLine") : undefined}
      error={error}
    />
  );
}
