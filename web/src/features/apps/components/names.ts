import { useTranslation } from "react-i18next";

/** Names of limits, features and order kinds that the server tells as words of its own. */
export function useLimitName() {
  const { t, i18n } = useTranslation(["apps", "settings"]);
  const named = (kind: string, name: string) => {
    const key = `${kind}.${name}`;
    return i18n.exists(key, { ns: "apps" }) ? t(key) : name;
  };
  return {
    limit: (name: string) => named("limits", name),
    /** What is a setting of the app is called as it is on the settings' pages. */
    feature: (name: string, setting: string) =>
      setting ? t(`settings:${setting}.name`) : named("featuresOfPlan", name),
    value: (name: string) => named("values", name === "basic, advanced" ? "both" : name),
    addOn: (name: string) => named("addOns", name),
  };
}
