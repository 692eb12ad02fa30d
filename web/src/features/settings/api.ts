import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type ApiError, call, type Data } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";
import { say, sayError } from "../../ui/Toasts";

export type Ability = Data<"im/DescribeAbilityConfInfo">;
export type UserField = Ability["UserFields"][number];
export type FriendField = Ability["FriendFields"][number];
/** Settings by their names, which the server declares. */
export type Change = Record<string, boolean | number | string>;
export type Section = Ability["Sections"][number]["Section"];
export type Setting = Ability["Sections"][number]["Settings"][number];

export const useAbility = (app: number) => useRead("im/DescribeAbilityConfInfo", { SDKAppID: app });
const READ = "im/DescribeAbilityConfInfo";
export const useAddUserField = () => useChange("im/AddUserField", [READ], READ);
export const useModifyUserField = () => useChange("im/ModifyUserField", [READ], READ);
export const useAddFriendField = () => useChange("im/AddFriendField", [READ], READ);

interface Wish {
  change: Change;
  /** Said when it is so. */
  words: string;
  undo?: Change;
}

/** Changes settings of one app at once, says what is so now, and offers to take it back. */
export function useSetting(app: number) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const key = [READ, { SDKAppID: app }];
  const set = useMutation<Ability, ApiError, Wish>({
    // One after the other, each with the version that the one before left: two quick changes are no conflict.
    scope: { id: `settings of ${app}` },
    mutationFn: ({ change }) => {
      const Version = client.getQueryData<Ability>(key)?.Version ?? 0;
      return call("im/SetAbilityConfInfo", { SDKAppID: app, Version, ...change });
    },
    // Said here and not by whoever asked: a form has closed by the time of the answer.
    onSuccess: (data, { words, undo }) => {
      client.setQueryData(key, data);
      say(words, undo && (() => set.mutate({ change: undo, words: t("undone") })));
    },
    onError: sayError,
    onSettled: () => {
      for (const name of [READ, "cloudaudit/DescribeEvents"]) void client.invalidateQueries({ queryKey: [name] });
    },
  });
  const apply = (change: Change, words: string, undo?: Change) => set.mutate({ change, words, undo });
  return { apply, busy: set.isPending };
}
