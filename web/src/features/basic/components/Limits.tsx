import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf, takesNull } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox, TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { type App, useModifyLimits } from "../api";
import "../basic.css";

const ACTION = "sodam/ModifyAppLimits";
type Values = Record<string, number | null | undefined>;

/** The limits in force, from plan, add-ons and the operator's own. */
export function Limits({ app }: { app: App }) {
  const { t } = useTranslation("basic");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const overrides = app.Overrides as Values;
  return (
    <SettingCard
      title={t("limit.title")}
      lead={t("limit.lead")}
      actions={
        <Locked action="sodam:ModifyAppLimits" app={app.SDKAppID}>
          {(lock) => (
            <Button icon={<EditIcon />} {...lock} onClick={() => setOpen(true)}>
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      <dl className="facts">
        {Object.entries(app.Limits as Values).map(([name, value]) => (
          <div key={name}>
            <dt>{t(`limit.${name}`)}</dt>
            <dd className="row">
              {value === null || value === undefined ? t("unlimited") : format.number(value)}
              {overrides[name] !== undefined && <Tag tone="warning">{t("limit.own")}</Tag>}
            </dd>
          </div>
        ))}
      </dl>
      {open && <EditLimits app={app} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

interface Entry {
  text: string;
  unlimited: boolean;
}

function EditLimits({ app, onClose }: { app: App; onClose: () => void }) {
  const { t } = useTranslation("basic");
  const overrides = app.Overrides as Values;
  const [entries, setEntries] = useState<Record<string, Entry>>(() =>
    Object.fromEntries(
      Object.keys(app.Limits).map((name) => [
        name,
        { text: String(overrides[name] ?? ""), unlimited: overrides[name] === null },
      ]),
    ),
  );
  const modify = useModifyLimits();
  const fields = Object.entries(entries).map(([name, entry]) => {
    const { min, max } = limitOf(ACTION, `Overrides.${name}`);
    const wrong = !entry.unlimited && entry.text !== "" && (Number(entry.text) < min || Number(entry.text) > max);
    return { name, wrong, ...entry, range: { min, max } };
  });
  const chosen = Object.fromEntries(
    fields
      .filter(({ text, unlimited }) => unlimited || text !== "")
      .map(({ name, text, unlimited }) => [name, unlimited ? null : Number(text)]),
  );
  const set = (name: string, change: Partial<Entry>) =>
    setEntries((before) => ({ ...before, [name]: { text: "", unlimited: false, ...before[name], ...change } }));
  return (
    <FormDialog
      title={t("limit.edit")}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={fields.some(({ wrong }) => wrong)}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          { SDKAppID: app.SDKAppID, Overrides: chosen },
          {
            onSuccess: () => {
              say(t("action.saved"), () => modify.mutate({ SDKAppID: app.SDKAppID, Overrides: app.Overrides }));
              onClose();
            },
          },
        )
      }
    >
      <p className="quiet">{t("limit.editAbout")}</p>
      {fields.map(({ name, text, unlimited, wrong, range }) => (
        <div key={name} className="limit">
          <TextField
            label={t(`limit.${name}`)}
            inputMode="numeric"
            value={text}
            disabled={unlimited}
            placeholder={unlimited ? t("unlimited") : t("limit.byPlan")}
            hint={t("limit.range", range)}
            error={wrong ? t("field.outOfRange", range) : undefined}
            onChange={(typed) => set(name, { text: typed.replace(/\D/g, "") })}
          />
          {takesNull(ACTION, `Overrides.${name}`) && (
            <Checkbox
              checked={unlimited}
              onChange={(on) => set(name, { unlimited: on, text: "" })}
              label={t("limit.unlimited")}
            />
          )}
        </div>
      ))}
    </FormDialog>
  );
}
