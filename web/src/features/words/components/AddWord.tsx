import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, ChoiceField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { useAddWords, type Word } from "../api";
import { ACTIONS } from "../wordsFile";

export const limits = () => ({
  word: limitOf("im/AddDirtyWords", "Words.Word").max,
  replacement: limitOf("im/AddDirtyWords", "Words.Replacement").max,
});

/** A word of the list, new or changed. */
export function AddWord({ app, word, onClose }: { app: number; word?: Word; onClose: () => void }) {
  const { t } = useTranslation("words");
  const [text, setText] = useState(word?.Word ?? "");
  const [action, setAction] = useState<Word["Action"]>(word?.Action ?? "Block");
  const [inside, setInside] = useState(word?.Inside ?? false);
  const [replacement, setReplacement] = useState(word?.Replacement ?? "");
  const add = useAddWords();
  const max = limits();
  const Word = text.trim();
  return (
    <FormDialog
      title={word ? t("change") : t("add")}
      submit={word ? t("action.save") : t("action.add")}
      busy={add.isPending}
      disabled={!Word || [...Word].length > max.word || [...replacement].length > max.replacement}
      error={add.error}
      onClose={onClose}
      onSubmit={() =>
        add.mutate(
          {
            SDKAppID: app,
            Words: [{ Word, Action: action, Inside: inside, Replacement: action === "Replace" ? replacement : "" }],
          },
          {
            onSuccess: () => {
              say(word ? t("action.saved") : t("added", { word: Word }));
              onClose();
            },
          },
        )
      }
    >
      {word ? (
        <p className="mono break">{word.Word}</p>
      ) : (
        <ByteInput label={t("word")} required unit="letters" max={max.word} value={text} onChange={setText} autoFocus />
      )}
      <ChoiceField
        label={t("what")}
        value={action}
        onChange={setAction}
        options={ACTIONS.map((value) => ({ value, label: t(`actions.${value}`), about: t(`about.${value}`) }))}
      />
      {action === "Replace" && (
        <ByteInput
          label={t("replacement")}
          unit="letters"
          max={max.replacement}
          value={replacement}
          onChange={setReplacement}
          hint={t("stars")}
        />
      )}
      <Checkbox checked={inside} onChange={setInside} label={t("inside")} />
    </FormDialog>
  );
}
