import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exactNumber } from "../../../api/client";
import { useRead } from "../../../api/hooks";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput, Checkbox, TextField } from "../../../ui/Field";
import { byteLength } from "../../../ui/format";
import { Skeleton } from "../../../ui/Skeleton";
import { say } from "../../../ui/Toasts";
import { type Friend, failureOf, type Owner, useLists, useModifyFriend } from "../api";
import { tagOf, textOf } from "./parts";

/** Remark, lists and custom fields of one friend; only what changed is sent. */
export function EditFriend({ owner, friend, onClose }: { owner: Owner; friend: Friend; onClose: () => void }) {
  const { t } = useTranslation("relations");
  const ability = useRead("im/DescribeAbilityConfInfo", { SDKAppID: owner.app }).data;
  const known = useLists(owner).data?.ResultItem.map((list) => list.GroupName) ?? [];
  const had = (tagOf(friend.ValueItem, "Tag_SNS_IM_Group") as string[] | undefined) ?? [];
  const oldRemark = textOf(friend.ValueItem, "Tag_SNS_IM_Remark");
  const [remark, setRemark] = useState(oldRemark);
  const [lists, setLists] = useState(had);
  const [fresh, setFresh] = useState("");
  const [custom, setCustom] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState<unknown>();
  const modify = useModifyFriend();
  const limits = ability?.Ranges.Relations;
  const wanted = fresh ? [...lists, fresh] : lists;
  const items: { Tag: string; Value: string | number | string[] }[] = [];
  if (remark !== oldRemark) items.push({ Tag: "Tag_SNS_IM_Remark", Value: remark });
  if (wanted.join("\n") !== had.join("\n")) items.push({ Tag: "Tag_SNS_IM_Group", Value: wanted });
  for (const field of ability?.FriendFields ?? []) {
    const tag = `Tag_SNS_Custom_${field.Name}`;
    const text = custom[tag];
    if (text === undefined || text === textOf(friend.ValueItem, tag)) continue;
    items.push({ Tag: tag, Value: field.Type === "uint64" ? exactNumber(text || "0") : text });
  }
  const wrong =
    !limits ||
    byteLength(remark) > limits.Remark ||
    byteLength(fresh) > limits.GroupName ||
    wanted.length > limits.Groups ||
    Object.values(custom).some((text) => byteLength(text) > (ability?.Ranges.CustomValueMax ?? 0));
  const save = () =>
    modify.mutate(
      {
        SDKAppID: owner.app,
        From_Account: owner.user,
        UpdateItem: [{ To_Account: friend.To_Account, SnsItem: items }],
      },
      {
        onSuccess: (answer) => {
          const bad = failureOf(answer);
          setFailure(bad);
          if (bad) return;
          say(t("action.saved"));
          onClose();
        },
      },
    );
  return (
    <FormDialog
      title={t("friends.edit", { user: friend.To_Account })}
      at="right"
      submit={t("action.save")}
      busy={modify.isPending}
      disabled={wrong || !items.length}
      error={modify.error ?? failure}
      onClose={onClose}
      onSubmit={save}
    >
      {!ability || !limits ? (
        <Skeleton />
      ) : (
        <>
          <ByteInput label={t("friends.remark")} max={limits.Remark} value={remark} onChange={setRemark} autoFocus />
          <fieldset className="field stack stack--tight">
            <legend className="field__label">{t("friends.lists")}</legend>
            {[...new Set([...known, ...had])].map((name) => (
              <Checkbox
                key={name}
                label={name}
                checked={lists.includes(name)}
                onChange={(on) => setLists(on ? [...lists, name] : lists.filter((one) => one !== name))}
              />
            ))}
          </fieldset>
          <ByteInput label={t("friends.newList")} max={limits.GroupName} value={fresh} onChange={setFresh} />
          {ability.FriendFields.map((field) => {
            const tag = `Tag_SNS_Custom_${field.Name}`;
            const value = custom[tag] ?? textOf(friend.ValueItem, tag);
            const set = (text: string) => setCustom({ ...custom, [tag]: text });
            return field.Type === "uint64" ? (
              <TextField
                key={tag}
                label={field.Name}
                hint={<code>{tag}</code>}
                inputMode="numeric"
                value={value}
                onChange={(text) => set(text.replace(/\D/g, ""))}
              />
            ) : (
              <ByteInput
                key={tag}
                label={field.Name}
                hint={<code>{tag}</code>}
                max={ability.Ranges.CustomValueMax}
                value={value}
                onChange={set}
              />
            );
          })}
        </>
      )}
    </FormDialog>
  );
}
