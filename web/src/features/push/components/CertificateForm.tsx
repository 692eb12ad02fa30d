import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, SelectField } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { type Certificate, type CredentialField, usePut, type Vendor } from "../api";
import { CredentialInput } from "./CredentialInput";

interface Props {
  app: number;
  vendors: Vendor[];
  /** The one to be changed; without it a new one is made. */
  old?: Certificate;
  onClose: () => void;
}

const APART = /Endpoint$/;

/** Whether a field has a say: what a click opens is asked for that kind of click only. */
function matters({ Name }: CredentialField, values: Record<string, string>): boolean {
  if (Name === "ClickPage") return values.ClickAction === "page";
  if (Name === "ClickUrl") return values.ClickAction === "url";
  return true;
}

/** Credentials of a vendor's push service: new ones, or others in the place of those that are there. */
export function CertificateForm({ app, vendors, old, onClose }: Props) {
  const { t } = useTranslation("push");
  const [name, setName] = useState(old?.Name ?? "");
  const [vendor, setVendor] = useState(old?.Vendor ?? vendors[0]?.Vendor ?? "");
  const [values, setValues] = useState<Record<string, string>>(old?.Fields ?? {});
  const put = usePut();
  const maxName = limitOf("im/PutPushCertificate", "Name").max;
  const fields = vendors.find((one) => one.Vendor === vendor)?.Fields ?? [];
  const shown = fields.filter((field) => matters(field, values));
  const lacking = shown.some(
    (field) => (field.Required && !values[field.Name]?.trim() && !(field.Secret && old)) || tooLong(field, values),
  );
  const input = (field: CredentialField) => (
    <CredentialInput
      key={`${vendor} ${field.Name}`}
      field={field}
      kept={Boolean(old && field.Secret)}
      value={values[field.Name] ?? ""}
      onChange={(value) => setValues((before) => ({ ...before, [field.Name]: value }))}
    />
  );
  return (
    <FormDialog
      at="right"
      title={old ? t("form.edit", { id: old.CertificateId }) : t("form.add")}
      submit={t("action.save")}
      busy={put.isPending}
      disabled={lacking || [...name].length > maxName}
      error={put.error}
      onClose={onClose}
      onSubmit={() =>
        put.mutate(
          {
            SDKAppID: app,
            CertificateId: old?.CertificateId ?? 0,
            Vendor: vendor,
            Name: name.trim(),
            Fields: Object.fromEntries(
              shown.map(({ Name }) => [Name, values[Name] ?? ""] as const).filter(([, value]) => value),
            ),
          },
          {
            onSuccess: (made) => {
              say(t(old ? "form.saved" : "form.made", { id: made.CertificateId }));
              onClose();
            },
          },
        )
      }
    >
      {old ? (
        <Note>{t("form.kept")}</Note>
      ) : (
        <SelectField
          label={t("vendor.label")}
          value={vendor}
          options={vendors.map(({ Vendor }) => ({ value: Vendor, label: t(`vendor.${Vendor}`) }))}
          hint={t(`vendorAbout.${vendor}`)}
          onChange={(next) => {
            put.reset();
            setVendor(next);
            setValues({});
          }}
        />
      )}
      <ByteInput
        label={t("form.name")}
        unit="letters"
        max={maxName}
        value={name}
        onChange={setName}
        hint={t("form.nameHint")}
      />
      {shown.filter(({ Name }) => !APART.test(Name)).map(input)}
      {shown.some(({ Name }) => APART.test(Name)) && (
        <details className="stack" open={shown.some(({ Name }) => APART.test(Name) && values[Name])}>
          <summary className="linklike">{t("form.more")}</summary>
          {shown.filter(({ Name }) => APART.test(Name)).map(input)}
        </details>
      )}
    </FormDialog>
  );
}

const tooLong = ({ Name, Most }: CredentialField, values: Record<string, string>) => (values[Name] ?? "").length > Most;
