import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { TimeText, useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { SettingRow } from "../../../ui/Page";
import { type Setting, useSetting } from "../api";
import { NeedsPlan } from "./NeedsPlan";
import { Trace } from "./Trace";

const SECONDS = { seconds: 1, days: 86400 } as const;

/** A number, a size, or a length of time shown in words; edited within the server's range. */
export function NumberSetting({ app, setting }: { app: number; setting: Setting }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const name = setting.Setting;
  const { Unit: unit, ChangeableFrom: from } = setting;
  const words = (value: number) => {
    if (!unit) return format.number(value);
    if (unit === "mebibytes") return `${format.number(value)} MiB`;
    return value ? format.span(value * SECONDS[unit]) : t("none");
  };
  const waits = from > Date.now() / 1000;
  return (
    <SettingRow
      name={t(`${name}.name`)}
      about={
        <>
          {t(`${name}.about`)}
          {waits && (
            <>
              {" "}
              {t("changeableFrom")} <TimeText at={from} dateOnly />
            </>
          )}
          <Trace app={app} setting={setting} words={words} />
        </>
      }
    >
      <strong>{words(Number(setting.Value))}</strong>
      <NeedsPlan app={app} setting={setting}>
        {(lock) => (
          <Button
            disabled={lock.disabled || waits}
            title={lock.title}
            aria-label={t("editOf", { name: t(`${name}.name`) })}
            onClick={() => setOpen(true)}
          >
            {t("action.edit")}
          </Button>
        )}
      </NeedsPlan>
      {open && <EditNumber app={app} setting={setting} words={words} onClose={() => setOpen(false)} />}
    </SettingRow>
  );
}

interface EditProps {
  app: number;
  setting: Setting;
  words: (value: number) => string;
  onClose: () => void;
}

function EditNumber({ app, setting, words, onClose }: EditProps) {
  const { t } = useTranslation("settings");
  const [text, setText] = useState(String(setting.Value));
  const { apply, busy } = useSetting(app);
  const name = setting.Setting;
  const value = Number(setting.Value);
  const range = { min: setting.Min ?? 0, max: setting.Max ?? Number.MAX_SAFE_INTEGER };
  const next = Number(text);
  const wrong = !text || !Number.isInteger(next) || next < range.min || next > range.max;
  return (
    <FormDialog
      title={t(`${name}.name`)}
      submit={t("action.save")}
      busy={busy}
      disabled={wrong || next === value}
      onClose={onClose}
      onSubmit={() => {
        apply({ [name]: next }, t(`${name}.changed`, { value: words(next) }));
        onClose();
      }}
    >
      <TextField
        label={t(`${name}.unit`)}
        value={text}
        onChange={(typed) => setText(typed.replace(/\D/g, ""))}
        inputMode="numeric"
        autoFocus
        hint={wrong ? undefined : words(next)}
        aside={t("field.range", range)}
        error={wrong ? t("field.outOfRange", range) : undefined}
      />
      {name === "HistoryDays" && (
        <p className="quiet">
          {t("HistoryDays.more", { max: range.max })}{" "}
          <Link to="/apps/$app/plan" params={{ app: String(app) }}>
            {t("HistoryDays.order")}
          </Link>
        </p>
      )}
      {setting.LoweringErases && next < value && !wrong && <Note tone="warning">{t(`${name}.lowered`)}</Note>}
    </FormDialog>
  );
}
