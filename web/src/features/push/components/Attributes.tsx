import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { MAX_BYTES, useAttributes, useNameAttributes } from "../api";

const NUMBERS = Array.from({ length: 10 }, (_, number) => String(number));
type Names = Record<string, string>;

/** The attributes of users by which pushes are addressed: ten at most, numbered. */
export function Attributes({ app }: { app: number }) {
  const { t } = useTranslation("push");
  const query = useAttributes(app);
  const [open, setOpen] = useState(false);
  return (
    <SettingCard
      title={t("tabs.attributes")}
      lead={t("attributes.about")}
      actions={
        <Locked action="im:ModifyPushAttributes" app={app}>
          {(lock) => (
            <Button
              icon={<EditIcon />}
              title={lock.title}
              disabled={lock.disabled || !query.data}
              onClick={() => setOpen(true)}
            >
              {t("action.edit")}
            </Button>
          )}
        </Locked>
      }
    >
      <Loaded query={query} rows={4}>
        {({ AttrNames }) => (
          <dl className="facts">
            {NUMBERS.map((number) => (
              <div key={number}>
                <dt>{t("attributes.number", { number })}</dt>
                <dd>{AttrNames[number] ?? <span className="quiet">{t("attributes.free")}</span>}</dd>
              </div>
            ))}
          </dl>
        )}
      </Loaded>
      {open && query.data && <Edit app={app} names={query.data.AttrNames} onClose={() => setOpen(false)} />}
    </SettingCard>
  );
}

function Edit({ app, names, onClose }: { app: number; names: Names; onClose: () => void }) {
  const { t } = useTranslation("push");
  const [values, setValues] = useState<Names>(names);
  const save = useNameAttributes();
  const given = Object.values(values).filter(Boolean);
  const twice = new Set(given).size < given.length;
  const emptied = NUMBERS.some((number) => names[number] && !values[number]);
  return (
    <FormDialog
      title={t("tabs.attributes")}
      submit={t("action.save")}
      busy={save.isPending}
      disabled={twice || emptied || given.some((name) => byteLength(name) > MAX_BYTES)}
      error={save.error}
      onClose={onClose}
      onSubmit={() =>
        save.mutate(
          { SDKAppID: app, AttrNames: Object.fromEntries(Object.entries(values).filter(([, name]) => name)) },
          {
            onSuccess: () => {
              say(t("attributes.saved"));
              onClose();
            },
          },
        )
      }
    >
      {NUMBERS.map((number) => {
        const name = values[number] ?? "";
        const double = name && given.filter((other) => other === name).length > 1;
        const lost = names[number] && !name;
        return (
          <ByteInput
            key={number}
            label={t("attributes.number", { number })}
            max={MAX_BYTES}
            value={name}
            error={double ? t("attributes.twice") : lost ? t("attributes.stays") : undefined}
            onChange={(next) => setValues((before) => ({ ...before, [number]: next.trim() }))}
          />
        );
      })}
    </FormDialog>
  );
}
