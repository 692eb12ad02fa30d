import { useTranslation } from "react-i18next";
import { useWho } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Page } from "../../../ui/Page";
import { KeyTable } from "../components/KeyTable";

/** One's own access keys for the cloud API. */
export function Keys() {
  const { t } = useTranslation("access");
  const who = useWho();
  return (
    <Page
      title={t("nav.keys")}
      lead={t("keys.pageLead")}
      parents={[{ title: t("nav.access") }]}
      actions={
        <ApiCallButton
          calls={[
            { title: t("keys.list"), call: { cloud: "cam/ListAccessKeys", body: {} } },
            { title: t("keys.add"), call: { cloud: "cam/CreateAccessKey", body: { Description: "ci" } } },
          ]}
        />
      }
    >
      <KeyTable name={who?.Name ?? ""} />
    </Page>
  );
}
