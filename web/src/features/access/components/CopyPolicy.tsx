import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../../api/client";
import { FormDialog } from "../../../ui/Dialog";
import { type Choice, Picker } from "../../../ui/Picker";
import { usePolicyChoices } from "./choices";

interface Props {
  onCopy: (name: string, document: string) => void;
  onClose: () => void;
}

/** Any policy as the beginning of a new one: preset ones too. */
export function CopyPolicy({ onCopy, onClose }: Props) {
  const { t } = useTranslation("access");
  const [chosen, setChosen] = useState<Choice[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const copy = async ({ id }: Choice) => {
    setBusy(true);
    try {
      const { PolicyName, PolicyDocument } = await call("cam/GetPolicy", { PolicyId: id });
      onCopy(PolicyName, PolicyDocument);
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={t("new.copy")}
      submit={t("new.copyIt")}
      busy={busy}
      disabled={!chosen.length}
      error={error}
      onClose={onClose}
      onSubmit={() => chosen[0] && void copy(chosen[0])}
    >
      <Picker one label={t("nav.policies")} useChoices={usePolicyChoices} value={chosen} onChange={setChosen} />
    </FormDialog>
  );
}
