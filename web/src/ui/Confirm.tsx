import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "./Dialog";
import { TextField } from "./Field";

interface Props {
  title: string;
  /** In words, what will happen and what will be lost. */
  children: ReactNode;
  submit: string;
  busy?: boolean;
  error?: unknown;
  onClose: () => void;
  onConfirm: () => void;
  danger?: boolean;
}

/** Asks once more, for acts that can be repaired. */
export function Confirm({ onConfirm, danger = true, ...props }: Props) {
  return <FormDialog {...props} danger={danger} width={460} onSubmit={onConfirm} />;
}

/** Asks to type a name, for acts that cannot be undone. */
export function ConfirmByTyping({ name, onConfirm, children, ...props }: Props & { name: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  return (
    <FormDialog {...props} danger width={480} disabled={typed !== name} onSubmit={onConfirm}>
      {children}
      <TextField
        label={t("confirm.type", { name })}
        value={typed}
        onChange={setTyped}
        mono
        autoFocus
        hint={`${/^\d{1,4}$/.test(name) ? `${t("confirm.count")} ` : ""}${t("confirm.noWayBack")}`}
      />
    </FormDialog>
  );
}
