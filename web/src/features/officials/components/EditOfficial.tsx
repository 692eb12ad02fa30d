import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, TextField } from "../../../ui/Field";
import { badUrl, byteLength } from "../../../ui/format";
import { say } from "../../../ui/Toasts";
import { type Official, useCreate, useModify } from "../api";

const FIELDS = ["Name", "Introduction", "Organization", "FaceUrl"] as const;
const maxOf = (field: string) => limitOf("im/CreateOfficialAccount", field).max;
const USUAL = 100000;

interface Props {
  app: number;
  /** The one to be edited; without it a new one is made. */
  official?: Official;
  onClose: () => void;
  onDone?: (account: string) => void;
}

/** An official account, new or changed. */
export function EditOfficial({ app, official, onClose, onDone }: Props) {
  const { t } = useTranslation("officials");
  const [values, setValues] = useState({
    Name: official?.Name ?? "",
    Introduction: official?.Introduction ?? "",
    Organization: official?.Organization ?? "",
    FaceUrl: official?.FaceUrl ?? "",
  });
  const [owner, setOwner] = useState("");
  const [account, setAccount] = useState("");
  const [most, setMost] = useState(official?.MaxSubscriberNum ?? USUAL);
  const create = useCreate();
  const modify = useModify();
  const badId = account !== "" && !/^@TOA#_[\x20-\x7e]+$/.test(account);
  // What stands there already may stay.
  const badFace = values.FaceUrl !== (official?.FaceUrl ?? "") && badUrl(values.FaceUrl);
  const wrong =
    badFace ||
    !values.Name ||
    !most ||
    (!official && (!owner || byteLength(owner) > maxOf("Owner") || badId || byteLength(account) > maxOf("Account"))) ||
    FIELDS.some((field) => byteLength(values[field]) > maxOf(field));
  const submit = () => {
    if (official) {
      return modify.mutate(
        { SDKAppID: app, Account: official.Account, ...values, MaxSubscriberNum: most },
        {
          onSuccess: () => {
            say(t("action.saved"));
            onClose();
          },
        },
      );
    }
    create.mutate(
      { SDKAppID: app, ...values, Owner: owner, Account: account, MaxSubscriberNum: most },
      {
        onSuccess: (made) => {
          say(t("create.done", { name: values.Name }));
          onClose();
          onDone?.(made.Account);
        },
      },
    );
  };
  return (
    <FormDialog
      title={official ? t("edit") : t("create.open")}
      at="right"
      submit={official ? t("action.save") : t("action.create")}
      busy={create.isPending || modify.isPending}
      disabled={wrong}
      error={create.error ?? modify.error}
      onClose={onClose}
      onSubmit={submit}
    >
      {FIELDS.map((field) => (
        <ByteInput
          key={field}
          label={t(`texts.${field}`)}
          required={field === "Name"}
          autoFocus={field === "Name"}
          max={maxOf(field)}
          rows={field === "Introduction" ? 3 : undefined}
          type={field === "FaceUrl" ? "url" : "text"}
          value={values[field]}
          onChange={(value) => setValues({ ...values, [field]: value })}
          error={field === "FaceUrl" && badFace ? t("field.url") : undefined}
        />
      ))}
      {!official && (
        <>
          <ByteInput
            label={t("owner")}
            required
            mono
            max={maxOf("Owner")}
            value={owner}
            onChange={setOwner}
            hint={t("create.ownerHint")}
          />
          <ByteInput
            label="UserID"
            mono
            max={maxOf("Account")}
            value={account}
            onChange={setAccount}
            placeholder="@TOA#_news"
            hint={t("create.idHint")}
            error={badId ? t("create.badId") : undefined}
          />
        </>
      )}
      <TextField
        label={t("most")}
        inputMode="numeric"
        value={most ? String(most) : ""}
        onChange={(typed) => setMost(Number(typed.replace(/\D/g, "").slice(0, 12)))}
        error={most ? undefined : t("field.needed")}
      />
    </FormDialog>
  );
}
