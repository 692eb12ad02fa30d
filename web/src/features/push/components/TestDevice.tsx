import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { type Device, type Tested, useTest } from "../api";

const MAX = { title: limitOf("im/TestPush", "Title").max, text: limitOf("im/TestPush", "Text").max };

/** Sends a push to one device at once; what the vendor says of it, with cause and cure. */
export function TestDevice({ app, device, onClose }: { app: number; device: Device; onClose: () => void }) {
  const { t } = useTranslation("push");
  const [title, setTitle] = useState(t("test.sampleTitle"));
  const [text, setText] = useState(t("test.sampleText"));
  const test = useTest();
  return (
    <FormDialog
      title={t("test.title", { vendor: t(`vendor.${device.Vendor}`) })}
      submit={t("test.send")}
      busy={test.isPending}
      disabled={!text.trim() || [...title].length > MAX.title || [...text].length > MAX.text}
      error={test.error}
      onClose={onClose}
      onSubmit={() => test.mutate({ SDKAppID: app, RegistrationId: device.RegistrationId, Title: title, Text: text })}
    >
      <p className="quiet">{t("test.about", { id: device.CertificateId })}</p>
      <ByteInput label={t("compose.title")} unit="letters" max={MAX.title} value={title} onChange={setTitle} />
      <ByteInput
        label={t("compose.desc")}
        required
        unit="letters"
        rows={2}
        max={MAX.text}
        value={text}
        onChange={setText}
      />
      {test.data && <Verdict tested={test.data} />}
    </FormDialog>
  );
}

/** What came of a test: taken, or why not and what to do. */
export function Verdict({ tested }: { tested: Tested }) {
  const { t } = useTranslation("push");
  if (tested.Taken) {
    return (
      <div role="status">
        <Note tone="success">
          <p className="note__title">{t("test.taken")}</p>
          <p>{t("test.takenAbout")}</p>
        </Note>
      </div>
    );
  }
  return (
    <div role="alert">
      <Note tone="error">
        <p className="note__title">{t(`cause.${tested.Cause}.title`)}</p>
        <p>{t(`cause.${tested.Cause}.cure`)}</p>
        {(tested.Code || tested.Reason) && (
          <p className="note__said">
            <span>{t("failures.code")}</span>{" "}
            <code className="break">{[tested.Code, tested.Reason].filter(Boolean).join(": ")}</code>
          </p>
        )}
      </Note>
    </div>
  );
}
