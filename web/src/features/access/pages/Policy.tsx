import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyText";
import { TimeText, utcSeconds } from "../../../ui/format";
import { EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, Page, SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { useBounded, usePolicy } from "../api";
import { UserLink } from "../components/columns";
import { DeletePolicies } from "../components/DeletePolicies";
import { EditDocument, pretty } from "../components/EditDocument";
import { Holders } from "../components/Holders";
import { Versions } from "../components/Versions";

type PolicyData = Data<"cam/GetPolicy">;

/** As many bounded users are named; all are counted. */
const NAMED = 50;

/** One policy: its document, its versions, who has it. */
export function Policy() {
  const { t } = useTranslation("access");
  const params = useParams({ strict: false }) as { id?: string };
  const id = Number(params.id);
  const policy = usePolicy(id);
  const navigate = useNavigate();
  const bounded = useBounded(id, NAMED).data;
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
            {bounded && bounded.TotalNum > 0 && <Bounds bounded={bounded} />}
            {custom && <Versions policy={id} />}
            {deleting && (
              <DeletePolicies
                rows={[
                  { PolicyId: id, PolicyName: data.PolicyName, AttachEntityBoundaryCount: bounded?.TotalNum ?? 0 },
                ]}
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

/** The sub-users whose permissions boundary it is. */
function Bounds({ bounded }: { bounded: Data<"cam/ListEntitiesForPolicy"> }) {
  const { t } = useTranslation("access");
  return (
    <SettingCard title={t("policy.bounds")} lead={t("policy.boundsAbout", { count: bounded.TotalNum })}>
      <p className="row">
        {bounded.List.map(({ Name }) => (
          <UserLink key={Name} name={Name} />
        ))}
        {bounded.TotalNum > bounded.List.length && (
          <span className="quiet">{t("policy.boundsMore", { count: bounded.TotalNum - bounded.List.length })}</span>
        )}
      </p>
    </SettingCard>
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
