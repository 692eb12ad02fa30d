import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { localMinute, useFormat, zoneOf } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { useResend } from "../api";

/** Sends again what the log holds since a time, and all that was given up. */
export function ResendSince({ app, onClose }: { app: number; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const [at, setAt] = useState(() => localMinute(Date.now() - 3_600_000));
  const resend = useResend();
  const since = Date.parse(at);
  return (
    <FormDialog
      title={t("resend.since")}
      submit={t("resend.submit")}
      busy={resend.isPending}
      disabled={Number.isNaN(since)}
      error={resend.error}
      onClose={onClose}
      onSubmit={() =>
        resend.mutate(
          { SDKAppID: app, Since: since },
          {
            onSuccess: ({ Events }) => {
              say(t("resend.done", { count: Events, number: format.number(Events) }));
              onClose();
            },
          },
        )
      }
    >
      <TextField
        label={t("resend.from")}
        type="datetime-local"
        value={at}
        onChange={setAt}
        hint={`${t("resend.zone", { zone: zoneOf(Math.floor(since / 1000) || 0) })} ${t("resend.about")}`}
      />
    </FormDialog>
  );
}
