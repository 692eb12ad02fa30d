import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { Dialog } from "../../../ui/Dialog";
import { TimeText, utcSeconds } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Loaded, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { useDeleteVersion, useSetDefault, useVersion, useVersions } from "../api";
import { pretty } from "./EditDocument";

type Version = Data<"cam/ListPolicyVersions">["Versions"][number];

/** The documents that a policy has had; one of them is in force. */
export function Versions({ policy }: { policy: number }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useVersions(policy);
  const [shown, setShown] = useState(0);
  const [deleting, setDeleting] = useState(0);
  const setDefault = useSetDefault();
  const inForce = data?.Versions.find((one) => one.IsDefaultVersion === 1)?.VersionId;
  const put = (VersionId: number, before?: number) =>
    setDefault.mutate(
      { PolicyId: policy, VersionId },
      {
        onSuccess: () => say(t("versions.now", { id: VersionId }), before ? () => put(before) : undefined),
        onError: sayError,
      },
    );
  return (
    <SettingCard title={t("versions.title")} lead={t("versions.lead")}>
      <ResourceTable<Version>
        label={t("versions.title")}
        state={state}
        rows={data?.Versions}
        rowKey={(row) => String(row.VersionId)}
        error={error}
        onRetry={() => refetch()}
        columns={[
          {
            key: "version",
            title: t("versions.one"),
            render: (row) => (
              <span className="row row--tight">
                v{row.VersionId} {row.IsDefaultVersion === 1 && <Tag tone="success">{t("versions.inForce")}</Tag>}
              </span>
            ),
          },
          { key: "time", title: t("created"), render: (row) => <TimeText at={utcSeconds(row.CreateDate)} /> },
        ]}
        actions={(row) => (
          <>
            <Button kind="text" small onClick={() => setShown(row.VersionId)}>
              {t("action.show")}
            </Button>
            {row.IsDefaultVersion !== 1 && (
              <>
                <Locked action="cam:SetDefaultPolicyVersion">
                  {(lock) => (
                    <Button kind="text" small {...lock} onClick={() => put(row.VersionId, inForce)}>
                      {t("versions.use")}
                    </Button>
                  )}
                </Locked>
                <Locked action="cam:DeletePolicyVersion">
                  {(lock) => (
                    <Button kind="textDanger" small {...lock} onClick={() => setDeleting(row.VersionId)}>
                      {t("action.delete")}
                    </Button>
                  )}
                </Locked>
              </>
            )}
          </>
        )}
        empty={null}
      />
      {shown > 0 && (
        <Dialog title={t("versions.titleOf", { id: shown })} width={640} onClose={() => setShown(0)}>
          <Shown policy={policy} version={shown} />
        </Dialog>
      )}
      {deleting > 0 && <DeleteVersion policy={policy} version={deleting} onClose={() => setDeleting(0)} />}
    </SettingCard>
  );
}

function DeleteVersion({ policy, version, onClose }: { policy: number; version: number; onClose: () => void }) {
  const { t } = useTranslation("access");
  const remove = useDeleteVersion();
  return (
    <Confirm
      title={t("versions.deleteTitle", { id: version })}
      submit={t("action.delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { PolicyId: policy, VersionId: [version] },
          {
            onSuccess: () => {
              say(t("versions.deleted"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("versions.deleteAbout")}</p>
    </Confirm>
  );
}

function Shown({ policy, version }: { policy: number; version: number }) {
  return (
    <Loaded query={useVersion(policy, version)}>
      {(data) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className="pre" tabIndex={0}>
          {pretty(data.PolicyVersion.Document)}
        </pre>
      )}
    </Loaded>
  );
}
