import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox, SelectField, TextField } from "../../../ui/Field";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { usePasswordRules, useSetPasswordRules } from "../api";

type Rules = Data<"cam/GetPasswordRules">["Rules"];
const KINDS = ["Upper", "Lower", "Digit", "Special"];
const NUMBERS = ["MinimumLength", "ForcePasswordChange", "ReusePasswordLimit", "RetryPasswordLimit"] as const;

export function PasswordRules() {
  const { t } = useTranslation("access");
  const rules = usePasswordRules().data?.Rules;
  const [open, setOpen] = useState(false);
  if (!rules) return null;
  return (
    <SettingCard
      title={t("rules.title")}
      lead={t("rules.lead")}
      actions={
        <Locked action="cam:UpdatePasswordRules">
          {(lock) => (
            <Button icon={<EditIcon />} {...lock} onClick={() => setOpen(true)}>
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      <dl className="facts">
        {NUMBERS.map((name) => (
          <div key={name}>
            <dt>{t(`rules.${name}`)}</dt>
            <dd>{name === "ForcePasswordChange" && rules[name] === 0 ? t("never") : rules[name]}</dd>
          </div>
        ))}
        <div>
          <dt>{t("rules.MustContain")}</dt>
          <dd>
            {rules.MustContain.split(",")
              .filter(Boolean)
              .map((kind) => t(`rules.kinds.${kind}`))
              .join(", ")}
          </dd>
        </div>
        <div>
          <dt>{t("rules.PasswordExpirationInvalidation")}</dt>
          <dd>{t(`rules.expired.${rules.PasswordExpirationInvalidation}`)}</dd>
        </div>
      </dl>
      {open && <EditRules rules={rules} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

function EditRules({ rules, onClose }: { rules: Rules; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [value, setValue] = useState(rules);
  const set = useSetPasswordRules();
  const kinds = value.MustContain.split(",").filter(Boolean);
  const ranges = Object.fromEntries(NUMBERS.map((name) => [name, limitOf("cam/UpdatePasswordRules", `Rules.${name}`)]));
  const wrong = NUMBERS.filter((name) => {
    const range = ranges[name];
    return !range || value[name] < range.min || value[name] > range.max;
  });
  return (
    <FormDialog
      title={t("rules.title")}
      at="right"
      submit={t("action.save")}
      busy={set.isPending}
      disabled={wrong.length > 0}
      error={set.error}
      onClose={onClose}
      onSubmit={() =>
        set.mutate(
          { Rules: value },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      {NUMBERS.map((name) => (
        <TextField
          key={name}
          label={t(`rules.${name}`)}
          inputMode="numeric"
          value={String(value[name])}
          onChange={(text) => setValue({ ...value, [name]: Number(text.replace(/\D/g, "")) })}
          aside={t("field.range", { min: ranges[name]?.min, max: ranges[name]?.max })}
          error={
            wrong.includes(name) ? t("field.outOfRange", { min: ranges[name]?.min, max: ranges[name]?.max }) : undefined
          }
        />
      ))}
      <fieldset className="field stack stack--tight">
        <legend className="field__label">{t("rules.MustContain")}</legend>
        {KINDS.map((kind) => (
          <Checkbox
            key={kind}
            checked={kinds.includes(kind)}
            label={t(`rules.kinds.${kind}`)}
            onChange={(on) =>
              setValue({
                ...value,
                MustContain: KINDS.filter((one) => (one === kind ? on : kinds.includes(one))).join(","),
              })
            }
          />
        ))}
      </fieldset>
      <SelectField
        label={t("rules.PasswordExpirationInvalidation")}
        value={value.PasswordExpirationInvalidation}
        onChange={(PasswordExpirationInvalidation) => setValue({ ...value, PasswordExpirationInvalidation })}
        options={[1, 2].map((one) => ({ value: one, label: t(`rules.expired.${one}`) }))}
      />
    </FormDialog>
  );
}
