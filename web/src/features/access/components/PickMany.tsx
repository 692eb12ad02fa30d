import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox } from "../../../ui/Field";
import { SearchIcon } from "../../../ui/icons";
import "../access.css";

export interface Choice {
  id: number;
  name: string;
  about?: string;
}

interface Props {
  title: string;
  submit: string;
  choices: Choice[];
  busy: boolean;
  error?: unknown;
  /** What came of the last try. */
  report?: ReactNode;
  onClose: () => void;
  onPick: (chosen: Choice[]) => void;
}

/** Some of many, found by typing. */
export function PickMany({ choices, report, onPick, ...rest }: Props) {
  const { t } = useTranslation("access");
  const [keyword, setKeyword] = useState("");
  const [chosen, setChosen] = useState<number[]>([]);
  const word = keyword.toLowerCase();
  // What was given meanwhile is no choice any more.
  const picked = choices.filter(({ id }) => chosen.includes(id));
  const shown = choices.filter(({ name, about }) => `${name} ${about ?? ""}`.toLowerCase().includes(word));
  return (
    <FormDialog {...rest} width={560} disabled={!picked.length} onSubmit={() => onPick(picked)}>
      <label className="table__search pick__search">
        <SearchIcon />
        <span className="visually-hidden">{t("pick.search")}</span>
        <input
          type="search"
          placeholder={t("pick.search")}
          value={keyword}
          onChange={(event) => setKeyword(event.target.value)}
        />
      </label>
      <ul className="pick">
        {shown.map(({ id, name, about }) => (
          <li key={id}>
            <Checkbox
              checked={chosen.includes(id)}
              onChange={(on) => setChosen(on ? [...chosen, id] : chosen.filter((one) => one !== id))}
              label={
                <>
                  <strong className="break">{name}</strong>
                  {about && <span className="pick__about">{about}</span>}
                </>
              }
            />
          </li>
        ))}
        {!shown.length && <li className="quiet">{t("table.nothingFound")}</li>}
      </ul>
      <p className="quiet">{t("table.selected", { count: picked.length })}</p>
      {report}
    </FormDialog>
  );
}
