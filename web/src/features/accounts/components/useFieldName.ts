import { useTranslation } from "react-i18next";
import type { ProfileField } from "./profileFields";

/** What a field is called for people: the standard ones translated, custom ones by their own name. */
export function useFieldName(): (field: Pick<ProfileField, "name" | "custom">) => string {
  const { t, i18n } = useTranslation("accounts");
  return ({ name, custom }) => {
    if (custom) return t("field.custom", { name });
    return i18n.exists(`field.${name}`, { ns: "accounts" }) ? t(`field.${name}`) : name;
  };
}
