import { useTranslation } from "react-i18next";
import { ALL, usePolicies } from "../api";
import { PickEach } from "./PickEach";

interface Props {
  without: number[];
  act: (policy: number) => Promise<unknown>;
  onClose: () => void;
}

/** Policies to attach to one user or group. */
export function PickPolicies({ without, ...rest }: Props) {
  const { t } = useTranslation("access");
  const policies = usePolicies(1, ALL).data?.List ?? [];
  return (
    <PickEach
      {...rest}
      title={t("policies.attach")}
      submit={t("policies.attach")}
      done={(count) => t("policies.attached", { count })}
      choices={policies
        .filter(({ PolicyId }) => !without.includes(PolicyId))
        .map(({ PolicyId, PolicyName, Description }) => ({ id: PolicyId, name: PolicyName, about: Description }))}
    />
  );
}
