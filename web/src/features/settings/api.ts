import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Data } from "../../api/client";
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
export const useSetAbility = () => useChange("im/SetAbilityConfInfo", [READ, "cloudaudit/DescribeEvents"], READ);

/** Changes settings of one app at once, says what is so now, and offers to take it back. */
export function useSetting(app: number) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const set = useSetAbility();
  const key = ["im/DescribeAbilityConfInfo", { SDKAppID: app }];
  const apply = (change: Change, words: string, undo?: Change) => {
    const version = client.getQueryData<Ability>(key)?.Version ?? 0;
    set.mutate(
      { SDKAppID: app, Version: version, ...change },
      {
        onSuccess: () => say(words, undo && (() => apply(undo, t("undone")))),
        onError: sayError,
      },
    );
  };
  return { apply, busy: set.isPending };
}
