import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { type Place, useSend } from "../api";

const MAX = limitOf("im/SendOfficialMsg", "Text").max;

/** A text to everybody who follows an official account. */
export function SendOfficial({ place, onClose }: { place: Place; onClose: () => void }) {
  const { t } = useTranslation("officials");
  const [text, setText] = useState("");
  const send = useSend();
  return (
    <FormDialog
      title={t("send.open")}
      submit={t("send.submit")}
      busy={send.isPending}
      disabled={!text.trim() || [...text].length > MAX}
      error={send.error}
      onClose={onClose}
      onSubmit={() =>
        send.mutate(
          { SDKAppID: place.app, Account: place.account, Text: text },
          {
            onSuccess: () => {
              say(t("send.done"));
              onClose();
            },
          },
        )
      }
    >
      <ByteInput
        label={t("send.text")}
        required
        autoFocus
        unit="letters"
        rows={4}
        max={MAX}
        value={text}
        onChange={setText}
        hint={t("send.hint")}
      />
    </FormDialog>
  );
}
