import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { badUrl, byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Group, type Place, useModify } from "../api";

const FIELDS = ["Name", "Introduction", "Notification", "FaceUrl"] as const;
const maxOf = (field: string) => limitOf("im/ModifyGroupBaseInfo", field).max;

/** The texts of a group; only what changed is sent. */
export function EditGroup({ place, group, onClose }: { place: Place; group: Group; onClose: () => void }) {
  const { t } = useTranslation("groups");
  const [values, setValues] = useState({
    Name: group.Name,
    Introduction: group.Introduction,
    Notification: group.Notification,
    FaceUrl: group.FaceUrl,
  });
  const modify = useModify();
  const changed = FIELDS.filter((field) => values[field] !== group[field]);
  const badFace = changed.includes("FaceUrl") && badUrl(values.FaceUrl);
  const wrong = badFace || !values.Name || FIELDS.some((field) => byteLength(values[field]) > maxOf(field));
  const nameOf = (field: (typeof FIELDS)[number]) => t(`texts.${field}`);
  return (
    <FormDialog
      title={t("edit.title", { name: group.Name })}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={wrong || !changed.length}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          {
            SDKAppID: place.app,
            GroupId: place.group,
            ...Object.fromEntries(changed.map((field) => [field, values[field]])),
          },
          {
            onSuccess: () => {
              say(t("edit.saved", { fields: changed.map(nameOf).join(", ") }));
              onClose();
            },
          },
        )
      }
    >
      {FIELDS.map((field) => (
        <ByteInput
          key={field}
          label={nameOf(field)}
          required={field === "Name"}
          max={maxOf(field)}
          rows={field === "Introduction" || field === "Notification" ? 3 : undefined}
          type={field === "FaceUrl" ? "url" : "text"}
          value={values[field]}
          onChange={(value) => setValues({ ...values, [field]: value })}
          error={field === "FaceUrl" && badFace ? t("field.url") : undefined}
        />
      ))}
    </FormDialog>
  );
}
