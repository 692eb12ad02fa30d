import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { Button, LinkButton } from "../../../ui/Button";
import { ConfirmByTyping } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { NameCell } from "../../../ui/cells";
import { Dialog } from "../../../ui/Dialog";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon, DeleteIcon, EditIcon, NotificationIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { MenuItem, MoreButton } from "../../../ui/Menu";
import { Empty, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Certificate, useCertificates, useDelete } from "../api";
import { CertificateForm } from "./CertificateForm";

/** Stands for that many or more. */
const MOST_COUNTED = 10_000;

type Act = "edit" | "delete" | "trouble";
type Open = { what: "new" } | { what: Act; row: Certificate };

/** The app's credentials with push services. Secrets are not shown again. */
export function CertificateList({ app }: { app: number }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const state = useTableState();
  const { data, error, refetch } = useCertificates(app);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const add = (
    <Locked action="im:PutPushCertificate" app={app}>
      {(lock) => (
        <Button
          kind="primary"
          icon={<AddIcon />}
          title={lock.title}
          disabled={lock.disabled || !data}
          onClick={() => setOpen({ what: "new" })}
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
            render: (row) => {
              const vendor = t(`vendor.${row.Vendor}`);
              const more = [row.Name && vendor, environmentOf(row) && t(`choice.${environmentOf(row)}`)];
              return <NameCell name={row.Name || vendor} more={more.filter(Boolean).join(" · ")} />;
            },
          },
          {
            key: "id",
            title: t("certificateId"),
            role: "id",
            render: (row) => <CopyText text={`${row.CertificateId}`} />,
          },
          {
            key: "app",
            title: t("certificates.app"),
            role: "detail",
            // A browser subscribes with the public key: whoever builds the page wants it from here.
            render: (row) =>
              row.Vendor === "webpush" ? (
                <CopyText text={keyOf(row)} show={`${keyOf(row).slice(0, 10)}…`} />
              ) : (
                <code className="push__app" title={appOf(row)}>
                  {appOf(row)}
                </code>
              ),
          },
          {
            key: "state",
            title: t("certificates.state"),
            role: "state",
            render: (row) =>
              row.Trouble ? (
                <button type="button" className="push__trouble" onClick={() => setOpen({ what: "trouble", row })}>
                  <Tag tone="danger">{t("certificates.trouble")}</Tag>
                </button>
              ) : (
                <Ends one={row} />
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
          <MoreButton label={t("rowMenu", { name: row.Name || t(`vendor.${row.Vendor}`) })} width={200}>
            {(close) => (
              <RowMenu
                app={app}
                act={(what) => {
                  close();
                  setOpen({ what, row });
                }}
              />
            )}
          </MoreButton>
        )}
        empty={<Empty title={t("certificates.empty")} about={t("certificates.emptyAbout")} />}
      />
      {(open?.what === "new" || open?.what === "edit") && data && (
        <CertificateForm
          app={app}
          vendors={data.Vendors}
          old={open.what === "edit" ? open.row : undefined}
          onClose={close}
        />
      )}
      {open?.what === "trouble" && (
        <Trouble app={app} one={open.row} onClose={close} onEdit={() => setOpen({ what: "edit", row: open.row })} />
      )}
      {open?.what === "delete" && <Delete app={app} one={open.row} onClose={close} />}
    </SettingCard>
  );
}

const environmentOf = ({ Fields }: Certificate) => Fields.Environment ?? "";
const keyOf = ({ Fields }: Certificate) => Fields.PublicKey ?? "";
const appOf = ({ App }: Certificate) => App || "–";

const SOON = 30 * 86_400;

/** Whether it goes on: a certificate with an end says it when it is near. */
function Ends({ one }: { one: Certificate }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const left = one.ExpireTime - Date.now() / 1000;
  if (!one.ExpireTime || left > SOON) {
    const until = one.ExpireTime ? t("certificates.until", { date: format.date(one.ExpireTime) }) : undefined;
    return (
      <span title={until}>
        <Tag>{t("certificates.fine")}</Tag>
      </span>
    );
  }
  return left < 0 ? (
    <Tag tone="danger">{t("certificates.ended", { date: format.date(one.ExpireTime) })}</Tag>
  ) : (
    <Tag tone="warning">{t("certificates.until", { date: format.date(one.ExpireTime) })}</Tag>
  );
}

/** What can be done with one certificate. */
function RowMenu({ app, act }: { app: number; act: (what: Act) => void }) {
  const { t } = useTranslation("push");
  const navigate = useNavigate();
  const mayEdit = useAllowed("im:PutPushCertificate", app);
  const mayDelete = useAllowed("im:DeletePushCertificate", app);
  return (
    <>
      <MenuItem icon={<EditIcon />} disabled={mayEdit === false} onClick={() => act("edit")}>
        {t("action.edit")}
      </MenuItem>
      <MenuItem
        icon={<NotificationIcon />}
        onClick={() => void navigate({ to: "/apps/$app/push-check", params: { app: String(app) } })}
      >
        {t("certificates.test")}
      </MenuItem>
      <MenuItem danger icon={<DeleteIcon />} disabled={mayDelete === false} onClick={() => act("delete")}>
        {t("action.delete")}
      </MenuItem>
    </>
  );
}

interface TroubleProps {
  app: number;
  one: Certificate;
  onClose: () => void;
  onEdit: () => void;
}

/** What the vendor says of the credentials, and where to go from there. */
function Trouble({ app, one, onClose, onEdit }: TroubleProps) {
  const { t } = useTranslation("push");
  return (
    <Dialog
      title={t("trouble.title", { name: one.Name || t(`vendor.${one.Vendor}`) })}
      onClose={onClose}
      footer={
        <>
          <LinkButton
            to="/apps/$app/push-certificates"
            params={{ app: String(app) }}
            search={{ tab: "failures" } as never}
          >
            {t("tabs.failures")}
          </LinkButton>
          <Locked action="im:PutPushCertificate" app={app}>
            {(lock) => (
              <Button kind="primary" {...lock} onClick={onEdit}>
                {t("trouble.edit")}
              </Button>
            )}
          </Locked>
        </>
      }
    >
      <div className="stack">
        <p>{t("trouble.about")}</p>
        <dl className="facts">
          <div className="facts__wide">
            <dt>{t("failures.code")}</dt>
            <dd>
              <code className="break">{one.Trouble}</code>
            </dd>
          </div>
          <div>
            <dt>{t("trouble.since")}</dt>
            <dd>
              <TimeText at={one.TroubleTime} exact />
            </dd>
          </div>
        </dl>
      </div>
    </Dialog>
  );
}

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
