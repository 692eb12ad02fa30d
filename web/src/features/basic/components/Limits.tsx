import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { type App, useModifyLimits } from "../api";

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
        <Locked action="im:ModifyAppLimits" app={app.SDKAppID}>
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

function EditLimits({ app, onClose }: { app: App; onClose: () => void }) {
  const { t } = useTranslation("basic");
  const overrides = app.Overrides as Values;
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(Object.entries(overrides).map(([name, value]) => [name, String(value ?? "")])),
  );
  const modify = useModifyLimits();
  const chosen = Object.fromEntries(
    Object.entries(texts)
      .filter(([, text]) => text !== "")
      .map(([name, text]) => [name, Number(text)]),
  );
  return (
    <FormDialog
      title={t("limit.edit")}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          { SDKAppID: app.SDKAppID, Overrides: chosen },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      <p className="quiet">{t("limit.editAbout")}</p>
      {Object.keys(app.Limits).map((name) => (
        <TextField
          key={name}
          label={t(`limit.${name}`)}
          inputMode="numeric"
          value={texts[name] ?? ""}
          placeholder={t("limit.byPlan")}
          onChange={(text) => setTexts({ ...texts, [name]: text.replace(/\D/g, "") })}
        />
      ))}
    </FormDialog>
  );
}
