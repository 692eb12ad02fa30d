import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { NameCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Empty, Loaded } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { type Device, useDevices } from "../api";
import { TestDevice } from "./TestDevice";

/** The devices of a user that reported a push token, each with a test. */
export function Devices({ app, user }: { app: number; user: string }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const state = useTableState();
  const query = useDevices(app, user);
  const [tested, setTested] = useState<Device>();
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
              <Locked action="im:TestPush" app={app}>
                {(lock) => (
                  <Button
                    kind="text"
                    small
                    title={lock.title}
                    disabled={lock.disabled || !row.Vendor}
                    onClick={() => setTested(row)}
                  >
                    {t("test.open")}
                  </Button>
                )}
              </Locked>
            )}
            empty={<Empty title={t("devices.none")} about={t("devices.noneAbout")} />}
          />
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
