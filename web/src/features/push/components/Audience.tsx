import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../../ui/ErrorNote";
import { ByteInput, ChoiceField, SelectField, TextField } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { MAX_BYTES, MAX_TAGS, useAttributes, useAudience } from "../api";
import { conditionOf, faultOf, inBoth, type Typed } from "../audience";

interface Props {
  app: number;
  value: Typed;
  onChange: (value: Typed) => void;
  disabled: boolean;
  /** How many accounts it is for; undefined until that is known. */
  onCount: (count: number | undefined) => void;
}

/** Whom a push is for, and how many that are, counted while one types. */
export function Audience({ app, value, onChange, disabled, onCount }: Props) {
  const { t } = useTranslation("push");
  const attributes = useAttributes(app);
  const names = Object.values(attributes.data?.AttrNames ?? {});
  const set = (some: Partial<Typed>) => onChange({ ...value, ...some });
  return (
    <>
      <ChoiceField
        label={t("whom.label")}
        value={value.whom}
        disabled={disabled}
        options={(["all", "tags", "attrs"] as const).map((one) => ({
          value: one,
          label: t(`whom.${one}`),
          about: t(one === "attrs" && attributes.data && !names.length ? "whom.noAttrs" : `whom.${one}About`),
          disabled: one === "attrs" && !names.length,
        }))}
        onChange={(whom) => set({ whom })}
      />
      {value.whom === "tags" &&
        (["or", "and", "not"] as const).map((name) => {
          const fault = faultOf(value[name]);
          const both = name === "and" && inBoth(value) ? t("whom.inBoth") : undefined;
          return (
            <TextField
              key={name}
              label={t(`whom.${name}`)}
              hint={t(`whom.${name}Hint`)}
              disabled={disabled}
              value={value[name]}
              error={fault ? t(`whom.${fault}`, { tags: MAX_TAGS, bytes: MAX_BYTES }) : both}
              onChange={(text) => set({ [name]: text })}
            />
          );
        })}
      {value.whom === "attrs" && (
        <>
          <SelectField
            label={t("whom.how")}
            value={value.how}
            disabled={disabled}
            options={(["AttrsAnd", "AttrsOr"] as const).map((one) => ({ value: one, label: t(`whom.${one}`) }))}
            onChange={(how) => set({ how })}
          />
          {names.map((name) => (
            <ByteInput
              key={name}
              label={name}
              max={MAX_BYTES}
              disabled={disabled}
              value={value.attrs[name] ?? ""}
              onChange={(text) => set({ attrs: { ...value.attrs, [name]: text } })}
            />
          ))}
        </>
      )}
      <Count app={app} value={value} onCount={onCount} />
    </>
  );
}

/** Counts when the typing pauses. */
function Count({ app, value, onCount }: { app: number; value: Typed; onCount: (count: number | undefined) => void }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const condition = conditionOf(value);
  const key = JSON.stringify(condition);
  const [asked, setAsked] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(key), 300);
    return () => clearTimeout(timer);
  }, [key]);
  const known = condition !== undefined && asked === key;
  const { data, error, refetch, isPlaceholderData } = useAudience(app, condition ?? null, known);
  const count = known && data && !isPlaceholderData ? data.Accounts : undefined;
  useEffect(() => onCount(count), [count]);
  if (known && error) return <ErrorNote error={error} onRetry={() => refetch()} />;
  const only = value.whom === "tags" && !value.or.trim() && !value.and.trim() && Boolean(value.not.trim());
  return (
    <p className="reach" role="status">
      {condition === undefined
        ? t("whom.choose")
        : count === undefined
          ? t("whom.counting")
          : t(only ? "whom.atMost" : "whom.count", { count, number: format.number(count) })}
    </p>
  );
}
