import { useTranslation } from "react-i18next";

/** Names of limits, features and order kinds that the server tells as words of its own. */
export function useLimitName() {
  const { t, i18n } = useTranslation(["apps", "settings"]);
  const named = (kind: string, name: string, ns = "apps") => {
    const key = `${kind}.${name}`;
    return i18n.exists(key, { ns }) ? t(key, { ns }) : name;
  };
  return {
    limit: (name: string) => named("limits", name),
    /** What is a setting of the app is called as it is on the settings' pages. */
    feature: (name: string, setting: string) =>
      setting ? named(setting, "name", "settings") : named("featuresOfPlan", name),
    value: (name: string) => named("values", name === "basic, advanced" ? "both" : name),
    addOn: (name: string) => named("addOns", name),
  };
}
