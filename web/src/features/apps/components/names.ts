import { useTranslation } from "react-i18next";

/** Names of limits, features and order kinds that the server tells as words of its own. */
export function useLimitName() {
  const { t, i18n } = useTranslation("apps");
  const named = (kind: string, name: string) => {
    const key = `${kind}.${name}`;
    return i18n.exists(key, { ns: "apps" }) ? t(key) : name;
  };
  return {
    limit: (name: string) => named("limits", name),
    feature: (name: string) => named("featuresOfPlan", name),
    value: (name: string) => named("values", name === "basic, advanced" ? "both" : name),
    addOn: (name: string) => named("addOns", name),
  };
}
