import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, ChoiceField } from "../../../ui/Field";
import { badUrl, byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { useCreateAccount } from "../api";

const LIMITS = {
  id: limitOf("im/CreateAccount", "UserID").max,
  nick: limitOf("im/CreateAccount", "Nick").max,
  face: limitOf("im/CreateAccount", "FaceUrl").max,
};

export function CreateAccount({ app, onClose }: { app: number; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const [id, setId] = useState("");
  const [nick, setNick] = useState("");
  const [face, setFace] = useState("");
  const [type, setType] = useState<"ordinary" | "administrator">("ordinary");
  const create = useCreateAccount();
  // Exactly the printable ones.
  const badId = id !== "" && /[^\x20-\x7e]/.test(id);
  const badFace = badUrl(face);
  const wrong =
    !id ||
    badId ||
    badFace ||
    byteLength(id) > LIMITS.id ||
    byteLength(nick) > LIMITS.nick ||
    byteLength(face) > LIMITS.face;
  return (
    <FormDialog
      title={t("create.title")}
      at="right"
      submit={t("action.create")}
      busy={create.isPending}
      disabled={wrong}
      error={create.error}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          { SDKAppID: app, UserID: id, Nick: nick, FaceUrl: face, Type: type },
          {
            onSuccess: () => {
              say(t("create.done", { id }));
              onClose();
            },
          },
        )
      }
    >
      <ChoiceField
        label={t("type")}
        value={type}
        onChange={setType}
        options={[
          { value: "ordinary", label: t("types.ordinary"), about: t("create.ordinary") },
          { value: "administrator", label: t("types.administrator"), about: t("create.administrator") },
        ]}
      />
      <ByteInput
        label="UserID"
        required
        mono
        autoFocus
        max={LIMITS.id}
        value={id}
        onChange={setId}
        hint={t("create.idHint")}
        error={badId ? t("create.badId") : undefined}
      />
      <ByteInput label={t("nick")} max={LIMITS.nick} value={nick} onChange={setNick} />
      <ByteInput
        label={t("picture")}
        type="url"
        max={LIMITS.face}
        value={face}
        onChange={setFace}
        placeholder="https://"
        error={badFace ? t("field.url") : undefined}
      />
    </FormDialog>
  );
}
