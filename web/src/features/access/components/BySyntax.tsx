import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { SelectField } from "../../../ui/Field";
import { SettingCard } from "../../../ui/Page";
import { useCreatePolicy } from "../api";
import { CopyPolicy } from "./CopyPolicy";
import { pretty } from "./EditDocument";
import { PolicyEditor, useSyntax } from "./PolicyEditor";
import { PolicyNameForm, useCreated } from "./PolicyNameForm";

const statement = (rest: object) => JSON.stringify({ version: "2.0", statement: [rest] }, null, 2);
const TEMPLATES = {
  readOnly: statement({ effect: "allow", action: ["name/im:Describe*", "name/im:Check*"], resource: "*" }),
  full: statement({ effect: "allow", action: "name/im:*", resource: "*" }),
  oneApp: statement({ effect: "allow", action: "name/im:*", resource: "qcs::im::uin/:sdkappid/1400000001" }),
  blank: statement({ effect: "allow", action: [], resource: "*" }),
};
type Template = keyof typeof TEMPLATES;

/** A policy written as text, begun from a template. */
export function BySyntax() {
  const { t } = useTranslation("access");
  const [template, setTemplate] = useState<Template>("readOnly");
  const [document, setDocument] = useState(TEMPLATES.readOnly);
  const [copying, setCopying] = useState(false);
  const [source, setSource] = useState({ name: "", document: "" });
  const { valid } = useSyntax(document);
  const create = useCreatePolicy();
  const created = useCreated();
  return (
    <div className="twocol">
      <SettingCard>
        <div className="form">
          <SelectField
            label={t("new.template")}
            value={document === TEMPLATES[template] ? template : "own"}
            onChange={(next) => {
              if (next === "own") return;
              setTemplate(next);
              setDocument(TEMPLATES[next]);
            }}
            options={[
              ...(document === TEMPLATES[template] ? [] : [{ value: "own" as const, label: t("new.templates.own") }]),
              ...(Object.keys(TEMPLATES) as Template[]).map((key) => ({
                value: key,
                label: t(`new.templates.${key}`),
              })),
            ]}
          />
          <div className="row">
            <Button onClick={() => setCopying(true)}>{t("new.copy")}</Button>
            {source.name && document === source.document && (
              <span className="quiet">{t("new.copied", { name: source.name })}</span>
            )}
          </div>
          <PolicyEditor value={document} onChange={setDocument} />
        </div>
      </SettingCard>
      <SettingCard title={t("new.name")}>
        <PolicyNameForm
          busy={create.isPending}
          error={create.error}
          disabled={!valid}
          onCreate={(PolicyName, Description) =>
            create.mutate(
              { PolicyName, Description, PolicyDocument: document, CreateMode: 2 },
              { onSuccess: ({ PolicyId }) => created(PolicyId) },
            )
          }
        />
      </SettingCard>
      {copying && (
        <CopyPolicy
          onCopy={(name, text) => {
            setSource({ name, document: pretty(text) });
            setDocument(pretty(text));
            setCopying(false);
          }}
          onClose={() => setCopying(false)}
        />
      )}
    </div>
  );
}
