import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { mayOpen, useWho } from "../../../api/session";
import { Button } from "../../../ui/Button";
import { Dialog, FormDialog } from "../../../ui/Dialog";
import { ByteInput, ChoiceField } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { useCreateApp } from "../api";

const LIMITS = {
  name: limitOf("im/RegisterIMApp", "Name").max,
  introduction: limitOf("im/RegisterIMApp", "Introduction").max,
};

export function CreateApp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("apps");
  const [name, setName] = useState("");
  const [introduction, setIntroduction] = useState("");
  const [algorithm, setAlgorithm] = useState<"HMAC-SHA256" | "ECDSA-SHA256">("HMAC-SHA256");
  const create = useCreateApp();
  const navigate = useNavigate();
  const who = useWho();
  const [unseen, setUnseen] = useState(0);
  const wrong = !name.trim() || [...name].length > LIMITS.name || [...introduction].length > LIMITS.introduction;
  if (unseen) {
    return (
      <Dialog
        title={t("create.title")}
        onClose={onClose}
        footer={<Button onClick={onClose}>{t("action.close")}</Button>}
      >
        <Note tone="warning">{t("create.unseen", { id: unseen })}</Note>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={t("create.title")}
      submit={t("action.create")}
      busy={create.isPending}
      disabled={wrong}
      error={create.error}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          { Name: name.trim(), Introduction: introduction, KeyAlgorithm: algorithm },
          {
            onSuccess: async (app) => {
              say(t("create.done", { name: app.Name }));
              const seen = who?.Type === "root" || (await mayOpen(app.SDKAppID));
              if (!seen) return setUnseen(app.SDKAppID);
              onClose();
              void navigate({ to: "/apps/$app/overview", params: { app: String(app.SDKAppID) } });
            },
          },
        )
      }
    >
      <ByteInput
        label={t("name")}
        required
        unit="letters"
        max={LIMITS.name}
        value={name}
        onChange={setName}
        autoFocus
        hint={t("create.nameHint")}
      />
      <ByteInput
        label={t("introduction")}
        unit="letters"
        max={LIMITS.introduction}
        value={introduction}
        onChange={setIntroduction}
        rows={2}
      />
      <ChoiceField
        label={t("create.algorithm")}
        value={algorithm}
        onChange={setAlgorithm}
        options={[
          { value: "HMAC-SHA256", label: "HMAC-SHA256", about: t("create.hmac") },
          { value: "ECDSA-SHA256", label: "ECDSA-SHA256", about: t("create.ecdsa") },
        ]}
      />
    </FormDialog>
  );
}
