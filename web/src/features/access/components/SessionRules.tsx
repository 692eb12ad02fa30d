import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { useSessionRules, useSetSessionRules } from "../api";

type Rules = Data<"cam/DescribeSessionRules">["Rules"];
const NUMBERS = ["IdleMinutes", "MaxHours"] as const;
const SECONDS = { IdleMinutes: 60, MaxHours: 3600 };

/** How long console sessions last. */
export function SessionRules() {
  const { t } = useTranslation("access");
  const format = useFormat();
  const rules = useSessionRules();
  const [open, setOpen] = useState(false);
  return (
    <SettingCard
      title={t("sessions.title")}
      lead={t("sessions.lead")}
      actions={
        <Locked action="cam:UpdateSessionRules">
          {(lock) => (
            <Button icon={<EditIcon />} {...lock} onClick={() => setOpen(true)}>
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      <Loaded query={rules} rows={2}>
        {({ Rules }) => (
          <>
            <dl className="facts">
              {NUMBERS.map((name) => (
                <div key={name}>
                  <dt>{t(`sessions.${name}`)}</dt>
                  <dd>{format.span(Rules[name] * SECONDS[name])}</dd>
                </div>
              ))}
            </dl>
            {open && <EditSessions rules={Rules} onClose={() => setOpen(false)} />}
          </>
        )}
      </Loaded>
    </SettingCard>
  );
}

function EditSessions({ rules, onClose }: { rules: Rules; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [value, setValue] = useState(rules);
  const set = useSetSessionRules();
  const fields = NUMBERS.map((name) => {
    const range = limitOf("cam/UpdateSessionRules", `Rules.${name}`);
    return { name, range, wrong: value[name] < range.min || value[name] > range.max };
  });
  const tooIdle = value.IdleMinutes > value.MaxHours * 60;
  return (
    <FormDialog
      title={t("sessions.title")}
      at="right"
      submit={t("action.save")}
      busy={set.isPending}
      disabled={tooIdle || fields.some(({ wrong }) => wrong)}
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
      {fields.map(({ name, range, wrong }) => (
        <TextField
          key={name}
          label={t(`sessions.edit.${name}`)}
          inputMode="numeric"
          value={String(value[name])}
          onChange={(text) => setValue({ ...value, [name]: Number(text.replace(/\D/g, "")) })}
          aside={t("field.range", { ...range })}
          hint={t(`sessions.about.${name}`)}
          error={
            wrong
              ? t("field.outOfRange", { ...range })
              : name === "IdleMinutes" && tooIdle
                ? t("sessions.tooIdle")
                : undefined
          }
        />
      ))}
    </FormDialog>
  );
}
