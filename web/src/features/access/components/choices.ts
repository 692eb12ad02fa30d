import type { Choices } from "../../../ui/Picker";
import { LIST_MOST, useGroups, usePolicies, useUsers } from "../api";

// The presets carry the product's short name; people search for what the original calls it, in their own language.
const PRODUCT =
  /^(instant messaging|instant message|chat|messaging|인스턴트 메시징|채팅|메신저|即时通信|即时通讯|聊天)( im)?$/i;

/** What the server is asked for: it searches names and descriptions. */
export function policyWord(keyword: string): string {
  return PRODUCT.test(keyword.trim()) ? "QcloudIM" : keyword;
}

/** Policies to choose from; presets stand first. */
export function usePolicyChoices(keyword: string): Choices {
  const { data, error, refetch } = usePolicies(1, LIST_MOST, "All", policyWord(keyword));
  const list = data?.List.map(({ PolicyId, PolicyName, Description }) => ({
    id: PolicyId,
    name: PolicyName,
    about: Description,
  }));
  return { list, total: data?.TotalNum ?? 0, error, retry: refetch };
}

export function useGroupChoices(keyword: string): Choices {
  const { data, error, refetch } = useGroups(1, LIST_MOST, keyword);
  const list = data?.GroupInfo.map(({ GroupId, GroupName, Remark }) => ({
    id: GroupId,
    name: GroupName,
    about: Remark,
  }));
  return { list, total: data?.TotalNum ?? 0, error, retry: refetch };
}

/** Sub-users arrive whole, so that they are searched here. */
export function useUserChoices(keyword: string): Choices {
  const { data, error, refetch } = useUsers();
  const word = keyword.toLowerCase();
  const found = data?.Data.filter(({ Name, Remark }) => `${Name} ${Remark}`.toLowerCase().includes(word));
  const list = found?.slice(0, LIST_MOST).map(({ Uin, Name, Remark }) => ({ id: Uin, name: Name, about: Remark }));
  return { list, total: found?.length ?? 0, error, retry: refetch };
}
