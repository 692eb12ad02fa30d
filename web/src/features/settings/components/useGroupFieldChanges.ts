import { useChange } from "../../../api/hooks";

const READ = "im/DescribeAbilityConfInfo";

/** The actions on one kind of fields: of groups, or of their members. */
export function useGroupFieldChanges(kind: "group" | "member") {
  const addGroup = useChange("im/AddGroupField", [READ], READ);
  const modifyGroup = useChange("im/ModifyGroupField", [READ], READ);
  const addMember = useChange("im/AddGroupMemberField", [READ], READ);
  const modifyMember = useChange("im/ModifyGroupMemberField", [READ], READ);
  return kind === "group" ? { add: addGroup, modify: modifyGroup } : { add: addMember, modify: modifyMember };
}
