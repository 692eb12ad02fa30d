import { useTranslation } from "react-i18next";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { say } from "../../../ui/Toasts";
import { type Place, useDestroy } from "../api";

interface Props {
  place: Place;
  name: string;
  onClose: () => void;
  onDone: () => void;
}

/** An official account goes, with everything that it said. */
export function DestroyOfficial({ place, name, onClose, onDone }: Props) {
  const { t } = useTranslation("officials");
  const destroy = useDestroy();
  return (
    <ConfirmByTyping
      name={name}
      title={t("destroy.title", { name })}
      submit={t("destroy.open")}
      busy={destroy.isPending}
      error={destroy.error}
      onClose={onClose}
      onConfirm={() =>
        destroy.mutate(
          { SDKAppID: place.app, Account: place.account },
          {
            onSuccess: () => {
              say(t("destroy.done", { name }));
              onDone();
            },
          },
        )
      }
    >
      <p>{t("destroy.about")}</p>
    </ConfirmByTyping>
  );
}
