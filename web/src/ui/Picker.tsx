import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "./ErrorNote";
import { Checkbox } from "./Field";
import { SearchIcon } from "./icons";
import { Skeleton } from "./Skeleton";
import "./picker.css";
import { useTyped } from "./tableState";

export interface Choice {
  id: number;
  name: string;
  about?: string;
}

export interface Choices {
  /** The first page of what was found; undefined until it is there. */
  list: Choice[] | undefined;
  /** How many were found in all. */
  total: number;
  error?: unknown;
  retry: () => unknown;
}

/** Finds what can be chosen, by the server's search where there is one. */
export type UseChoices = (keyword: string) => Choices;

interface Props {
  /** What is chosen, for screen readers. */
  label: string;
  useChoices: UseChoices;
  value: Choice[];
  onChange: (value: Choice[]) => void;
  /** At most one can be chosen. */
  one?: boolean;
  /** What is no choice, because it is there already. */
  without?: readonly number[];
}

/** Some of many, or one of them: typing searches all, the first page of what is found is shown. */
export function Picker({ label, useChoices, value, onChange, one, without = [] }: Props) {
  const { t } = useTranslation();
  const group = useId();
  const [keyword, setKeyword] = useState("");
  const [typed, setTyped] = useTyped(keyword, setKeyword);
  const { list, total, error, retry } = useChoices(keyword);
  const shown = list?.filter(({ id }) => !without.includes(id));
  const more = total - (list?.length ?? 0);
  const toggle = (choice: Choice, on: boolean) =>
    onChange(one ? [choice] : on ? [...value, choice] : value.filter(({ id }) => id !== choice.id));
  return (
    <fieldset className="picker" aria-label={label}>
      <label className="table__search picker__search">
        <SearchIcon />
        <span className="visually-hidden">{t("picker.search")}</span>
        <input
          type="search"
          placeholder={t("picker.search")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          // Enter in the search would send the form around it.
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        />
      </label>
      {error ? (
        <ErrorNote error={error} onRetry={retry} />
      ) : !shown ? (
        <Skeleton rows={3} />
      ) : (
        <ul className="pick">
          {shown.map((choice) => (
            <li key={choice.id}>
              <Option
                choice={choice}
                group={one ? group : ""}
                checked={value.some(({ id }) => id === choice.id)}
                onChange={(on) => toggle(choice, on)}
              />
            </li>
          ))}
          {!shown.length && !more && <li className="quiet">{t("table.nothingFound")}</li>}
          {more > 0 && <li className="quiet">{t("picker.more", { count: more })}</li>}
        </ul>
      )}
      <p className="quiet break" aria-live="polite">
        {value.length ? t("picker.chosen", { names: value.map(({ name }) => name).join(", ") }) : t("picker.none")}
      </p>
    </fieldset>
  );
}

interface OptionProps {
  choice: Choice;
  /** Name of the radio buttons; empty: boxes to tick. */
  group: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}

function Option({ choice, group, checked, onChange }: OptionProps) {
  const label = (
    <>
      <strong className="break">{choice.name}</strong>
      {choice.about && <span className="pick__about break">{choice.about}</span>}
    </>
  );
  if (!group) return <Checkbox checked={checked} onChange={onChange} label={label} />;
  return (
    <label className="check">
      <input type="radio" name={group} checked={checked} onChange={() => onChange(true)} />
      <span>{label}</span>
    </label>
  );
}
