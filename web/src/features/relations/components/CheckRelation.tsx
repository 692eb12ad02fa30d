import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { type Owner, useCheckBlackList, useCheckFriend } from "../api";

/** How this user and another stand to each other: friends, and the blacklists of both. */
export function CheckRelation({ owner, onClose }: { owner: Owner; onClose: () => void }) {
  const { t } = useTranslation("relations");
  const [user, setUser] = useState("");
  const [asked, setAsked] = useState("");
  const friend = useCheckFriend();
  const black = useCheckBlackList();
  const { max } = limitOf("im/CreateAccount", "UserID");
  const check = () => {
    const request = { SDKAppID: owner.app, From_Account: owner.user, To_Account: [user] };
    setAsked(user);
    friend.mutate({ ...request, CheckType: "CheckResult_Type_Both" });
    black.mutate({ ...request, CheckType: "BlackCheckResult_Type_Both" });
  };
  const names = { a: owner.user, b: asked };
  const friendly = friend.data?.InfoItem[0];
  const blocked = black.data?.BlackListCheckItem[0];
  return (
    <FormDialog
      title={t("check.title", { user: owner.user })}
      submit={t("check.submit")}
      busy={friend.isPending || black.isPending}
      disabled={!user || user.length > max}
      error={friend.error ?? black.error}
      onClose={onClose}
      onSubmit={check}
    >
      <ByteInput label="UserID" required mono autoFocus max={max} value={user} onChange={setUser} />
      {friendly && blocked && (
        <Note tone={friendly.ResultCode ? "error" : "info"}>
          {friendly.ResultCode ? (
            <p>
              {friendly.ResultInfo} <code>({friendly.ResultCode})</code>
            </p>
          ) : (
            <>
              <p>{t(`check.${friendly.Relation}`, names)}</p>
              <p>{t(`check.${blocked.Relation}`, names)}</p>
            </>
          )}
        </Note>
      )}
    </FormDialog>
  );
}
