import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { ErrorNote, ServerWords } from "../../../ui/ErrorNote";
import { ByteInput, TextField } from "../../../ui/Field";
import { TimeText } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { useMapKey, useVerifyMapKey } from "../api";

const DAY = 86400;
const PRIVILEGES = [1, 2, 4, 8, 16, 32, 64, 128];

/** A PrivateMapKey made with the app's key; the same field takes one to check. */
export function MapKey({ app }: { app: number }) {
  const { t } = useTranslation("tools");
  const [user, setUser] = useState("");
  const [room, setRoom] = useState("");
  const [number, setNumber] = useState(false);
  const [may, setMay] = useState(255);
  const [text, setText] = useState("");
  const make = useMapKey();
  const verify = useVerifyMapKey();
  const verdict = verify.data;
  const userMax = limitOf("im/CreateAccount", "UserID").max;
  const badRoom = number && !/^\d{1,10}$/.test(room);
  return (
    <SettingCard title={t("mapKey.title")} lead={t("mapKey.lead")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          verify.reset();
          make.mutate(
            { SDKAppID: app, UserID: user, Room: room, RoomIsNumber: number, Privileges: may, Expire: DAY },
            { onSuccess: (made) => setText(made.PrivateMapKey) },
          );
        }}
      >
        <div className="form__pair">
          <ByteInput label="UserID" required mono max={userMax} value={user} onChange={setUser} />
          <ByteInput label={t("mapKey.room")} required mono max={128} value={room} onChange={setRoom} />
        </div>
        <label className="check">
          <input type="checkbox" checked={number} onChange={(event) => setNumber(event.target.checked)} />
          {t("mapKey.number")}
        </label>
        <fieldset className="tools__rights">
          <legend className="field__label">{t("mapKey.may")}</legend>
          {PRIVILEGES.map((bit) => (
            <label key={bit} className="check">
              <input type="checkbox" checked={(may & bit) !== 0} onChange={() => setMay(may ^ bit)} />
              {t(`mapKey.privileges.${bit}`)}
            </label>
          ))}
        </fieldset>
        {make.error && <ErrorNote error={make.error} />}
        <div>
          <Locked action="im:CreatePrivateMapKey" app={app}>
            {(lock) => (
              <Button
                type="submit"
                kind="primary"
                busy={make.isPending}
                title={lock.title}
                disabled={lock.disabled || !user || !room || badRoom}
              >
                {t("mapKey.make")}
              </Button>
            )}
          </Locked>
        </div>
        <TextField label="PrivateMapKey" mono rows={4} value={text} onChange={setText} />
        {verify.error && <ErrorNote error={verify.error} />}
        <div>
          <Button
            busy={verify.isPending}
            disabled={!user || !text.trim()}
            onClick={() => verify.mutate({ SDKAppID: app, UserID: user, PrivateMapKey: text.trim() })}
          >
            {t("mapKey.check")}
          </Button>
        </div>
        {verdict && (
          <div role="status" className="stack">
            <Note tone={verdict.Valid ? "success" : "error"}>
              <p className="note__title">{verdict.Valid ? t("mapKey.valid") : t("mapKey.bad")}</p>
              {!verdict.Valid && <ServerWords text={verdict.Cause ?? ""} />}
            </Note>
            {verdict.Room && (
              <p>
                {t("mapKey.room")} <code>{verdict.Room}</code> · <code>{verdict.Privileges}</code> ·{" "}
                {t("generate.until")} {verdict.ExpireTime && <TimeText at={verdict.ExpireTime} />}
              </p>
            )}
          </div>
        )}
      </form>
    </SettingCard>
  );
}
