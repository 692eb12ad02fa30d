import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mistake } from "../../../api/client";
import { ErrorCircleFilledIcon } from "../../../ui/icons";
import { useCheckSyntax } from "../api";
import "../access.css";

interface Props {
  value: string;
  onChange: (value: string) => void;
  readOnly?: boolean;
}

/** Whether the server finds the document right; undefined while typing goes on and while it is asked. */
export function useSyntax(document: string): { valid: boolean | undefined; mistakes: Mistake[] } {
  const [asked, setAsked] = useState(document);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(document), 250);
    return () => clearTimeout(timer);
  }, [document]);
  const { data, isPlaceholderData } = useCheckSyntax(asked);
  if (!document.trim()) return { valid: false, mistakes: [] };
  const known = asked === document && !isPlaceholderData;
  return { valid: known ? data?.Valid : undefined, mistakes: (data?.Mistakes as Mistake[] | undefined) ?? [] };
}

/** A policy document as text, checked by the server while one types; a click on a mistake leads to its place. */
export function PolicyEditor({ value, onChange, readOnly }: Props) {
  const { t, i18n } = useTranslation("access");
  const label = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const { mistakes } = useSyntax(value);
  const meaning = ({ Code, Message }: Mistake) => {
    const key = `policy.mistake.${Code}`;
    return i18n.exists(key, { ns: "access" }) ? `${t(key)} (${Message})` : Message;
  };
  const jump = (mistake: Mistake) => {
    const at = mistake.Offset ?? 0;
    area.current?.focus();
    area.current?.setSelectionRange(at, at + 1);
  };
  return (
    <div className="editor">
      <label id={label} className="field__label" htmlFor={`${label}-text`}>
        {t("policy.document")}
      </label>
      <div className="editor__box">
        <div ref={gutter} className="editor__lines" aria-hidden="true">
          {value.split("\n").map((_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <span key={index} data-wrong={mistakes.some(({ Line }) => Line === index + 1)}>
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          wrap="off"
          onScroll={() => {
            if (gutter.current && area.current) gutter.current.scrollTop = area.current.scrollTop;
          }}
          id={`${label}-text`}
          spellCheck={false}
          readOnly={readOnly}
          value={value}
          aria-invalid={mistakes.length > 0}
          aria-describedby={`${label}-mistakes`}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      <ul id={`${label}-mistakes`} className="mistakes" aria-live="polite">
        {mistakes.map((mistake) => (
          <li key={`${mistake.Offset}-${mistake.Code}-${mistake.Message}`}>
            <button type="button" className="linklike danger" onClick={() => jump(mistake)}>
              <ErrorCircleFilledIcon /> {t("policy.at", { line: mistake.Line, column: mistake.Column })}{" "}
              {meaning(mistake)} <code>{mistake.Code}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
