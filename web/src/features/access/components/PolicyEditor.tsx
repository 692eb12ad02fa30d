import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mistake } from "../../../api/client";
import { ErrorCircleFilledIcon } from "../../../ui/icons";
import { useTyped } from "../../../ui/tableState";
import { useCheckSyntax } from "../api";
import "../access.css";

interface Props {
  value: string;
  onChange: (value: string) => void;
  readOnly?: boolean;
}

/** Whether the server finds the document right; undefined while it is asked. */
export function useSyntax(document: string): { valid: boolean | undefined; mistakes: Mistake[] } {
  const { data, isPlaceholderData } = useCheckSyntax(document);
  if (!document.trim()) return { valid: false, mistakes: [] };
  return { valid: isPlaceholderData ? undefined : data?.Valid, mistakes: (data?.Mistakes as Mistake[] | undefined) ?? [] };
}

/** A policy document as text, checked by the server while one types; a click on a mistake leads to its place. */
export function PolicyEditor({ value, onChange, readOnly }: Props) {
  const { t } = useTranslation("access");
  const label = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [checked, setChecked] = useState(value);
  const [typed, setTyped] = useTyped(value, (text) => {
    setChecked(text);
    onChange(text);
  });
  const { mistakes } = useSyntax(checked);
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
      <textarea
        ref={area}
        id={`${label}-text`}
        spellCheck={false}
        readOnly={readOnly}
        value={typed}
        aria-invalid={mistakes.length > 0}
        aria-describedby={`${label}-mistakes`}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul id={`${label}-mistakes`} className="mistakes" aria-live="polite">
        {mistakes.map((mistake) => (
          <li key={`${mistake.Offset}-${mistake.Code}-${mistake.Message}`}>
            <button type="button" className="linklike danger" onClick={() => jump(mistake)}>
              <ErrorCircleFilledIcon /> {t("policy.at", { line: mistake.Line, column: mistake.Column })} {mistake.Message}{" "}
              <code>{mistake.Code}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
