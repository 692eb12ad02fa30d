import { Link, useNavigate, useParams } from "@tanstack/react-router";
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
import { Empty, Loaded, Page, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import {
  ALL,
  type Entity,
  useAttachGroup,
  useAttachUser,
  useDetachGroup,
  useDetachUser,
  useEntities,
  useGroups,
  usePolicy,
  useUpdatePolicy,
  useUsers,
} from "../api";
import { PickMany } from "../components/PickMany";
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
            <Entities id={id} />
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

function Entities({ id }: { id: number }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useEntities(id);
  const users = useUsers().data?.Data ?? [];
  const groups = useGroups(1, ALL).data?.GroupInfo ?? [];
  const [open, setOpen] = useState<"user" | "group" | "">("");
  const attachUser = useAttachUser();
  const attachGroup = useAttachGroup();
  const detachUser = useDetachUser();
  const detachGroup = useDetachGroup();
  const rows = data?.List;
  const give = async (ids: number[]) => {
    for (const one of ids) {
      if (open === "user") await attachUser.mutateAsync({ PolicyId: id, AttachUin: one });
      else await attachGroup.mutateAsync({ PolicyId: id, AttachGroupId: one });
    }
    say(t("policy.given", { count: ids.length }));
    setOpen("");
  };
  const take = (row: Entity) => {
    const words = { onSuccess: () => say(t("policy.taken", { name: row.Name })), onError: sayError };
    if (row.RelatedType === 1) detachUser.mutate({ PolicyId: id, DetachUin: row.Uin }, words);
    else detachGroup.mutate({ PolicyId: id, DetachGroupId: Number(row.Id) }, words);
  };
  const buttons = (
    <>
      <Locked action="cam:AttachUserPolicy">
        {(lock) => (
          <Button {...lock} onClick={() => setOpen("user")}>
            {t("policy.toUser")}
          </Button>
        )}
      </Locked>
      <Locked action="cam:AttachGroupPolicy">
        {(lock) => (
          <Button {...lock} onClick={() => setOpen("group")}>
            {t("policy.toGroup")}
          </Button>
        )}
      </Locked>
    </>
  );
  return (
    <SettingCard title={t("policy.who")} actions={buttons}>
      <ResourceTable<Entity>
        label={t("policy.who")}
        state={state}
        rows={rows}
        rowKey={(row) => `${row.RelatedType}-${row.Id}`}
        error={error}
        onRetry={() => refetch()}
        columns={[
          {
            key: "who",
            title: t("policy.name"),
            sort: (row) => row.Name,
            render: (row) =>
              row.RelatedType === 1 ? (
                <Link to="/access/users/$name" params={{ name: row.Name }}>
                  {row.Name}
                </Link>
              ) : (
                <Link to="/access/groups/$id" params={{ id: row.Id }}>
                  {row.Name}
                </Link>
              ),
          },
          { key: "kind", title: t("policies.kind"), render: (row) => t(`policy.kinds.${row.RelatedType}`) },
          {
            key: "since",
            title: t("policies.since"),
            render: (row) => <TimeText at={utcSeconds(row.AttachmentTime)} />,
          },
        ]}
        actions={(row) => (
          <Locked action={row.RelatedType === 1 ? "cam:DetachUserPolicy" : "cam:DetachGroupPolicy"}>
            {(lock) => (
              <Button kind="textDanger" small {...lock} onClick={() => take(row)}>
                {t("policies.detach")}
              </Button>
            )}
          </Locked>
        )}
        empty={
          <Empty title={t("policy.nobody")} about={t("policy.nobodyAbout")}>
            {buttons}
          </Empty>
        }
      />
      {open && (
        <PickMany
          title={open === "user" ? t("policy.toUser") : t("policy.toGroup")}
          submit={t("policies.attach")}
          busy={attachUser.isPending || attachGroup.isPending}
          error={attachUser.error ?? attachGroup.error}
          onClose={() => setOpen("")}
          onPick={(ids) => void give(ids).catch(() => undefined)}
          choices={
            open === "user"
              ? users
                  .filter(({ Uin }) => !rows?.some((row) => row.RelatedType === 1 && row.Uin === Uin))
                  .map(({ Uin, Name, Remark }) => ({ id: Uin, name: Name, about: Remark }))
              : groups
                  .filter(({ GroupId }) => !rows?.some((row) => row.RelatedType === 2 && Number(row.Id) === GroupId))
                  .map(({ GroupId, GroupName, Remark }) => ({ id: GroupId, name: GroupName, about: Remark }))
          }
        />
      )}
    </SettingCard>
  );
}
