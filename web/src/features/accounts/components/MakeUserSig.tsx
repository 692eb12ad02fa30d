import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { Dialog } from "../../../ui/Dialog";
import { ErrorNote } from "../../../ui/ErrorNote";
import { TimeText } from "../../../ui/format";
import { useSign } from "../api";

/** Makes a UserSig for one account, of the length that the tools suggest. */
export function MakeUserSig({ app, user, onClose }: { app: number; user: string; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const sign = useSign();
  return (
    <Dialog
      title={t("sign.title", { id: user })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("action.close")}</Button>
          <Button
            kind="primary"
            busy={sign.isPending}
            onClick={() => sign.mutate({ SDKAppID: app, UserID: user, Expire: 180 * 86400 })}
          >
            {t("sign.make")}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t("sign.about")}</p>
        {sign.error && <ErrorNote error={sign.error} />}
        {sign.data && (
          <div role="status" className="stack stack--tight">
            <CopyText text={sign.data.UserSig} />
            <p className="quiet">
              {t("sign.until")} <TimeText at={sign.data.ExpireTime} />
            </p>
          </div>
        )}
      </div>
    </Dialog>
  );
}
