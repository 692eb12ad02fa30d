import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { ByteInput } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { Page, SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { type PushDevice, type State, usePushDevices, useUserState } from "../status";
import "../tools.css";

/** Whether a user is online, on which devices, and whether a push can reach those that are away. */
export function UserStatus() {
  const { t } = useTranslation("tools");
  const app = Number(useParams({ strict: false }).app);
  const [typed, setTyped] = useState("");
  const [user, setUser] = useState("");
  const state = useUserState(app, user);
  const devices = usePushDevices(app, user);
  const max = limitOf("im/CreateAccount", "UserID").max;
  const error = state.error ?? devices.error;
  return (
    <Page
      title={t("nav.userStatus")}
      lead={t("status.lead")}
      actions={
        <ApiCallButton
          calls={[
            {
              title: t("status.api"),
              call: { cloud: "im/DescribeAccountState", body: { SDKAppID: app, UserID: user || "user1" } },
            },
            {
              title: t("status.pushApi"),
              call: { cloud: "im/DescribePushDevices", body: { SDKAppID: app, UserID: user || "user1" } },
            },
          ]}
        />
      }
    >
      <SettingCard title={t("status.title")} lead={t("status.about")}>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === user) {
              void state.refetch();
              void devices.refetch();
            }
            setUser(typed);
          }}
        >
          <ByteInput label="UserID" required mono max={max} value={typed} onChange={setTyped} />
          <div>
            <Button type="submit" kind="primary" busy={state.isFetching} disabled={!typed}>
              {t("status.submit")}
            </Button>
          </div>
          {user && error && <ErrorNote error={error} />}
          {user && !error && state.data && devices.data && <Result state={state.data} devices={devices.data.Devices} />}
        </form>
      </SettingCard>
    </Page>
  );
}

function Result({ state, devices }: { state: State; devices: PushDevice[] }) {
  const { t } = useTranslation("tools");
  const reachable = devices.filter((device) => device.Vendor && !device.Muted);
  const kind = state.Online ? "online" : reachable.length ? "pushOnline" : "offline";
  return (
    <div role="status" className="stack">
      <Note tone={kind === "online" ? "success" : kind === "pushOnline" ? "info" : "warning"}>
        <p className="note__title">{t(`status.${kind}`)}</p>
        <p>{t(reachable.length ? "status.reaches" : devices.length ? "status.barred" : "status.noDevice")}</p>
      </Note>
      {state.Devices.map((device, index) => (
        <p key={index} className="row">
          <span>{device.Platform}</span>
          <Tag tone="success">{t("status.online")}</Tag>
        </p>
      ))}
      {devices.map((device) => (
        <p key={device.RegistrationId} className="row">
          <span>{device.Model || device.Vendor || device.RegistrationId}</span>
          <Tag tone={device.Vendor && !device.Muted ? "primary" : "warning"}>
            {t(!device.Vendor ? "status.noCertificate" : device.Muted ? "status.muted" : "status.pushed")}
          </Tag>
        </p>
      ))}
    </div>
  );
}
