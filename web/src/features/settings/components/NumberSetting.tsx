import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, LinkButton } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked, LockedNote } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { SettingRow } from "../../../ui/Page";
import { type Ability, type Change, lockOf, useSetting } from "../api";

interface Props {
  app: number;
  ability: Ability;
  setting: "HistoryDays" | "RecallSeconds" | "DeletedIdDays";
  /** Seconds in one unit of the setting. */
  unit: number;
  /** Unix seconds from which it may change again, 0: now. */
  from?: number;
  warning?: string;
}

/** A setting that is a length of time: shown in words, edited as a number within the server's range. */
export function NumberSetting({ app, ability, setting, unit, from = 0, warning }: Props) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const value = ability[setting];
  const words = (length: number) => (length ? format.span(length * unit) : t("none"));
  const lock = lockOf(ability, setting);
  const waits = from > Date.now() / 1000;
  return (
    <SettingRow
      name={t(`${setting}.name`)}
      about={
        <>
          {t(`${setting}.about`)}
          {waits && (
            <>
              {" "}
              {t("changeableFrom")} <TimeText at={from} dateOnly />
            </>
          )}
        </>
      }
    >
      <strong>{words(value)}</strong>
      {lock ? (
        <>
          <LockedNote>{t("locked.plan", { plan: t(`app.plan.${lock.Plan}`) })}</LockedNote>
          <LinkButton to="/apps/$app/plan" params={{ app: String(app) }}>
            {t("locked.upgrade")}
          </LinkButton>
        </>
      ) : (
        <Locked action="im:SetAbilityConfInfo" app={app}>
          {(policy) => (
            <Button
              disabled={policy.disabled || waits}
              title={policy.title}
              aria-label={t("editOf", { name: t(`${setting}.name`) })}
              onClick={() => setOpen(true)}
            >
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      )}
      {open && (
        <EditNumber
          app={app}
          setting={setting}
          value={value}
          range={ability.Ranges[setting]}
          warning={warning}
          words={words}
          onClose={() => setOpen(false)}
        />
      )}
    </SettingRow>
  );
}

interface EditProps {
  app: number;
  setting: Props["setting"];
  value: number;
  range: { Min: number; Max: number };
  warning?: string;
  words: (value: number) => string;
  onClose: () => void;
}

function EditNumber({ app, setting, value, range, warning, words, onClose }: EditProps) {
  const { t } = useTranslation("settings");
  const [text, setText] = useState(String(value));
  const { apply, busy } = useSetting(app);
  const next = Number(text);
  const wrong = !text || !Number.isInteger(next) || next < range.Min || next > range.Max;
  return (
    <FormDialog
      title={t(`${setting}.name`)}
      submit={t("action.save")}
      busy={busy}
      disabled={wrong || next === value}
      onClose={onClose}
      onSubmit={() => {
        apply({ [setting]: next } as Change, t(`${setting}.changed`, { value: words(next) }));
        onClose();
      }}
    >
      <TextField
        label={t(`${setting}.unit`)}
        value={text}
        onChange={(typed) => setText(typed.replace(/\D/g, ""))}
        inputMode="numeric"
        autoFocus
        hint={wrong ? undefined : words(next)}
        aside={t("field.range", { min: range.Min, max: range.Max })}
        error={wrong ? t("field.range", { min: range.Min, max: range.Max }) : undefined}
      />
      {warning && next < value && !wrong && <Note tone="warning">{warning}</Note>}
    </FormDialog>
  );
}
