import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { CopyText } from "../../../ui/CopyText";
import { ErrorNote } from "../../../ui/ErrorNote";
import { ByteInput, TextField } from "../../../ui/Field";
import { TimeText } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { SettingCard } from "../../../ui/Page";
import { type Signature, useGenerate } from "../api";

const DAY = 86400;

/** A UserID and a lifetime to a signature with the app's key. */
export function Generator({ app }: { app: number }) {
  const { t } = useTranslation("tools");
  const [user, setUser] = useState("");
  const [days, setDays] = useState("180");
  const [made, setMade] = useState<Signature>();
  const generate = useGenerate();
  const expire = limitOf("im/CreateSecretUserSig", "Expire");
  const userMax = limitOf("im/CreateAccount", "UserID").max;
  const maxDays = Math.floor(expire.max / DAY);
  const badDays = !/^\d+$/.test(days) || Number(days) < 1 || Number(days) > maxDays;
  return (
    <SettingCard title={t("generate.title")} lead={t("generate.lead")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          generate.mutate({ SDKAppID: app, UserID: user, Expire: Number(days) * DAY }, { onSuccess: setMade });
        }}
      >
        <ByteInput label="UserID" required mono max={userMax} value={user} onChange={setUser} />
        <TextField
          label={t("generate.days")}
          inputMode="numeric"
          value={days}
          onChange={setDays}
          aside={t("field.range", { min: 1, max: maxDays })}
          error={badDays ? t("field.outOfRange", { min: 1, max: maxDays }) : undefined}
        />
        {generate.error && <ErrorNote error={generate.error} />}
        <div>
          <Locked action="im:CreateSecretUserSig" app={app}>
            {(lock) => (
              <Button
                type="submit"
                kind="primary"
                busy={generate.isPending}
                title={lock.title}
                disabled={lock.disabled || !user || user.length > userMax || badDays}
              >
                {t("generate.submit")}
              </Button>
            )}
          </Locked>
        </div>
        {made && (
          <div className="stack stack--tight" role="status">
            <span className="field__label">UserSig</span>
            <div className="signature">
              <CopyText text={made.UserSig} />
            </div>
            <p className="quiet">
              {t("generate.until")} <TimeText at={made.ExpireTime} /> · {t("generate.key", { id: made.KeyId })}
            </p>
          </div>
        )}
      </form>
    </SettingCard>
  );
}
