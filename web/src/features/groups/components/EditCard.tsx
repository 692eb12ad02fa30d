import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Place, useModifyMember } from "../api";

interface Props {
  place: Place;
  user: string;
  card: string;
  onClose: () => void;
}

/** A member's name in this group. */
export function EditCard({ place, user, card, onClose }: Props) {
  const { t } = useTranslation("groups");
  const [text, setText] = useState(card);
  const modify = useModifyMember();
  const max = limitOf("im/ModifyGroupMemberInfo", "NameCard").max;
  return (
    <FormDialog
      title={t("cardOf", { user })}
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={text === card || byteLength(text) > max}
      error={modify.error}
      onClose={onClose}
      onSubmit={() =>
        modify.mutate(
          { SDKAppID: place.app, GroupId: place.group, UserID: user, NameCard: text },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      <ByteInput label={t("nameCard")} autoFocus max={max} value={text} onChange={setText} />
    </FormDialog>
  );
}
