import { useState } from "react";
import { useTranslation } from "react-i18next";
import { BareSelect, Checkbox, Field } from "../../../ui/Field";
import { SearchIcon } from "../../../ui/icons";
import { useActions } from "../api";
import "../access.css";

export interface ActionChoice {
  service: string;
  mode: "all" | "read" | "write" | "some";
  some: string[];
}

export const EVERY_ACTION: ActionChoice = { service: "im", mode: "all", some: [] };

/** The actions that a choice means, as policies write them. */
export function useActionNames() {
  const actions = useActions().data?.Actions ?? [];
  return ({ service, mode, some }: ActionChoice): string[] => {
    if (mode === "all") return [service === "*" ? "*" : `name/${service}:*`];
    if (mode === "some") return some.map((name) => `name/${name}`);
    return actions
      .filter((one) => (service === "*" || one.Service === service) && (one.Kind === "write") === (mode === "write"))
      .map((one) => `name/${one.Service}:${one.Action}`);
  };
}

export function ActionPicker({ value, onChange }: { value: ActionChoice; onChange: (value: ActionChoice) => void }) {
  const { t } = useTranslation("access");
  const { data } = useActions();
  const [keyword, setKeyword] = useState("");
  const word = keyword.toLowerCase();
  const listed = (data?.Actions ?? []).filter(
    (one) =>
      (value.service === "*" || one.Service === value.service) &&
      `${one.Action} ${one.Description}`.toLowerCase().includes(word),
  );
  return (
    <div className="stack">
      <div className="form__pair">
        <Field label={t("gen.service")}>
          {({ id }) => (
            <BareSelect
              id={id}
              value={value.service}
              onChange={(service) => onChange({ service, mode: value.mode, some: [] })}
              options={[
                ...(data?.Services ?? []).map(({ Service }) => ({
                  value: Service,
                  label: t(`gen.services.${Service}`),
                })),
                { value: "*", label: t("gen.allServices") },
              ]}
            />
          )}
        </Field>
        <Field label={t("gen.actions")}>
          {({ id }) => (
            <BareSelect
              id={id}
              value={value.mode}
              onChange={(mode) => onChange({ ...value, mode })}
              options={(["all", "read", "write", "some"] as const).map((mode) => ({
                value: mode,
                label: t(`gen.modes.${mode}`),
              }))}
            />
          )}
        </Field>
      </div>
      {value.mode === "some" && (
        <div className="stack stack--tight">
          <label className="table__search pick__search">
            <SearchIcon />
            <span className="visually-hidden">{t("gen.searchActions")}</span>
            <input
              type="search"
              placeholder={t("gen.searchActions")}
              value={keyword}
              onChange={(event) => setKeyword(event.target.value)}
            />
          </label>
          <div className="actions">
            {listed.map((one) => {
              const name = `${one.Service}:${one.Action}`;
              return (
                <span key={name} title={one.Description}>
                  <Checkbox
                    checked={value.some.includes(name)}
                    label={<span className="break">{one.Action}</span>}
                    onChange={(on) =>
                      onChange({ ...value, some: on ? [...value.some, name] : value.some.filter((x) => x !== name) })
                    }
                  />
                </span>
              );
            })}
          </div>
          <span className="quiet">{t("table.selected", { count: value.some.length })}</span>
        </div>
      )}
    </div>
  );
}
