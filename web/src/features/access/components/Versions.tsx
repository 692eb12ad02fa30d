import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TimeText, utcSeconds } from "../../../ui/format";
import { Loaded, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { useDeleteVersion, useSetDefault, useVersion, useVersions } from "../api";
import { pretty } from "../pages/Policy";

type Version = Data<"cam/ListPolicyVersions">["Versions"][number];

/** The documents that a policy has had; one of them is in force. */
export function Versions({ policy }: { policy: number }) {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch } = useVersions(policy);
  const [shown, setShown] = useState(0);
  const setDefault = useSetDefault();
  const remove = useDeleteVersion();
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
                <Button
                  kind="text"
                  small
                  onClick={() =>
                    setDefault.mutate(
                      { PolicyId: policy, VersionId: row.VersionId },
                      { onSuccess: () => say(t("versions.now", { id: row.VersionId })), onError: sayError },
                    )
                  }
                >
                  {t("versions.use")}
                </Button>
                <Button
                  kind="textDanger"
                  small
                  onClick={() =>
                    remove.mutate(
                      { PolicyId: policy, VersionId: [row.VersionId] },
                      { onSuccess: () => say(t("versions.deleted")), onError: sayError },
                    )
                  }
                >
                  {t("action.delete")}
                </Button>
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
    </SettingCard>
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
