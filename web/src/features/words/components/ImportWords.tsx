import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { useAddWords } from "../api";
import { batches, MAX_FILE, wordsOf } from "../wordsFile";
import { limits } from "./AddWord";

/** Adds the words of a file, some thousand at a time. */
export function ImportWords({ app, onClose }: { app: number; onClose: () => void }) {
  const { t } = useTranslation("words");
  const format = useFormat();
  const [file, setFile] = useState<File>();
  const [fault, setFault] = useState("");
  const [done, setDone] = useState<number>();
  const add = useAddWords();
  const send = async () => {
    if (!file) return;
    if (file.size > MAX_FILE) return setFault(t("import.tooLarge", { size: format.bytes(MAX_FILE) }));
    let text = "";
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      return setFault(t("import.notUtf8"));
    }
    const max = limits();
    const read = wordsOf(text, max.word, max.replacement);
    if ("line" in read) return setFault(t("import.line", { line: read.line, max: max.word }));
    if (!read.words.length) return setFault(t("import.empty"));
    try {
      setDone(0);
      let count = 0;
      for (const Words of batches(read.words)) {
        await add.mutateAsync({ SDKAppID: app, Words });
        count += Words.length;
        setDone(count);
      }
      say(t("import.done", { count, number: format.number(count) }));
      onClose();
    } catch {
      // shown by the form
    }
  };
  return (
    <FormDialog
      title={t("import.title")}
      submit={t("action.import")}
      busy={add.isPending}
      disabled={!file || Boolean(fault)}
      error={add.error}
      onClose={onClose}
      onSubmit={() => void send()}
    >
      <p>{t("import.about")}</p>
      <pre className="pre">{"casino\nbad word\tReplace\t\t***\n赌场\tMark"}</pre>
      <Field label={t("import.file")} required>
        {({ id, describedBy }) => (
          <input
            id={id}
            aria-describedby={describedBy}
            type="file"
            accept=".txt,.tsv,text/plain"
            onChange={(event) => {
              setFile(event.target.files?.[0]);
              setFault("");
              setDone(undefined);
              add.reset();
            }}
          />
        )}
      </Field>
      {fault && (
        <div role="alert">
          <Note tone="error">{fault}</Note>
        </div>
      )}
      {done ? <p role="status">{t("import.sent", { number: format.number(done) })}</p> : null}
    </FormDialog>
  );
}
