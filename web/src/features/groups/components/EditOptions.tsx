import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../../ui/Dialog";
import { SelectField, TextField } from "../../../ui/Field";
import { say } from "../../../ui/Toasts";
import { type Group, type Place, useModify } from "../api";

const VALUES = {
  ApplyJoinOption: ["FreeAccess", "NeedPermission", "DisableApply"],
  InviteJoinOption: ["FreeAccess", "NeedPermission", "DisableInvite"],
  HistoryMsgBeforeJoin: ["On", "Off"],
} as const;
type Option = keyof typeof VALUES;
const OPTIONS = Object.keys(VALUES) as Option[];

/** How one joins a group and what is read there; what its type decides stands grey. */
export function EditOptions({ place, group, onClose }: { place: Place; group: Group; onClose: () => void }) {
  const { t } = useTranslation("groups");
  const [values, setValues] = useState<Record<Option, string>>({
    ApplyJoinOption: group.ApplyJoinOption,
    InviteJoinOption: group.InviteJoinOption,
    HistoryMsgBeforeJoin: group.HistoryMsgBeforeJoin,
  });
  const [most, setMost] = useState(String(group.MaxMemberNum));
  const modify = useModify();
  const changed = OPTIONS.filter((name) => values[name] !== group[name]);
  const mostChanged = Number(most) !== group.MaxMemberNum;
  const badMost = group.MaxMemberNum > 0 && !(Number(most) >= 1);
  return (
    <FormDialog
      title={t("options.title")}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={badMost || (!changed.length && !mostChanged)}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          {
            SDKAppID: place.app,
            GroupId: place.group,
            ...Object.fromEntries(changed.map((name) => [name, values[name]])),
            ...(mostChanged ? { MaxMemberNum: Number(most) } : {}),
          },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      {OPTIONS.map((name) => (
        <SelectField
          key={name}
          label={t(`options.${name}`)}
          value={values[name]}
          disabled={!group.Choices.includes(name)}
          hint={group.Choices.includes(name) ? t(`optionsAbout.${name}`) : t("options.fixed")}
          options={VALUES[name].map((value) => ({ value: value as string, label: t(`optionValues.${value}`) }))}
          onChange={(value) => setValues({ ...values, [name]: value })}
        />
      ))}
      {group.MaxMemberNum > 0 && (
        <TextField
          label={t("options.MaxMemberNum")}
          inputMode="numeric"
          value={most}
          onChange={(typed) => setMost(typed.replace(/\D/g, ""))}
          hint={t("optionsAbout.MaxMemberNum")}
          error={badMost ? t("field.needed") : undefined}
        />
      )}
    </FormDialog>
  );
}
