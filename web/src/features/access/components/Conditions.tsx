import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../../ui/Button";
import { SelectField, TextField } from "../../../ui/Field";
import { AddIcon, DeleteIcon } from "../../../ui/icons";
import "../access.css";

export interface Condition {
  id: number;
  key: string;
  operator: string;
  /** Values separated by commas: any of them may match. */
  value: string;
}

/** Each key with the operators that fit it, the usual one first, and an example of a value. */
const KEYS: Record<string, { operators: string[]; example: string }> = {
  "qcs:ip": { operators: ["ip_equal", "ip_not_equal"], example: "198.51.100.0/24" },
  "qcs:resource_tag": {
    operators: ["for_any_value:string_equal", "for_any_value:string_like"],
    example: "team&support",
  },
  "qcs:mfa": { operators: ["string_equal"], example: "1" },
  "qcs:current_time": {
    operators: ["date_less_than", "date_greater_than", "date_less_than_equal", "date_greater_than_equal"],
    example: "2027-12-31T23:59:59Z",
  },
  "qcs:create_uin": { operators: ["string_equal", "string_not_equal"], example: "${uin}" },
};

export function Conditions({ value, onChange }: { value: Condition[]; onChange: (value: Condition[]) => void }) {
  const { t } = useTranslation("access");
  const set = (id: number, change: Partial<Condition>) =>
    onChange(value.map((one) => (one.id === id ? { ...one, ...change } : one)));
  return (
    <div className="stack">
      {value.map((one) => {
        const key = KEYS[one.key];
        return (
          <div key={one.id} className="condition">
            <SelectField
              label={t("gen.key")}
              value={one.key}
              onChange={(next) => set(one.id, { key: next, operator: KEYS[next]?.operators[0] ?? "" })}
              options={Object.keys(KEYS).map((name) => ({
                value: name,
                label: t(`gen.keys.${name.replace("qcs:", "")}`),
              }))}
            />
            <SelectField
              label={t("gen.operator")}
              value={one.operator}
              onChange={(operator) => set(one.id, { operator })}
              options={(key?.operators ?? []).map((operator) => ({ value: operator, label: operator }))}
            />
            <TextField
              label={t("gen.values")}
              mono
              value={one.value}
              placeholder={key?.example}
              onChange={(text) => set(one.id, { value: text })}
            />
            <IconButton
              icon={<DeleteIcon />}
              label={t("gen.removeCondition")}
              onClick={() => onChange(value.filter(({ id }) => id !== one.id))}
            />
          </div>
        );
      })}
      <div>
        <Button
          kind="text"
          icon={<AddIcon />}
          onClick={() =>
            onChange([
              ...value,
              { id: Math.max(0, ...value.map(({ id }) => id)) + 1, key: "qcs:ip", operator: "ip_equal", value: "" },
            ])
          }
        >
          {t("gen.addCondition")}
        </Button>
      </div>
    </div>
  );
}
