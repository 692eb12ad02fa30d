import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import TInput from "tdesign-react/es/input/Input";
import "tdesign-react/es/input/style/css.js";
import TTextarea from "tdesign-react/es/textarea/Textarea";
import "tdesign-react/es/textarea/style/css.js";
import { byteLength } from "./format";
import { ChevronDownIcon } from "./icons";
import "./field.css";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string;
  required?: boolean;
  /** What stands at the right of the label: a counter, a link. */
  aside?: ReactNode;
}

interface Described {
  id: string;
  describedBy: string;
  invalid: boolean;
}

/** Label, hint and mistake around one control, joined for screen readers. */
export function Field(props: FieldProps & { children: (described: Described) => ReactNode }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className="field">
      <div className="field__top">
        <label htmlFor={id} className="field__label">
          {props.label}
          {props.required && <span className="quiet"> · {t("field.required")}</span>}
        </label>
        {props.aside && <span className="field__aside">{props.aside}</span>}
      </div>
      {props.children({ id, describedBy: `${id}-note`, invalid: Boolean(props.error) })}
      <div id={`${id}-note`} className="field__notes">
        {props.error ? (
          <p className="field__error" role="alert">
            {props.error}
          </p>
        ) : (
          props.hint && <p className="field__hint">{props.hint}</p>
        )}
      </div>
    </div>
  );
}

interface TextProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "password" | "search" | "url" | "number" | "date" | "datetime-local" | "email";
  placeholder?: string;
  disabled?: boolean;
  autoFocus?: boolean;
  autoComplete?: string;
  rows?: number;
  mono?: boolean;
  inputMode?: "numeric" | "text";
  suffix?: ReactNode;
}

/** TDesign's input has no place for an id or a description: they are set on the element itself. */
function useNative(described: Described, required?: boolean, extra: Record<string, string | undefined> = {}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const input = box.current?.querySelector<HTMLElement>("input, textarea");
    if (!input) return;
    input.id = described.id;
    input.setAttribute("aria-describedby", described.describedBy);
    input.setAttribute("aria-invalid", String(described.invalid));
    if (required) input.setAttribute("aria-required", "true");
    for (const [name, value] of Object.entries(extra)) if (value) input.setAttribute(name, value);
  });
  return box;
}

function Control({ described, ...props }: TextProps & { described: Described }) {
  const box = useNative(described, props.required, {
    inputmode: props.inputMode,
    autofocus: props.autoFocus ? "true" : undefined,
  });
  const shared = {
    value: props.value,
    disabled: props.disabled,
    placeholder: props.placeholder ?? "",
    autofocus: props.autoFocus,
    status: described.invalid ? ("error" as const) : undefined,
    onChange: (value: unknown) => props.onChange(String(value)),
  };
  return (
    <div ref={box} className={props.mono ? "field__control is-mono" : "field__control"}>
      {props.rows ? (
        <TTextarea {...shared} autosize={{ minRows: props.rows, maxRows: props.rows * 3 }} />
      ) : (
        <TInput
          {...shared}
          type={props.type as never}
          autocomplete={props.autoComplete ?? "off"}
          suffix={props.suffix}
        />
      )}
    </div>
  );
}

export function TextField(props: TextProps) {
  return <Field {...props}>{(described) => <Control {...props} described={described} />}</Field>;
}

/** A text whose limit is in bytes or in letters: the counter stands beside the label and the mistake below. */
export function ByteInput({ max, unit = "bytes", ...props }: TextProps & { max: number; unit?: "bytes" | "letters" }) {
  const { t } = useTranslation();
  const used = unit === "bytes" ? byteLength(props.value) : [...props.value].length;
  const over = used > max;
  return (
    <TextField
      {...props}
      error={over ? t(`field.over.${unit}`, { count: used - max }) : props.error}
      aside={
        <span className={over ? "field__error" : undefined}>
          {used} / {t(`field.count.${unit}`, { count: max })}
        </span>
      }
    />
  );
}

export interface Option<V extends string | number> {
  value: V;
  label: string;
  about?: ReactNode;
  disabled?: boolean;
}

interface SelectProps<V extends string | number> extends FieldProps {
  value: V;
  options: Option<V>[];
  onChange: (value: V) => void;
  disabled?: boolean;
}

export function SelectField<V extends string | number>(props: SelectProps<V>) {
  return (
    <Field {...props}>{({ id, describedBy }) => <BareSelect {...props} id={id} describedBy={describedBy} />}</Field>
  );
}

/** The browser's own list, in TDesign's clothes: complete for keyboards and phones. */
export function BareSelect<V extends string | number>(
  props: Omit<SelectProps<V>, "label"> & { id?: string; describedBy?: string; label?: string; small?: boolean },
) {
  return (
    <span className={`select ${props.small ? "select--small" : ""}`}>
      <select
        id={props.id}
        aria-describedby={props.describedBy}
        aria-label={props.id ? undefined : props.label}
        disabled={props.disabled}
        value={String(props.value)}
        onChange={(event) => {
          const found = props.options.find((option) => String(option.value) === event.target.value);
          if (found) props.onChange(found.value);
        }}
      >
        {props.options.map((option) => (
          <option key={option.value} value={String(option.value)} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDownIcon />
    </span>
  );
}

/** A choice of few, each with a sentence of its own. */
export function ChoiceField<V extends string>(props: SelectProps<V>) {
  const name = useId();
  return (
    <fieldset className="field choice">
      <legend className="field__label">{props.label}</legend>
      {props.options.map((option) => (
        <label key={option.value} className="choice__option" data-checked={option.value === props.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === props.value}
            disabled={props.disabled || option.disabled}
            onChange={() => props.onChange(option.value)}
          />
          <span>
            <span className="choice__label">{option.label}</span>
            {option.about && <span className="choice__about">{option.about}</span>}
          </span>
        </label>
      ))}
      {props.hint && <p className="field__hint">{props.hint}</p>}
    </fieldset>
  );
}

interface CheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
  hideLabel?: boolean;
  disabled?: boolean;
  some?: boolean;
}

export function Checkbox({ checked, onChange, label, hideLabel, disabled, some }: CheckProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = Boolean(some) && !checked;
  }, [some, checked]);
  return (
    <label className="check">
      <input
        ref={ref}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className={hideLabel ? "visually-hidden" : undefined}>{label}</span>
    </label>
  );
}
