import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { TimeText, utcSeconds } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type AccessKey, useCreateKey, useDeleteKey, useKeys, useLastUsed, useUpdateKey } from "../api";
import { CredentialsDialog } from "./CredentialsDialog";

type Made = Data<"cam/CreateAccessKey">["AccessKey"];

/** The access keys of one user: of a sub-user, or one's own. */
export function KeyTable({ uin, name }: { uin?: number; name: string }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useKeys(uin);
  const used = useLastUsed(data?.AccessKeys.map((key) => key.AccessKeyId) ?? []).data?.SecretIdLastUsedRows;
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<Made>();
  const [deleting, setDeleting] = useState<AccessKey>();
  const update = useUpdateKey();
  const turn = (key: AccessKey) => {
    const Status = key.Status === "Active" ? "Inactive" : "Active";
    update.mutate(
      { AccessKeyId: key.AccessKeyId, Status, TargetUin: uin },
      { onSuccess: () => say(t(`keys.now.${Status}`)), onError: sayError },
    );
  };
  const button = (
    <Button kind="primary" icon={<AddIcon />} onClick={() => setAdding(true)}>
      {t("keys.add")}
    </Button>
  );
  return (
    <SettingCard title={t("nav.keys")} lead={t("keys.lead")} actions={button}>
      <ResourceTable<AccessKey>
        label={t("nav.keys")}
        state={state}
        rows={data?.AccessKeys}
        rowKey={(row) => row.AccessKeyId}
        error={error}
        onRetry={() => refetch()}
        columns={[
          { key: "id", title: "SecretId", render: (row) => <CopyText text={row.AccessKeyId} /> },
          { key: "about", title: t("remark"), render: (row) => row.Description || <span className="quiet">–</span> },
          {
            key: "status",
            title: t("keys.status"),
            render: (row) => (
              <Tag tone={row.Status === "Active" ? "success" : "default"}>{t(`keys.states.${row.Status}`)}</Tag>
            ),
          },
          { key: "created", title: t("created"), render: (row) => <TimeText at={utcSeconds(row.CreateTime)} /> },
          {
            key: "used",
            title: t("keys.used"),
            render: (row) => {
              const line = used?.find((one) => one.SecretId === row.AccessKeyId);
              return line?.LastUsedDate ? line.LastUsedDate : <span className="quiet">{t("never")}</span>;
            },
          },
        ]}
        actions={(row) => (
          <>
            <Button kind="text" small busy={update.isPending} onClick={() => turn(row)}>
              {row.Status === "Active" ? t("keys.disable") : t("keys.enable")}
            </Button>
            <Button
              kind="textDanger"
              small
              disabled={row.Status === "Active"}
              title={row.Status === "Active" ? t("keys.disableFirst") : undefined}
              onClick={() => setDeleting(row)}
            >
              {t("action.delete")}
            </Button>
          </>
        )}
        empty={
          <Empty title={t("keys.empty")} about={t("keys.emptyAbout")}>
            {button}
          </Empty>
        }
      />
      {adding && <AddKey uin={uin} onClose={() => setAdding(false)} onMade={setMade} />}
      {deleting && <DeleteKey uin={uin} value={deleting} onClose={() => setDeleting(undefined)} />}
      {made && (
        <CredentialsDialog
          title={t("keys.made", { name })}
          file={`${made.AccessKeyId}.csv`}
          owners={[
            [
              ["SecretId", made.AccessKeyId],
              ["SecretKey", made.SecretAccessKey],
            ],
          ]}
          onClose={() => setMade(undefined)}
        />
      )}
    </SettingCard>
  );
}

function AddKey({ uin, onClose, onMade }: { uin?: number; onClose: () => void; onMade: (made: Made) => void }) {
  const { t } = useTranslation("access");
  const [about, setAbout] = useState("");
  const create = useCreateKey();
  const { max } = limitOf("cam/CreateAccessKey", "Description");
  return (
    <FormDialog
      title={t("keys.add")}
      submit={t("action.create")}
      busy={create.isPending}
      disabled={[...about].length > max}
      error={create.error}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          { TargetUin: uin, Description: about },
          {
            onSuccess: ({ AccessKey }) => {
              onMade(AccessKey);
              onClose();
            },
          },
        )
      }
    >
      <ByteInput
        label={t("remark")}
        unit="letters"
        max={max}
        value={about}
        onChange={setAbout}
        hint={t("keys.remarkHint")}
      />
    </FormDialog>
  );
}

function DeleteKey({ uin, value, onClose }: { uin?: number; value: AccessKey; onClose: () => void }) {
  const { t } = useTranslation("access");
  const remove = useDeleteKey();
  return (
    <Confirm
      title={t("keys.deleteTitle")}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { AccessKeyId: value.AccessKeyId, TargetUin: uin },
          {
            onSuccess: () => {
              say(t("keys.deleted"));
              onClose();
            },
          },
        )
      }
    >
      <p>
        <code>{value.AccessKeyId}</code>
      </p>
      <p>{t("keys.deleteAbout")}</p>
    </Confirm>
  );
}
