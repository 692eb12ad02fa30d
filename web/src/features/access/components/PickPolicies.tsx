import { useTranslation } from "react-i18next";
import { usePolicyChoices } from "./choices";
import { PickEach } from "./PickEach";

interface Props {
  without: readonly number[];
  act: (policy: number) => Promise<unknown>;
  onClose: () => void;
}

/** Policies to attach to one user or group. */
export function PickPolicies(props: Props) {
  const { t } = useTranslation("access");
  return (
    <PickEach
      {...props}
      title={t("policies.attach")}
      submit={t("policies.attach")}
      done={(count) => t("policies.attached", { count })}
      useChoices={usePolicyChoices}
    />
  );
}
