import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox, TextField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { type Config, useSet } from "../api";
import { checkUrl } from "../checkUrl";

/** Where events go; a host:port that begins like the old one is asked about once more. */
export function EditUrl({ app, config, onClose }: { app: number; config: Config; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const [url, setUrl] = useState(config.Url);
  const [sure, setSure] = useState(false);
  const set = useSet(app);
  const max = limitOf("im/SetCallBack", "Url").max;
  const wrong = checkUrl(url, max);
  const collides = set.error?.body.Detail === "CallbackPorts";
  return (
    <FormDialog
      title={t("url.title")}
      submit={t("action.save")}
      busy={set.isPending}
      disabled={Boolean(wrong) || url === config.Url || (collides && !sure)}
      error={set.error}
      onClose={onClose}
      onSubmit={() =>
        set.mutate(
          { Url: url, Confirmed: sure },
          {
            onSuccess: () => {
              say(t(url ? "url.saved" : "url.removed"));
              onClose();
            },
          },
        )
      }
    >
      <TextField
        label={t("url.title")}
        type="url"
        mono
        autoFocus
        placeholder="https://"
        value={url}
        onChange={setUrl}
        hint={t("url.hint")}
        error={wrong ? t(`wrong.${wrong}`, { max }) : undefined}
      />
      {collides && <Checkbox checked={sure} onChange={setSure} label={t("url.sure")} />}
    </FormDialog>
  );
}
