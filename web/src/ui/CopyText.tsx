import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { CheckIcon, CopyIcon } from "./icons";

async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // The clipboard interface is missing where the console is served over plain HTTP.
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]:last-of-type") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** A button that copies; says so by its picture and to screen readers. */
export function CopyButton({ text, label, onCopy }: { text: string; label?: string; onCopy?: () => void }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  const act = () =>
    copy(text).then(() => {
      setDone(true);
      onCopy?.();
      setTimeout(() => setDone(false), 1500);
    });
  return (
    <>
      <IconButton
        small
        icon={done ? <CheckIcon /> : <CopyIcon />}
        label={done ? t("action.copied") : (label ?? t("action.copyText", { text: shorten(text) }))}
        onClick={act}
      />
      <span className="visually-hidden" role="status">
        {done ? t("action.copied") : ""}
      </span>
    </>
  );
}

const shorten = (text: string) => (text.length > 24 ? `${text.slice(0, 24)}…` : text);

/** An identifier, key or signature: monospaced, with a copy button. `oneLine` shows the beginning of a long one. */
export function CopyText({ text, show, oneLine }: { text: string; show?: string; oneLine?: boolean }) {
  if (!text) return <span className="quiet">–</span>;
  return (
    <span className={oneLine ? "oneline" : "copytext"} title={oneLine ? text : undefined}>
      <span className={oneLine ? "mono" : "mono break"}>{show ?? text}</span>
      <CopyButton text={text} />
    </span>
  );
}
