import { useTranslation } from "react-i18next";
import { CopyText } from "../../../ui/CopyText";
import { dayOf, type ProfileField } from "./profileFields";

/** One value of a profile in words. */
export function ProfileValue({ field, value }: { field: ProfileField; value: string | number | undefined }) {
  const { t } = useTranslation("accounts");
  if (value === undefined || value === "") return <span className="quiet">–</span>;
  if (field.custom) return <span className="break">{String(value)}</span>;
  if (field.values.length) return t(`values.${value}`);
  if (field.name === "BirthDay") return dayOf(value) || String(value);
  if (field.name === "MsgSettings") return Number(value) & 1 ? t("edit.noMessages") : t("edit.messages");
  // An address may be as long as it likes: one line of it, the whole by hovering or copying.
  if (field.name === "Image") return <CopyText text={String(value)} oneLine />;
  return <span className="break">{String(value)}</span>;
}
