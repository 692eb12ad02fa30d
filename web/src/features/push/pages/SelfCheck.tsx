import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { ByteInput } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { Page, SettingCard } from "../../../ui/Page";
import { useTableState } from "../../../ui/tableState";
import { useDevices } from "../api";
import { Devices } from "../components/Devices";
import { Failures } from "../components/Failures";
import "../push.css";

/** Why a user's device shows no push: the devices that reported a token, and a test to each. */
export function SelfCheck() {
  const { t } = useTranslation("push");
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const user = state.filter("user");
  const [typed, setTyped] = useState(user);
  const [shown, setShown] = useState(user);
  if (shown !== user) {
    setShown(user);
    setTyped(user);
  }
  const { refetch, isFetching } = useDevices(app, user);
  const max = limitOf("im/DescribePushDevices", "UserID").max;
  return (
    <Page
      title={t("nav.pushCheck")}
      lead={t("lead.check")}
      wide
      actions={
        <ApiCallButton
          calls={[
            {
              title: t("api.devices"),
              call: { cloud: "im/DescribePushDevices", body: { SDKAppID: app, UserID: user || "user1" } },
            },
            {
              title: t("api.failures"),
              call: {
                cloud: "im/DescribePushFailures",
                body: { SDKAppID: app, UserID: user || "user1", Limit: 50 },
              },
            },
            {
              title: t("api.forget"),
              call: { cloud: "im/DeletePushDevice", body: { SDKAppID: app, RegistrationId: "9f2c..." } },
            },
            {
              title: t("api.test"),
              call: {
                cloud: "im/TestPush",
                body: { SDKAppID: app, RegistrationId: "9f2c...", Title: "Test", Text: "Hi" },
              },
            },
          ]}
        />
      }
    >
      <SettingCard title={t("check.title")} lead={t("check.about")}>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === user) void refetch();
            state.set({ user: typed });
          }}
        >
          <ByteInput label="UserID" required mono max={max} value={typed} onChange={setTyped} />
          <div>
            <Button type="submit" kind="primary" busy={isFetching} disabled={!typed || byteLength(typed) > max}>
              {t("check.submit")}
            </Button>
          </div>
        </form>
      </SettingCard>
      {user && (
        <SettingCard title={t("devices.title")} lead={t("check.choose")}>
          <Devices app={app} user={user} />
        </SettingCard>
      )}
      {user && <Failures app={app} user={user} />}
    </Page>
  );
}
