import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button, LinkButton } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { ByteInput } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";

interface Props {
  busy: boolean;
  error: unknown;
  disabled: boolean;
  onCreate: (name: string, about: string) => void;
}

/** Name and description of a new policy, and the buttons below every way to make one. */
export function PolicyNameForm({ busy, error, disabled, onCreate }: Props) {
  const { t } = useTranslation("access");
  const [name, setName] = useState(() => `policygen-${new Date().toISOString().slice(0, 19).replace(/\D/g, "")}`);
  const [about, setAbout] = useState("");
  const nameMax = limitOf("cam/CreatePolicy", "PolicyName").max;
  const aboutMax = limitOf("cam/CreatePolicy", "Description").max;
  const badName = !/^[A-Za-z0-9+=,.@_-]*$/.test(name);
  const wrong = !name || badName || name.length > nameMax || byteLength(about) > aboutMax;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onCreate(name, about);
      }}
    >
      <ByteInput
        label={t("policies.name")}
        required
        unit="letters"
        max={nameMax}
        value={name}
        onChange={setName}
        error={badName ? t("new.badName") : undefined}
      />
      <ByteInput label={t("policies.about")} max={aboutMax} value={about} onChange={setAbout} />
      {error ? <ErrorNote error={error} /> : null}
      <div className="row row--end">
        <LinkButton to="/access/policies">{t("action.cancel")}</LinkButton>
        <Button type="submit" kind="primary" busy={busy} disabled={disabled || wrong}>
          {t("policies.create")}
        </Button>
      </div>
    </form>
  );
}

/** What follows a new policy: its page. */
export function useCreated() {
  const { t } = useTranslation("access");
  const navigate = useNavigate();
  return (id: number) => {
    say(t("new.done"));
    void navigate({ to: "/access/policies/$id", params: { id: String(id) } });
  };
}
