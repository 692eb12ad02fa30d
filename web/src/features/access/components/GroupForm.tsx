import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";

interface Value {
  GroupName: string;
  Remark: string;
}

interface Props {
  title: string;
  submit: string;
  value?: Value;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onSubmit: (value: Value) => void;
}

export function GroupForm({ value: before, onSubmit, ...rest }: Props) {
  const { t } = useTranslation("access");
  const [value, setValue] = useState<Value>(before ?? { GroupName: "", Remark: "" });
  const name = limitOf("cam/CreateGroup", "GroupName").max;
  const remark = limitOf("cam/CreateGroup", "Remark").max;
  const wrong = !value.GroupName.trim() || [...value.GroupName].length > name || [...value.Remark].length > remark;
  return (
    <FormDialog {...rest} disabled={wrong} onSubmit={() => onSubmit(value)}>
      <ByteInput
        label={t("groups.name")}
        required
        autoFocus
        unit="letters"
        max={name}
        value={value.GroupName}
        onChange={(GroupName) => setValue({ ...value, GroupName })}
      />
      <ByteInput
        label={t("remark")}
        unit="letters"
        max={remark}
        value={value.Remark}
        onChange={(Remark) => setValue({ ...value, Remark })}
      />
    </FormDialog>
  );
}
