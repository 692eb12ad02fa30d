import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox, TextField } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { type Choice, Picker } from "../../../ui/Picker";
import { type Credentials, useAddUsers } from "../api";
import { usePolicyChoices } from "./choices";

const ADMINISTRATOR = "AdministratorAccess";

/** Up to ten sub-users at once, each with a generated password and the same policy. */
export function QuickCreate({ onClose, onMade }: { onClose: () => void; onMade: (made: Credentials[]) => void }) {
  const { t } = useTranslation("access");
  const [text, setText] = useState("");
  // Nothing is chosen beforehand: a right as wide as root's must be somebody's decision.
  const [policy, setPolicy] = useState<Choice>();
  const [api, setApi] = useState(false);
  const [reset, setReset] = useState(true);
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
            PolicyId: [policy.id],
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
      <div>
        <p className="field__label">{t("quick.policy")}</p>
        <Picker
          one
          label={t("quick.policy")}
          useChoices={usePolicyChoices}
          value={policy ? [policy] : []}
          onChange={([one]) => setPolicy(one)}
        />
      </div>
      {policy?.name === ADMINISTRATOR && <Note tone="warning">{t("quick.mighty")}</Note>}
      <Checkbox checked={api} onChange={setApi} label={t("users.apiAccess")} />
      <Checkbox checked={reset} onChange={setReset} label={t("users.mustReset")} />
    </FormDialog>
  );
}
