import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { CopyText } from "../../../ui/CopyText";
import { TimeText } from "../../../ui/format";
import { DownloadIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Loaded, SettingCard, SettingRow } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { type Certificate, useCertificates, useRemoveCertificates, useRotate, useUseNewest } from "../api";

function save(name: string, pem: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([pem], { type: "application/x-pem-file" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The certificates that the app's server is shown, for servers that demand one; and the authority that they trust. */
export function MutualTls({ app }: { app: number }) {
  const { t } = useTranslation("webhooks");
  const query = useCertificates(app);
  const rotate = useRotate();
  const useNewest = useUseNewest();
  const remove = useRemoveCertificates();
  const [asked, setAsked] = useState<"use" | "remove">();
  const close = () => setAsked(undefined);
  return (
    <SettingCard title={t("mutual.title")} lead={t("mutual.lead")}>
      <Loaded query={query} rows={2}>
        {({ Authority, Certificates }) => (
          <>
            <SettingRow name={t("mutual.authority")} about={t("mutual.authorityAbout")}>
              <Button icon={<DownloadIcon />} onClick={() => save("sodam-webhook-ca.pem", Authority)}>
                {t("mutual.download")}
              </Button>
            </SettingRow>
            {Certificates.map((one) => (
              <Shown key={one.Number} app={app} one={one} />
            ))}
            <SettingRow name={t("mutual.change")} about={t("mutual.changeAbout")}>
              <span className="row">
                <Locked action="im:RotateCallbackCertificate" app={app}>
                  {(lock) => (
                    <Button
                      {...lock}
                      busy={rotate.isPending}
                      onClick={() =>
                        rotate.mutate(
                          { SDKAppID: app },
                          {
                            onSuccess: () => say(t(Certificates.length ? "mutual.prepared" : "mutual.made")),
                            onError: sayError,
                          },
                        )
                      }
                    >
                      {t(Certificates.length ? "mutual.prepare" : "mutual.make")}
                    </Button>
                  )}
                </Locked>
                {Certificates[0] && !Certificates[0].InUse && (
                  <Locked action="im:UseCallbackCertificate" app={app}>
                    {(lock) => (
                      <Button {...lock} onClick={() => setAsked("use")}>
                        {t("mutual.use")}
                      </Button>
                    )}
                  </Locked>
                )}
                {Certificates.length > 0 && (
                  <Locked action="im:DeleteCallbackCertificates" app={app}>
                    {(lock) => (
                      <Button kind="text" {...lock} onClick={() => setAsked("remove")}>
                        {t("mutual.remove")}
                      </Button>
                    )}
                  </Locked>
                )}
              </span>
            </SettingRow>
          </>
        )}
      </Loaded>
      {asked === "use" && (
        <Confirm
          title={t("mutual.use")}
          submit={t("mutual.use")}
          danger={false}
          busy={useNewest.isPending}
          error={useNewest.error}
          onClose={close}
          onConfirm={() => useNewest.mutate({ SDKAppID: app }, { onSuccess: close })}
        >
          {t("mutual.useAbout")}
        </Confirm>
      )}
      {asked === "remove" && (
        <Confirm
          title={t("mutual.remove")}
          submit={t("mutual.remove")}
          busy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() => remove.mutate({ SDKAppID: app }, { onSuccess: close })}
        >
          {t("mutual.removeAbout")}
        </Confirm>
      )}
    </SettingCard>
  );
}

function Shown({ app, one }: { app: number; one: Certificate }) {
  const { t } = useTranslation("webhooks");
  const later = !one.InUse && one.UsedFrom * 1000 > Date.now();
  return (
    <SettingRow
      name={t("mutual.one", { number: one.Number })}
      about={
        <>
          {t("mutual.until")} <TimeText at={one.NotAfter} />
        </>
      }
    >
      {one.InUse && <Tag tone="success">{t("mutual.inUse")}</Tag>}
      {later && (
        <Tag>
          {t("mutual.from")} <TimeText at={one.UsedFrom} />
        </Tag>
      )}
      <CopyText text={one.Fingerprint} show={`${one.Fingerprint.slice(0, 16)}…`} oneLine />
      <Button
        icon={<DownloadIcon />}
        aria-label={t("mutual.downloadOne", { number: one.Number })}
        onClick={() => save(`sodam-webhook-${app}-${one.Number}.pem`, one.Pem)}
      >
        {t("mutual.download")}
      </Button>
    </SettingRow>
  );
}
