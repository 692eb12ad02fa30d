import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { TimeText, useFormat } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { type App, useModifyInfo } from "../api";

export function Info({ app }: { app: App }) {
  const { t } = useTranslation("basic");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const blank = <span className="quiet">–</span>;
  return (
    <SettingCard
      title={t("info.title")}
      actions={
        <Locked action="im:ModifyAppInfo" app={app.SDKAppID}>
          {(lock) => (
            <Button icon={<EditIcon />} {...lock} onClick={() => setOpen(true)}>
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      <dl className="facts">
        <div>
          <dt>SDKAppID</dt>
          <dd>
            <CopyText text={String(app.SDKAppID)} />
          </dd>
        </div>
        <div>
          <dt>{t("info.name")}</dt>
          <dd>{app.Name}</dd>
        </div>
        <div>
          <dt>{t("info.type")}</dt>
          <dd>{app.Type || blank}</dd>
        </div>
        <div>
          <dt>{t("info.accounts")}</dt>
          <dd>{format.number(app.AccountCount)}</dd>
        </div>
        <div>
          <dt>{t("info.history")}</dt>
          <dd>{format.span(app.HistoryDays * 86400)}</dd>
        </div>
        <div>
          <dt>{t("info.created")}</dt>
          <dd>
            <TimeText at={app.CreateTime} />
          </dd>
        </div>
        <div>
          <dt>{t("info.updated")}</dt>
          <dd>
            <TimeText at={app.UpdateTime} />
          </dd>
        </div>
        <div className="facts__wide">
          <dt>{t("info.introduction")}</dt>
          <dd>{app.Introduction || blank}</dd>
        </div>
      </dl>
      {open && <EditInfo app={app} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

const FIELDS = ["Name", "Type", "Introduction"] as const;

function EditInfo({ app, onClose }: { app: App; onClose: () => void }) {
  const { t } = useTranslation("basic");
  const [values, setValues] = useState({ Name: app.Name, Type: app.Type, Introduction: app.Introduction });
  const modify = useModifyInfo();
  const limits = Object.fromEntries(FIELDS.map((field) => [field, limitOf("im/ModifyAppInfo", field).max]));
  const changed = FIELDS.filter((field) => values[field] !== app[field]);
  const wrong = !values.Name.trim() || FIELDS.some((field) => [...values[field]].length > (limits[field] ?? 0));
  return (
    <FormDialog
      title={t("info.edit")}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={wrong || !changed.length}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          { SDKAppID: app.SDKAppID, ...Object.fromEntries(changed.map((field) => [field, values[field]])) },
          {
            onSuccess: () => {
              say(t("info.saved", { fields: changed.map((field) => t(`info.${field.toLowerCase()}`)).join(", ") }));
              onClose();
            },
          },
        )
      }
    >
      {FIELDS.map((field) => (
        <ByteInput
          key={field}
          label={t(`info.${field.toLowerCase()}`)}
          required={field === "Name"}
          unit="letters"
          max={limits[field] ?? 0}
          value={values[field]}
          rows={field === "Introduction" ? 3 : undefined}
          hint={field === "Type" ? t("info.typeHint") : undefined}
          onChange={(text) => setValues({ ...values, [field]: text })}
        />
      ))}
    </FormDialog>
  );
}
