import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { useAllowed } from "../../../api/session";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, TextField } from "../../../ui/Field";
import { type Choice, Picker } from "../../../ui/Picker";
import { sayError } from "../../../ui/Toasts";
import { type Credentials, useAddUser, useAttachUser } from "../api";
import { usePolicyChoices } from "./choices";

/** A new sub-user, with console access, an access key, or both. */
export function AddUser({ onClose, onMade }: { onClose: () => void; onMade: (made: Credentials) => void }) {
  const { t } = useTranslation("access");
  const [value, setValue] = useState({ Name: "", Remark: "", Email: "", Password: "" });
  const [console_, setConsole] = useState(true);
  const [api, setApi] = useState(false);
  const [reset, setReset] = useState(true);
  const [policies, setPolicies] = useState<Choice[]>([]);
  const add = useAddUser();
  const attach = useAttachUser();
  const mayAttach = useAllowed("cam:AttachUserPolicy");
  const limit = (field: string) => limitOf("cam/AddUser", field).max;
  const set = (change: Partial<typeof value>) => setValue({ ...value, ...change });
  const badName = /[^A-Za-z0-9+=,.@_-]/.test(value.Name.trim()) || value.Name.trim().toLowerCase() === "root";
  const wrong =
    !value.Name.trim() ||
    badName ||
    [...value.Name].length > limit("Name") ||
    [...value.Remark].length > limit("Remark") ||
    (!console_ && !api);
  return (
    <FormDialog
      title={t("users.add")}
      at="right"
      submit={t("action.create")}
      busy={add.isPending}
      disabled={wrong}
      error={add.error}
      onClose={onClose}
      onSubmit={() =>
        add.mutate(
          {
            ...value,
            Name: value.Name.trim(),
            Password: console_ ? value.Password : "",
            ConsoleLogin: console_ ? 1 : 0,
            UseApi: api ? 1 : 0,
            NeedResetPassword: console_ && reset ? 1 : 0,
          },
          {
            onSuccess: (made) => {
              for (const { id } of policies) {
                attach.mutate({ PolicyId: id, AttachUin: made.Uin }, { onError: sayError });
              }
              onMade({ ...made, Password: made.Password || (console_ ? value.Password : "") });
              onClose();
            },
          },
        )
      }
    >
      <ByteInput
        label={t("users.name")}
        required
        unit="letters"
        max={limit("Name")}
        autoFocus
        error={badName ? t("users.badName") : undefined}
        value={value.Name}
        onChange={(Name) => set({ Name })}
      />
      <ByteInput
        label={t("remark")}
        unit="letters"
        max={limit("Remark")}
        value={value.Remark}
        onChange={(Remark) => set({ Remark })}
      />
      <TextField label={t("users.email")} type="email" value={value.Email} onChange={(Email) => set({ Email })} />
      <fieldset className="field stack stack--tight">
        <legend className="field__label">{t("users.access")}</legend>
        <Checkbox checked={console_} onChange={setConsole} label={t("users.consoleAccess")} />
        <Checkbox checked={api} onChange={setApi} label={t("users.apiAccess")} />
        {!console_ && !api && <p className="field__error">{t("users.noAccess")}</p>}
      </fieldset>
      {console_ && (
        <>
          <TextField
            label={t("password")}
            type="password"
            autoComplete="new-password"
            value={value.Password}
            onChange={(Password) => set({ Password })}
            hint={t("users.generated")}
          />
          <Checkbox checked={reset} onChange={setReset} label={t("users.mustReset")} />
        </>
      )}
      {mayAttach && (
        <div>
          <p className="field__label">{t("users.authorise")}</p>
          <p className="field__hint">{t("users.authoriseAbout")}</p>
          <Picker label={t("nav.policies")} useChoices={usePolicyChoices} value={policies} onChange={setPolicies} />
        </div>
      )}
    </FormDialog>
  );
}
