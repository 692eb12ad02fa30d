import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../../api/hooks";
import { limitOf } from "../../../api/limits";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, ChoiceField } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { Skeleton } from "../../../ui/Skeleton";
import { say } from "../../../ui/Toasts";
import { failureOf, type Owner, PENDING, useAddFriend } from "../api";

const PREFIX = "AddSource_Type_";

/** Adds a friend in a user's name, with or without asking the other side. */
export function AddFriend({ owner, onClose }: { owner: Owner; onClose: () => void }) {
  const { t } = useTranslation("relations");
  const limits = useRead("im/DescribeAbilityConfInfo", { SDKAppID: owner.app }).data?.Ranges.Relations;
  const [value, setValue] = useState({ user: "", remark: "", list: "", wording: "", source: "Console" });
  const [type, setType] = useState<"Add_Type_Both" | "Add_Type_Single">("Add_Type_Both");
  const [force, setForce] = useState(true);
  const [failure, setFailure] = useState<unknown>();
  const add = useAddFriend();
  const idMax = limitOf("im/CreateAccount", "UserID").max;
  const set = (change: Partial<typeof value>) => setValue({ ...value, ...change });
  const badSource = !/^[A-Za-z]+$/.test(value.source);
  const wrong =
    !limits ||
    !value.user ||
    value.user === owner.user ||
    value.user.length > idMax ||
    badSource ||
    value.source.length > limits.Source ||
    byteLength(value.remark) > limits.Remark ||
    byteLength(value.list) > limits.GroupName ||
    byteLength(value.wording) > limits.Wording;
  const submit = () =>
    add.mutate(
      {
        SDKAppID: owner.app,
        From_Account: owner.user,
        AddFriendItem: [
          {
            To_Account: value.user,
            AddSource: PREFIX + value.source,
            ...(value.remark ? { Remark: value.remark } : {}),
            ...(value.list ? { GroupName: value.list } : {}),
            ...(value.wording ? { AddWording: value.wording } : {}),
          },
        ],
        AddType: type,
        ForceAddFlags: force ? 1 : 0,
      },
      {
        onSuccess: (answer) => {
          const bad = failureOf(answer);
          setFailure(bad);
          if (bad) return;
          const pending = answer.ResultItem[0]?.ResultCode === PENDING;
          say(t(pending ? "friends.asked" : "friends.added", { user: value.user }));
          onClose();
        },
      },
    );
  return (
    <FormDialog
      title={t("friends.addTitle", { user: owner.user })}
      at="right"
      submit={t("action.add")}
      busy={add.isPending}
      disabled={wrong}
      error={add.error ?? failure}
      onClose={onClose}
      onSubmit={submit}
    >
      {!limits && <Skeleton />}
      {limits && (
        <>
          <ByteInput
            label="UserID"
            required
            mono
            autoFocus
            max={idMax}
            value={value.user}
            onChange={(user) => set({ user })}
            hint={t("mustExist")}
            error={value.user === owner.user ? t("friends.self") : undefined}
          />
          <ByteInput
            label={t("friends.remark")}
            max={limits.Remark}
            value={value.remark}
            onChange={(remark) => set({ remark })}
          />
          <ByteInput
            label={t("friends.list")}
            max={limits.GroupName}
            value={value.list}
            onChange={(list) => set({ list })}
            hint={t("friends.listHint")}
          />
          <ByteInput
            label={t("friends.wording")}
            max={limits.Wording}
            rows={2}
            value={value.wording}
            onChange={(wording) => set({ wording })}
          />
          <ByteInput
            label={t("friends.source")}
            required
            unit="letters"
            max={limits.Source}
            mono
            value={value.source}
            onChange={(source) => set({ source })}
            hint={`${PREFIX}${value.source}`}
            error={badSource ? t("friends.sourceLetters") : undefined}
          />
          <ChoiceField
            label={t("friends.type")}
            value={type}
            onChange={setType}
            options={[
              { value: "Add_Type_Both", label: t("friends.both"), about: t("friends.bothAbout") },
              { value: "Add_Type_Single", label: t("friends.single"), about: t("friends.singleAbout") },
            ]}
          />
          <Checkbox checked={force} onChange={setForce} label={t("friends.force")} />
        </>
      )}
    </FormDialog>
  );
}
