import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { BareSelect, ByteInput, Checkbox } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import type { Ability } from "../api";
import { groupFieldMistake, LEVELS, type Level, type Right, TYPES, type TypeOfGroup } from "./groupFieldRules";
import { useGroupFieldChanges } from "./useGroupFieldChanges";

export interface GroupFieldOf {
  Name: string;
  Rights: Right[];
}

interface Props {
  app: number;
  ability: Ability;
  kind: "group" | "member";
  /** Undefined: a new one. */
  field?: GroupFieldOf;
  onClose: () => void;
}

/** Name, and for each type of group who reads and writes the field. Types once chosen stay. */
export function GroupFieldForm({ app, ability, kind, field, onClose }: Props) {
  const { t } = useTranslation("settings");
  const [name, setName] = useState(field?.Name ?? "");
  const [rights, setRights] = useState<Right[]>(field?.Rights ?? []);
  const [sure, setSure] = useState(Boolean(field));
  const { add, modify } = useGroupFieldChanges(kind);
  const change = field ? modify : add;
  const max = ability.Ranges[kind === "group" ? "GroupFields" : "GroupMemberFields"].NameMax;
  const taken = [...ability.GroupFields, ...ability.GroupMemberFields].map((one) => one.Name);
  const mistake = field ? undefined : groupFieldMistake(name, taken);
  const types = TYPES.filter((type) => kind === "group" || type !== "AVChatRoom");
  const has = (type: TypeOfGroup) => rights.find(({ Type }) => Type === type);
  const set = (type: TypeOfGroup, to: Partial<Right>) =>
    setRights(rights.map((one) => (one.Type === type ? { ...one, ...to } : one)));
  const toggle = (type: TypeOfGroup, on: boolean) =>
    setRights(
      on
        ? [...rights, { Type: type, Read: "member", Write: "admin", ...(kind === "member" ? { Own: true } : {}) }]
        : rights.filter(({ Type }) => Type !== type),
    );
  const levels = LEVELS.map((value) => ({ value, label: t(`groupFields.levels.${value}`) }));
  return (
    <FormDialog
      title={field ? t("groupFields.edit", { name: field.Name }) : t(`groupFields.${kind}.title`)}
      at="right"
      width={640}
      submit={field ? t("action.save") : t("action.add")}
      busy={change.isPending}
      disabled={!name || name.length > max || Boolean(mistake) || !rights.length || !sure}
      error={change.error}
      onClose={onClose}
      onSubmit={() =>
        change.mutate(
          { SDKAppID: app, Version: ability.Version, Field: { Name: name, Rights: rights as never } },
          {
            onSuccess: () => {
              say(field ? t("action.saved") : t("fields.added", { name }));
              onClose();
            },
          },
        )
      }
    >
      {!field && (
        <ByteInput
          label={t("fields.name")}
          required
          mono
          autoFocus
          unit="letters"
          max={max}
          value={name}
          onChange={setName}
          hint={t("groupFields.nameHint")}
          error={mistake ? t(`groupFields.mistake.${mistake}`) : undefined}
        />
      )}
      <fieldset className="field">
        <legend className="field__label">{t("groupFields.rights")}</legend>
        <div className="stack">
          {types.map((type) => {
            const right = has(type);
            const kept = Boolean(field?.Rights.some(({ Type }) => Type === type));
            return (
              <div key={type} className="stack stack--tight">
                <Checkbox
                  checked={Boolean(right)}
                  disabled={kept}
                  label={t(`groupFields.types.${type}`)}
                  onChange={(on) => toggle(type, on)}
                />
                {right && (
                  <div className="row">
                    {(["Read", "Write"] as const).map((side) => (
                      <BareSelect<Level>
                        key={side}
                        small
                        label={t("groupFields.sideOf", { side: t(`groupFields.${side}`), type })}
                        value={right[side]}
                        options={levels.map((one) => ({
                          ...one,
                          label: `${t(`groupFields.${side}`)}: ${one.label}`,
                        }))}
                        onChange={(value) => set(type, { [side]: value })}
                      />
                    ))}
                    {kind === "member" && (
                      <Checkbox
                        checked={right.Own ?? false}
                        label={t("groupFields.Own")}
                        onChange={(Own) => set(type, { Own })}
                      />
                    )}
                  </div>
                )}
              </div>
            );
          })}
        </div>
      </fieldset>
      {!field && (
        <>
          <Note tone="warning">{t("groupFields.forever")}</Note>
          <Checkbox checked={sure} onChange={setSure} label={t("groupFields.consent")} />
        </>
      )}
    </FormDialog>
  );
}
