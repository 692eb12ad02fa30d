import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { ErrorNote, ServerWords } from "../../../ui/ErrorNote";
import { ByteInput, TextField } from "../../../ui/Field";
import { TimeText, useFormat } from "../../../ui/format";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { useWords } from "../../../ui/words";
import { useVerify, type Verdict } from "../api";

/** What a signature says, and whether it holds; if not, why and what to do. */
export function Verifier({ app }: { app: number }) {
  const { t } = useTranslation("tools");
  const [user, setUser] = useState("");
  const [signature, setSignature] = useState("");
  const verify = useVerify();
  const userMax = limitOf("im/CreateAccount", "UserID").max;
  return (
    <SettingCard title={t("verify.title")} lead={t("verify.lead")}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate({ SDKAppID: app, UserID: user, UserSig: signature.trim() });
        }}
      >
        <ByteInput label="UserID" required mono max={userMax} value={user} onChange={setUser} />
        <TextField label="UserSig" required mono rows={4} value={signature} onChange={setSignature} />
        {verify.error && <ErrorNote error={verify.error} />}
        <div>
          <Button type="submit" kind="primary" busy={verify.isPending} disabled={!user || !signature.trim()}>
            {t("verify.submit")}
          </Button>
        </div>
        {verify.data && <Result verdict={verify.data} />}
      </form>
    </SettingCard>
  );
}

function Result({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation("tools");
  const format = useFormat();
  const cause = useWords()({ Detail: verdict.Detail, ErrorCode: verdict.ErrorCode, Message: verdict.Cause });
  return (
    <div role="status" className="stack">
      <Note tone={verdict.Valid ? "success" : "error"}>
        <p className="note__title">{verdict.Valid ? t("verify.valid") : cause.title}</p>
        {!verdict.Valid && <p>{cause.cure}</p>}
        {!verdict.Valid && cause.said && <ServerWords text={cause.said} />}
        {verdict.ErrorCode !== 0 && (
          <p>
            <code>{verdict.ErrorCode}</code>
          </p>
        )}
      </Note>
      <dl className="facts">
        {verdict.SDKAppID ? (
          <div>
            <dt>SDKAppID</dt>
            <dd className="mono">{verdict.SDKAppID}</dd>
          </div>
        ) : null}
        {verdict.UserID ? (
          <div>
            <dt>UserID</dt>
            <dd className="mono">{verdict.UserID}</dd>
          </div>
        ) : null}
        {verdict.CreateTime ? (
          <div>
            <dt>{t("verify.created")}</dt>
            <dd>
              <TimeText at={verdict.CreateTime} />
            </dd>
          </div>
        ) : null}
        {verdict.Expire ? (
          <div>
            <dt>{t("verify.lifetime")}</dt>
            <dd>{format.span(verdict.Expire)}</dd>
          </div>
        ) : null}
        {verdict.ExpireTime ? (
          <div>
            <dt>{t("generate.until")}</dt>
            <dd>
              <TimeText at={verdict.ExpireTime} />
            </dd>
          </div>
        ) : null}
      </dl>
    </div>
  );
}
