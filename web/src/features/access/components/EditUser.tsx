import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, TextField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { type User, useUpdateUser } from "../api";

export function EditUser({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [value, setValue] = useState({
    Remark: user.Remark,
    Email: user.Email,
    PhoneNum: user.PhoneNum,
    CountryCode: user.CountryCode,
  });
  const [console_, setConsole] = useState(user.ConsoleLogin === 1);
  const update = useUpdateUser();
  const set = (change: Partial<typeof value>) => setValue({ ...value, ...change });
  const max = limitOf("cam/UpdateUser", "Remark").max;
  return (
    <FormDialog
      title={t("user.edit", { name: user.Name })}
      at="right"
      submit={t("action.save")}
      busy={update.isPending}
      disabled={[...value.Remark].length > max}
      error={update.error}
      onClose={onClose}
      onSubmit={() =>
        update.mutate(
          { Name: user.Name, ...value, ConsoleLogin: console_ ? 1 : 0 },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      <ByteInput
        label={t("remark")}
        unit="letters"
        max={max}
        value={value.Remark}
        onChange={(Remark) => set({ Remark })}
        autoFocus
      />
      <TextField label={t("users.email")} type="email" value={value.Email} onChange={(Email) => set({ Email })} />
      <div className="form__pair">
        <TextField
          label={t("users.country")}
          value={value.CountryCode}
          onChange={(CountryCode) => set({ CountryCode })}
        />
        <TextField label={t("users.phone")} value={value.PhoneNum} onChange={(PhoneNum) => set({ PhoneNum })} />
      </div>
      <Checkbox checked={console_} onChange={setConsole} label={t("users.consoleAccess")} />
    </FormDialog>
  );
}
