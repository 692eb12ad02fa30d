import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Page } from "../../../ui/Page";
import { LoginAddresses } from "../components/LoginAddresses";
import { PasswordRules } from "../components/PasswordRules";
import { SessionRules } from "../components/SessionRules";

/** What guards sign-in for everybody: addresses, sessions, passwords. */
export function Security() {
  const { t } = useTranslation("access");
  return (
    <Page
      title={t("nav.security")}
      lead={t("security.lead")}
      parents={[{ title: t("nav.access") }]}
      actions={
        <ApiCallButton
          calls={[
            {
              title: t("addresses.title"),
              call: {
                cloud: "cam/CreateSubAccountLoginIpPolicy",
                body: { IpPolicies: [{ IP: "198.51.100.0/24", Effect: "Allow" }], DisablePolicy: 0, PolicyType: 1 },
              },
            },
            {
              title: t("sessions.title"),
              call: { cloud: "cam/UpdateSessionRules", body: { Rules: { IdleMinutes: 60, MaxHours: 24 } } },
            },
            { title: t("rules.title"), call: { cloud: "cam/GetPasswordRules", body: {} } },
          ]}
        />
      }
    >
      <LoginAddresses />
      <SessionRules />
      <PasswordRules />
    </Page>
  );
}
