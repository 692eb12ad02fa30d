import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox, SelectField, TextField } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { ALL, type Credentials, useAddUsers, usePolicies } from "../api";

const ADMINISTRATOR = "AdministratorAccess";

/** Up to ten sub-users at once, each with a generated password and the same policy. */
export function QuickCreate({ onClose, onMade }: { onClose: () => void; onMade: (made: Credentials[]) => void }) {
  const { t } = useTranslation("access");
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<number>();
  const [api, setApi] = useState(false);
  const [reset, setReset] = useState(true);
  const policies = usePolicies(1, ALL).data?.List ?? [];
  const policy = policies.find(({ PolicyId, PolicyName }) =>
    chosen === undefined ? PolicyName === ADMINISTRATOR : PolicyId === chosen,
  );
  const add = useAddUsers();
  const most = limitOf("cam/AddUsers", "Users").max;
  const letters = limitOf("cam/AddUsers", "Users.Name").max;
  const names = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const long = names.find((name) => [...name].length > letters);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  const wrong =
    names.length > most
      ? t("quick.tooMany", { max: most })
      : long
        ? t("field.over.letters", { count: [...long].length - letters })
        : twice && t("quick.twice", { name: twice });
  return (
    <FormDialog
      title={t("quick.title")}
      at="right"
      submit={t("action.create")}
      busy={add.isPending}
      disabled={!names.length || Boolean(wrong) || !policy}
      error={add.error}
      onClose={onClose}
      onSubmit={() =>
        policy &&
        add.mutate(
          {
            Users: names.map((Name) => ({ Name })),
            ConsoleLogin: 1,
            UseApi: api ? 1 : 0,
            NeedResetPassword: reset ? 1 : 0,
            PolicyId: [policy.PolicyId],
          },
          {
            onSuccess: ({ Users }) => {
              onMade(Users);
              onClose();
            },
          },
        )
      }
    >
      <p>{t("quick.about")}</p>
      <TextField
        label={t("quick.names")}
        required
        rows={6}
        mono
        autoFocus
        value={text}
        onChange={setText}
        aside={`${names.length} / ${most}`}
        hint={t("quick.namesHint")}
        error={wrong || undefined}
      />
      <SelectField
        label={t("quick.policy")}
        value={policy?.PolicyId ?? 0}
        onChange={setChosen}
        options={policies.map(({ PolicyId, PolicyName }) => ({ value: PolicyId, label: PolicyName }))}
      />
      {policy?.PolicyName === ADMINISTRATOR && <Note tone="warning">{t("quick.mighty")}</Note>}
      <Checkbox checked={api} onChange={setApi} label={t("users.apiAccess")} />
      <Checkbox checked={reset} onChange={setReset} label={t("users.mustReset")} />
    </FormDialog>
  );
}
