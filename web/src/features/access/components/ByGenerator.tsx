import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWho } from "../../../api/session";
import { Button, IconButton } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { SelectField } from "../../../ui/Field";
import { AddIcon, DeleteIcon } from "../../../ui/icons";
import { SettingCard } from "../../../ui/Page";
import { type Choice, Picker } from "../../../ui/Picker";
import { useAppChoices } from "../../apps/api";
import { useBuilt, useCreatePolicy } from "../api";
import { type ActionChoice, ActionPicker, EVERY_ACTION, useActionNames } from "./ActionPicker";
import { type Condition, Conditions } from "./Conditions";
import { PolicyNameForm, useCreated } from "./PolicyNameForm";

interface Statement {
  id: number;
  effect: "allow" | "deny";
  actions: ActionChoice;
  apps: Choice[];
  /** Whatever the apps are. */
  every: boolean;
  conditions: Condition[];
}

const blank = (id: number): Statement => ({
  id,
  effect: "allow",
  actions: EVERY_ACTION,
  apps: [],
  every: true,
  conditions: [],
});

/** Statements from choices; the server writes the document. */
export function ByGenerator() {
  const { t } = useTranslation("access");
  const uin = useWho()?.OwnerUin ?? 0;
  const [statements, setStatements] = useState([blank(0)]);
  const [next, setNext] = useState(1);
  const names = useActionNames();
  const create = useCreatePolicy();
  const created = useCreated();
  const lines = statements.map((one) => ({
    Effect: one.effect,
    Actions: names(one.actions),
    Resources: one.every ? ["*"] : one.apps.map(({ id }) => `qcs::im::uin/${uin}:sdkappid/${id}`),
    Conditions: one.conditions.map(({ operator, key, value }) => ({
      Operator: operator,
      Key: key,
      Values: value
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    })),
  }));
  const whole = lines.filter(
    (line) => line.Actions.length && line.Resources.length && line.Conditions.every(({ Values }) => Values.length),
  );
  const complete = whole.length === lines.length;
  const built = useBuilt(whole, whole.length > 0);
  const document = whole.length ? (built.data?.PolicyDocument ?? "") : "";
  const set = (id: number, change: Partial<Statement>) =>
    setStatements(statements.map((one) => (one.id === id ? { ...one, ...change } : one)));
  return (
    <div className="twocol">
      <div className="stack">
        {statements.map((one, index) => (
          <StatementForm
            key={one.id}
            index={index}
            value={one}
            onChange={(change) => set(one.id, change)}
            onRemove={
              statements.length > 1 ? () => setStatements(statements.filter(({ id }) => id !== one.id)) : undefined
            }
          />
        ))}
        <div>
          <Button
            icon={<AddIcon />}
            onClick={() => {
              setStatements([...statements, blank(next)]);
              setNext(next + 1);
            }}
          >
            {t("gen.add")}
          </Button>
        </div>
      </div>
      <SettingCard
        title={t("policy.document")}
        actions={document && <CopyButton text={document} label={t("action.copy")} />}
      >
        <div className="stack">
          {document && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            <pre className="pre" tabIndex={0}>
              {document}
            </pre>
          )}
          {!complete && <p className="quiet">{t("gen.incomplete")}</p>}
          {built.data?.Mistakes.map((mistake) => (
            <p key={`${mistake.Code}${mistake.Offset}`} className="danger">
              {mistake.Message} <code>{mistake.Code}</code>
            </p>
          ))}
          <PolicyNameForm
            busy={create.isPending}
            error={create.error ?? built.error}
            disabled={!complete || !document || built.isPlaceholderData || Boolean(built.data?.Mistakes.length)}
            onCreate={(PolicyName, Description) =>
              create.mutate(
                { PolicyName, Description, PolicyDocument: document, CreateMode: 3 },
                { onSuccess: ({ PolicyId }) => created(PolicyId) },
              )
            }
          />
        </div>
      </SettingCard>
    </div>
  );
}

interface FormProps {
  index: number;
  value: Statement;
  onChange: (change: Partial<Statement>) => void;
  onRemove?: () => void;
}

function StatementForm({ index, value, onChange, onRemove }: FormProps) {
  const { t } = useTranslation("access");
  const ofApps = value.actions.service === "im";
  return (
    <section
      className={`card statement statement--${value.effect}`}
      aria-label={t("gen.statement", { number: index + 1 })}
    >
      <div className="row row--between">
        <h2 className="card__title">{t("gen.statement", { number: index + 1 })}</h2>
        {onRemove && (
          <IconButton icon={<DeleteIcon />} label={t("gen.remove", { number: index + 1 })} onClick={onRemove} />
        )}
      </div>
      <SelectField
        label={t("gen.effect")}
        value={value.effect}
        onChange={(effect) => onChange({ effect })}
        options={[
          { value: "allow", label: t("gen.allow") },
          { value: "deny", label: t("gen.deny") },
        ]}
      />
      <ActionPicker
        value={value.actions}
        onChange={(actions) => onChange({ actions, ...(actions.service === "im" ? {} : { every: true }) })}
      />
      <SelectField
        label={t("gen.resource")}
        value={value.every ? "every" : "some"}
        disabled={!ofApps}
        onChange={(choice) => onChange({ every: choice === "every" })}
        options={[
          { value: "every", label: t("gen.everything") },
          { value: "some", label: t("gen.someApps") },
        ]}
        hint={ofApps ? t("gen.resourceHint") : t("gen.onlyApps")}
      />
      {!value.every && (
        <Picker
          label={t("gen.someApps")}
          useChoices={useAppChoices}
          value={value.apps}
          onChange={(apps) => onChange({ apps })}
        />
      )}
      <Conditions value={value.conditions} onChange={(conditions) => onChange({ conditions })} />
    </section>
  );
}
