import { useTranslation } from "react-i18next";

/** Names of limits, features and order kinds that the server tells as words of its own. */
export function useLimitName() {
  const { t, i18n } = useTranslation(["apps", "settings"]);
  const named = (kind: string, name: string) => known(`${kind}.${name}`, "apps", name);
  // The texts of another feature arrive when it is first asked for.
  const known = (key: string, ns: string, otherwise: string) => (i18n.exists(key, { ns }) ? t(key, { ns }) : otherwise);
  return {
    limit: (name: string) => named("limits", name),
    /** Away from the settings' pages a setting needs more words than there; one that has none is called as it is there. */
    feature: (name: string, setting: string) =>
      known(`featuresOfPlan.${name}`, "apps", setting ? known(`${setting}.name`, "settings", setting) : name),
    value: (name: string) => named("values", name === "basic, advanced" ? "both" : name),
    addOn: (name: string) => named("addOns", name),
  };
}
