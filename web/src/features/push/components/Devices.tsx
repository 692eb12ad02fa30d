import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { Confirm } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { NameCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { DeleteIcon, NotificationIcon } from "../../../ui/icons";
import { MenuItem, MoreButton } from "../../../ui/Menu";
import { Empty, Loaded } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Device, useDevices, useDropDevice } from "../api";
import { TestDevice } from "./TestDevice";

/** The devices of a user that reported a push token, each with a test. */
export function Devices({ app, user }: { app: number; user: string }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const state = useTableState();
  const query = useDevices(app, user);
  const [tested, setTested] = useState<Device>();
  const [gone, setGone] = useState<Device>();
  const drop = useDropDevice();
  const mayTest = useAllowed("im:TestPush", app);
  const mayDrop = useAllowed("im:DeletePushDevice", app);
  return (
    <Loaded query={query} rows={3}>
      {({ Devices: rows }) => (
        <>
          <ResourceTable<Device>
            label={t("devices.title")}
            state={state}
            rows={rows}
            rowKey={(row) => row.RegistrationId}
            columns={[
              {
                key: "device",
                title: t("devices.device"),
                role: "person",
                render: (row) => {
                  const vendor = row.Vendor && t(`vendor.${row.Vendor}`);
                  const more = [row.Model && vendor, row.System, row.Language].filter(Boolean).join(" · ");
                  return <NameCell name={row.Model || vendor || t("devices.unknown")} more={more} />;
                },
              },
              {
                key: "certificate",
                title: t("certificateId"),
                role: "id",
                render: (row) => <CopyText text={String(row.CertificateId)} />,
              },
              { key: "token", title: t("devices.token"), role: "id", render: (row) => <code>{row.Token}</code> },
              { key: "state", title: t("devices.state"), role: "state", render: (row) => <DeviceState device={row} /> },
              { key: "badge", title: t("devices.badge"), number: true, render: (row) => format.number(row.Badge) },
              {
                key: "time",
                title: t("devices.reported"),
                role: "time",
                render: (row) => <TimeText at={row.ReportTime} />,
              },
            ]}
            actions={(row) => (
              <MoreButton label={t("rowMenu", { name: row.Model || row.Token })} width={200}>
                {(close) => (
                  <>
                    <MenuItem
                      icon={<NotificationIcon />}
                      disabled={mayTest === false || !row.Vendor}
                      title={row.Vendor ? undefined : t("devices.noCertificate")}
                      onClick={() => {
                        close();
                        setTested(row);
                      }}
                    >
                      {t("test.open")}
                    </MenuItem>
                    <MenuItem
                      danger
                      icon={<DeleteIcon />}
                      disabled={mayDrop === false}
                      onClick={() => {
                        close();
                        setGone(row);
                      }}
                    >
                      {t("devices.drop")}
                    </MenuItem>
                  </>
                )}
              </MoreButton>
            )}
            empty={<Empty title={t("devices.none")} about={t("devices.noneAbout")} />}
          />
          {gone && (
            <Confirm
              title={t("devices.dropTitle", { name: gone.Model || gone.Token })}
              submit={t("devices.drop")}
              busy={drop.isPending}
              error={drop.error}
              onClose={() => setGone(undefined)}
              onConfirm={() =>
                drop.mutate(
                  { SDKAppID: app, RegistrationId: gone.RegistrationId },
                  {
                    onSuccess: () => {
                      say(t("devices.dropped"));
                      setGone(undefined);
                    },
                  },
                )
              }
            >
              <p>{t("devices.dropAbout")}</p>
            </Confirm>
          )}
          {tested && <TestDevice app={app} device={tested} onClose={() => setTested(undefined)} />}
        </>
      )}
    </Loaded>
  );
}

function DeviceState({ device }: { device: Device }) {
  const { t } = useTranslation("push");
  if (!device.Vendor) return <Tag tone="danger">{t("devices.noCertificate")}</Tag>;
  if (device.Muted) return <Tag tone="warning">{t("devices.muted")}</Tag>;
  return <Tag tone="success">{t(device.Background ? "devices.background" : "devices.foreground")}</Tag>;
}
