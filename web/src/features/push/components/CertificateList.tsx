import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Certificate, useCertificates, useDelete } from "../api";
import { CertificateForm } from "./CertificateForm";

/** Stands for that many or more. */
const MOST_COUNTED = 10_000;

/** The app's credentials with push services. Secrets are not shown again. */
export function CertificateList({ app }: { app: number }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch } = useCertificates(app);
  const [open, setOpen] = useState<Certificate | "new">();
  const [gone, setGone] = useState<Certificate>();
  const add = (
    <Locked action="im:PutPushCertificate" app={app}>
      {(lock) => (
        <Button
          kind="primary"
          icon={<AddIcon />}
          title={lock.title}
          disabled={lock.disabled || !data}
          onClick={() => setOpen("new")}
        >
          {t("form.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard title={t("tabs.certificates")} lead={t("certificates.about")} actions={add}>
      <ResourceTable<Certificate>
        label={t("tabs.certificates")}
        state={state}
        rows={data?.Certificates}
        rowKey={(row) => String(row.CertificateId)}
        error={error}
        onRetry={() => refetch()}
        columns={[
          {
            key: "vendor",
            title: t("vendor.label"),
            role: "person",
            render: (row) => (
              <span className="person__names">
                <span className="person__nick" title={row.Name}>
                  {row.Name || t(`vendor.${row.Vendor}`)}
                </span>
                <span className="quiet">
                  {t(`vendor.${row.Vendor}`)} {environmentOf(row) && `· ${t(`choice.${environmentOf(row)}`)}`}
                </span>
              </span>
            ),
          },
          {
            key: "id",
            title: t("certificateId"),
            role: "id",
            render: (row) => <CopyText text={`${row.CertificateId}`} />,
          },
          { key: "app", title: t("certificates.app"), role: "detail", render: (row) => <code>{appOf(row)}</code> },
          {
            key: "state",
            title: t("certificates.state"),
            role: "state",
            render: (row) =>
              row.Trouble ? (
                <span title={row.Trouble}>
                  <Tag tone="danger">{t("certificates.trouble")}</Tag>
                </span>
              ) : (
                <Tag>{t("certificates.fine")}</Tag>
              ),
          },
          {
            key: "devices",
            title: t("certificates.devices"),
            number: true,
            render: (row) => format.number(row.Devices) + (row.Devices < MOST_COUNTED ? "" : "+"),
          },
          {
            key: "made",
            title: t("certificates.made"),
            role: "time",
            render: (row) => <TimeText at={row.CreateTime} />,
          },
        ]}
        actions={(row) => (
          <>
            <Locked action="im:PutPushCertificate" app={app}>
              {(lock) => (
                <Button kind="text" small {...lock} onClick={() => setOpen(row)}>
                  {t("action.edit")}
                </Button>
              )}
            </Locked>
            <Locked action="im:DeletePushCertificate" app={app}>
              {(lock) => (
                <Button kind="textDanger" small {...lock} onClick={() => setGone(row)}>
                  {t("action.delete")}
                </Button>
              )}
            </Locked>
          </>
        )}
        empty={<Empty title={t("certificates.empty")} about={t("certificates.emptyAbout")} />}
      />
      {open && data && (
        <CertificateForm
          app={app}
          vendors={data.Vendors}
          old={open === "new" ? undefined : open}
          onClose={() => setOpen(undefined)}
        />
      )}
      {gone && <Delete app={app} one={gone} onClose={() => setGone(undefined)} />}
    </SettingCard>
  );
}

const environmentOf = ({ Fields }: Certificate) => Fields.Environment ?? "";
const appOf = ({ Fields }: Certificate) => Fields.PackageName ?? Fields.BundleId ?? Fields.Subject ?? "–";

function Delete({ app, one, onClose }: { app: number; one: Certificate; onClose: () => void }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const drop = useDelete();
  return (
    <ConfirmByTyping
      name={String(one.CertificateId)}
      title={t("delete.title", { name: one.Name || t(`vendor.${one.Vendor}`) })}
      submit={t("action.delete")}
      busy={drop.isPending}
      error={drop.error}
      onClose={onClose}
      onConfirm={() =>
        drop.mutate(
          { SDKAppID: app, CertificateId: one.CertificateId },
          {
            onSuccess: () => {
              say(t("delete.done", { id: one.CertificateId }));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("delete.about", { count: one.Devices, number: format.number(one.Devices) })}</p>
    </ConfirmByTyping>
  );
}
