import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import type { Owner } from "../api";

/** A UserID that leads to the account's page. */
export function UserLink({ owner, user }: { owner: Owner; user: string }) {
  return (
    <Link to="/apps/$app/accounts/$user" params={{ app: String(owner.app), user }} className="mono break">
      {user}
    </Link>
  );
}

interface PickProps {
  title: string;
  about: string;
  submit: string;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onPick: (user: string) => void;
}

/** Asks for one UserID. */
export function PickUser({ about, onPick, ...rest }: PickProps) {
  const { t } = useTranslation("relations");
  const [user, setUser] = useState("");
  const { max } = limitOf("im/CreateAccount", "UserID");
  return (
    <FormDialog {...rest} disabled={!user || user.length > max} onSubmit={() => onPick(user)}>
      <p>{about}</p>
      <ByteInput
        label="UserID"
        required
        mono
        autoFocus
        max={max}
        value={user}
        onChange={setUser}
        hint={t("mustExist")}
      />
    </FormDialog>
  );
}

export const tagOf = (items: { Tag: string; Value: unknown }[] | null | undefined, tag: string): unknown =>
  items?.find((item) => item.Tag === tag)?.Value;
export const textOf = (items: { Tag: string; Value: unknown }[] | null | undefined, tag: string): string =>
  String(tagOf(items, tag) ?? "");
