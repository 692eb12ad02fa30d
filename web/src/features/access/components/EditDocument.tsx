import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { useAllowed } from "../../../api/session";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox } from "../../../ui/Field";
import { TimeText, utcSeconds } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { say } from "../../../ui/Toasts";
import { useDeleteVersion, useUpdatePolicy, useVersions } from "../api";
import { DocumentChanges, PolicyEditor, useSyntax } from "./PolicyEditor";

type Version = Data<"cam/ListPolicyVersions">["Versions"][number];

/** Indented, if it is JSON at all. */
export function pretty(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), null, 2);
  } catch {
    return document;
  }
}

/** As many versions a policy has at most: of this list the schema tells the numbers' range alone. */
const MOST = 5;

/** What has to go before one more version fits: the oldest that is not in force, if there are as many as can be. */
export function inTheWay(versions: Version[] | undefined): Version | undefined {
  if (!versions || versions.length < MOST) return undefined;
  return versions
    .filter((one) => one.IsDefaultVersion !== 1)
    .reduce((oldest, one) => (one.VersionId < oldest.VersionId ? one : oldest));
}

interface Props {
  id: number;
  policy: Data<"cam/GetPolicy">;
  onClose: () => void;
}

/** A new version of a policy. Where there are five, it deletes the oldest one first, once that is agreed to. */
export function EditDocument({ id, policy, onClose }: Props) {
  const { t } = useTranslation("access");
  const before = pretty(policy.PolicyDocument);
  const [document, setDocument] = useState(before);
  const [agreed, setAgreed] = useState(0);
  const { valid } = useSyntax(document);
  const versions = useVersions(id);
  const update = useUpdatePolicy();
  const remove = useDeleteVersion();
  const old = inTheWay(versions.data?.Versions);
  const save = () =>
    update.mutate(
      { PolicyId: id, PolicyDocument: document },
      {
        onSuccess: () => {
          say(t("policy.saved"));
          onClose();
        },
      },
    );
  return (
    <FormDialog
      title={t("policy.edit", { name: policy.PolicyName })}
      at="right"
      width={720}
      submit={t("action.save")}
      busy={update.isPending || remove.isPending}
      disabled={!valid || document === before || (old && agreed !== old.VersionId)}
      error={remove.error ?? update.error}
      onClose={onClose}
      onSubmit={() => (old ? remove.mutate({ PolicyId: id, VersionId: [old.VersionId] }, { onSuccess: save }) : save())}
    >
      <p className="quiet">{t("policy.editAbout")}</p>
      {old && (
        <MakeRoom version={old} agreed={agreed === old.VersionId} onAgree={(on) => setAgreed(on ? old.VersionId : 0)} />
      )}
      <PolicyEditor value={document} onChange={setDocument} />
      {document !== before && <DocumentChanges before={before} after={document} />}
    </FormDialog>
  );
}

interface RoomProps {
  version: Version;
  agreed: boolean;
  onAgree: (on: boolean) => void;
}

function MakeRoom({ version, agreed, onAgree }: RoomProps) {
  const { t } = useTranslation("access");
  const allowed = useAllowed("cam:DeletePolicyVersion");
  return (
    <Note tone="warning">
      <p>
        {t("versions.full", { most: MOST, id: version.VersionId })} <TimeText at={utcSeconds(version.CreateDate)} />
      </p>
      <Checkbox
        checked={agreed}
        disabled={allowed === false}
        onChange={onAgree}
        label={t("versions.makeRoom", { id: version.VersionId })}
      />
      {allowed === false && <p>{t("locked.policy", { action: "name/cam:DeletePolicyVersion", resource: "*" })}</p>}
    </Note>
  );
}
