import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { ByteInput } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { type Tried, useTryText } from "../api";
import { TONES } from "../tones";

/** What would become of a text as a message. */
export function TryText({ app }: { app: number }) {
  const { t } = useTranslation("words");
  const [text, setText] = useState("");
  const trying = useTryText();
  const max = limitOf("im/SearchDirtyWords", "Text").max;
  return (
    <SettingCard title={t("try.title")} lead={t("try.lead")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          trying.mutate({ SDKAppID: app, Text: text });
        }}
      >
        <ByteInput label={t("try.text")} unit="letters" max={max} rows={3} value={text} onChange={setText} />
        {trying.error && <ErrorNote error={trying.error} />}
        <div>
          <Button type="submit" busy={trying.isPending} disabled={!text || [...text].length > max}>
            {t("try.submit")}
          </Button>
        </div>
        {trying.data && <Result tried={trying.data} asked={trying.variables.Text} />}
      </form>
    </SettingCard>
  );
}

function Result({ tried, asked }: { tried: Tried; asked: string }) {
  const { t } = useTranslation("words");
  const state = tried.Blocked ? "blocked" : tried.Text !== asked ? "replaced" : tried.Marked ? "marked" : "passes";
  return (
    <div role="status" className="stack">
      <Note tone={state === "blocked" ? "error" : state === "passes" ? "success" : "warning"}>
        <p className="note__title">{t(`try.${state}`)}</p>
        {state === "replaced" && <p className="break">{tried.Text}</p>}
      </Note>
      {tried.Words.length > 0 && (
        <ul className="tags">
          {tried.Words.map((one) => (
            <li key={`${one.Start}-${one.Word}`}>
              <Tag tone={TONES[one.Action]}>
                {one.Word} · {t(`actions.${one.Action}`)}
              </Tag>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
