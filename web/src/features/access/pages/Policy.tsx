import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { FormDialog } from "../../../ui/Dialog";
import { TimeText, utcSeconds } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page, SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { usePolicy, useUpdatePolicy } from "../api";
import { Holders } from "../components/Holders";
import { PolicyEditor, useSyntax } from "../components/PolicyEditor";
import { Versions } from "../components/Versions";
import { DeletePolicies } from "./Policies";

type PolicyData = Data<"cam/GetPolicy">;

/** One policy: its document, its versions, who has it. */
export function Policy() {
  const { t } = useTranslation("access");
  const params = useParams({ strict: false }) as { id?: string };
  const id = Number(params.id);
  const policy = usePolicy(id);
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const custom = policy.data?.Type === 1;
  return (
    <Page
      title={policy.data?.PolicyName ?? String(id)}
      lead={policy.data?.Description}
      parents={[{ title: t("nav.access") }, { title: t("nav.policies"), to: "/access/policies" }]}
      actions={
        <>
          <ApiCallButton
            calls={[
              { title: t("policy.read"), call: { cloud: "cam/GetPolicy", body: { PolicyId: id } } },
              {
                title: t("policies.attach"),
                call: { cloud: "cam/AttachUserPolicy", body: { PolicyId: id, AttachUin: 0 } },
              },
            ]}
          />
          {custom && (
            <Locked action="cam:DeletePolicy">
              {(lock) => (
                <Button kind="textDanger" {...lock} onClick={() => setDeleting(true)}>
                  {t("action.delete")}
                </Button>
              )}
            </Locked>
          )}
        </>
      }
    >
      <Loaded query={policy} rows={8}>
        {(data) => (
          <>
            <Document id={id} policy={data} />
            <Holders policy={id} />
            {custom && <Versions policy={id} />}
            {deleting && (
              <DeletePolicies
                rows={[{ PolicyId: id, PolicyName: data.PolicyName }]}
                clear={() => void navigate({ to: "/access/policies" })}
                onClose={() => setDeleting(false)}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Document({ id, policy }: { id: number; policy: PolicyData }) {
  const { t } = useTranslation("access");
  const [editing, setEditing] = useState(false);
  return (
    <SettingCard
      title={t("policy.document")}
      actions={
        <>
          <Tag tone={policy.Type === 2 ? "default" : "primary"}>{t(`policies.kinds.${policy.Type}`)}</Tag>
          <CopyButton text={policy.PolicyDocument} label={t("action.copy")} />
          {policy.Type === 1 && (
            <Locked action="cam:UpdatePolicy">
              {(lock) => (
                <Button icon={<EditIcon />} {...lock} onClick={() => setEditing(true)}>
                  {t("action.edit")}
                </Button>
              )}
            </Locked>
          )}
        </>
      }
    >
      <div className="stack">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre className="pre" tabIndex={0}>
          {pretty(policy.PolicyDocument)}
        </pre>
        {policy.Type === 2 && <p className="quiet">{t("policy.preset")}</p>}
        {policy.UpdateTime && (
          <p className="quiet">
            {t("policies.updated")} <TimeText at={utcSeconds(policy.UpdateTime)} />
          </p>
        )}
      </div>
      {editing && <EditDocument id={id} policy={policy} onClose={() => setEditing(false)} />}
    </SettingCard>
  );
}

/** Indented, if it is JSON at all. */
export function pretty(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), null, 2);
  } catch {
    return document;
  }
}

function EditDocument({ id, policy, onClose }: { id: number; policy: PolicyData; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [document, setDocument] = useState(() => pretty(policy.PolicyDocument));
  const { valid } = useSyntax(document);
  const update = useUpdatePolicy();
  return (
    <FormDialog
      title={t("policy.edit", { name: policy.PolicyName })}
      at="right"
      width={720}
      submit={t("action.save")}
      busy={update.isPending}
      disabled={!valid}
      error={update.error}
      onClose={onClose}
      onSubmit={() =>
        update.mutate(
          { PolicyId: id, PolicyDocument: document },
          {
            onSuccess: () => {
              say(t("policy.saved"));
              onClose();
            },
          },
        )
      }
    >
      <p className="quiet">{t("policy.editAbout")}</p>
      <PolicyEditor value={document} onChange={setDocument} />
    </FormDialog>
  );
}
