import type { Action, Data, Request } from "../../api/client";
import { useChange, useRead } from "../../api/hooks";
import { useCatalog, useMistakeTexts } from "./words";

export type User = Data<"cam/ListUsers">["Data"][number];
export type Credentials = Data<"cam/AddUser">;
export type Group = Data<"cam/ListGroups">["GroupInfo"][number];
export type Policy = Data<"cam/ListPolicies">["List"][number];
export type AccessKey = Data<"cam/ListAccessKeys">["AccessKeys"][number];
export type Held = Data<"cam/ListAttachedUserAllPolicies">["PolicyList"][number];
export type Entity = Data<"cam/ListEntitiesForPolicy">["List"][number];

/** The most that one page of a list of access management holds. */
export const LIST_MOST = 200;

const USERS: Action[] = ["cam/ListUsers", "cam/GetUser", "cam/GetAccountSummary"];
const GROUPS: Action[] = ["cam/ListGroups", "cam/GetGroup", "cam/ListGroupsForUser", "cam/ListAttachedUserAllPolicies"];
const ATTACHED: Action[] = [
  "cam/ListPolicies",
  "cam/ListAttachedUserAllPolicies",
  "cam/ListAttachedGroupPolicies",
  "cam/ListEntitiesForPolicy",
];
const POLICIES: Action[] = [...ATTACHED, "cam/GetPolicy", "cam/ListPolicyVersions", "cam/GetPolicyVersion"];

export const useUsers = () => useRead("cam/ListUsers", {});
export const useUser = (Name: string) => useRead("cam/GetUser", { Name });
export const useSummary = () => useRead("cam/GetAccountSummary", {});
/** Where sub-users sign in; empty for those who may not know. */
export const useLoginUrl = () => {
  const path = useSummary().data?.LoginUrl;
  return path ? location.origin + path : "";
};
export const useAddUser = () => useChange("cam/AddUser", USERS);
export const useAddUsers = () => useChange("cam/AddUsers", [...USERS, ...ATTACHED]);
export const useUpdateUser = () => useChange("cam/UpdateUser", USERS);
export const useResetPassword = () => useChange("cam/ResetPassword", USERS);
export const useDeleteUser = () =>
  useChange("cam/DeleteUser", ["cam/ListUsers", "cam/GetAccountSummary"], undefined, ["cam/GetUser", ...GROUPS]);
export const useClearMfa = () => useChange("cam/SetMfaFlag", USERS);
export const useLoginAddresses = () => useRead("cam/DescribeSubAccountLoginIpPolicy", {});
export const useSetLoginAddresses = () =>
  useChange("cam/CreateSubAccountLoginIpPolicy", ["cam/DescribeSubAccountLoginIpPolicy"]);
export const useSessionRules = () => useRead("cam/DescribeSessionRules", {});
export const useSetSessionRules = () => useChange("cam/UpdateSessionRules", ["cam/DescribeSessionRules"]);
export const usePasswordRules = () => useRead("cam/GetPasswordRules", {});
export const useSetPasswordRules = () => useChange("cam/UpdatePasswordRules", ["cam/GetPasswordRules"]);

export const useGroups = (Page: number, Rp: number, Keyword = "") =>
  useRead("cam/ListGroups", { Page, Rp, Keyword: Keyword || undefined }, { keep: true });
export const useGroup = (GroupId: number) => useRead("cam/GetGroup", { GroupId });
export const useGroupsOf = (SubUin: number) =>
  useRead("cam/ListGroupsForUser", { SubUin, Page: 1, Rp: LIST_MOST }, { enabled: SubUin > 0 });
export const useCreateGroup = () => useChange("cam/CreateGroup", [...GROUPS, "cam/GetAccountSummary"]);
export const useUpdateGroup = () => useChange("cam/UpdateGroup", GROUPS);
export const useDeleteGroup = () =>
  useChange("cam/DeleteGroup", ["cam/ListGroups", "cam/GetAccountSummary"], undefined, GROUPS);
export const useJoinGroup = () => useChange("cam/AddUserToGroup", GROUPS);
export const useLeaveGroup = () => useChange("cam/RemoveUserFromGroup", GROUPS);

export const usePolicies = (Page: number, Rp: number, Scope: "All" | "QCS" | "Local" = "All", Keyword = "") =>
  useCatalog(
    useRead("cam/ListPolicies", { Page, Rp, Scope, Keyword: Keyword || undefined }, { keep: true }),
    ({ presets }, data) => ({ ...data, List: data.List.map(presets) }),
  );
export const usePolicy = (PolicyId: number) =>
  useCatalog(useRead("cam/GetPolicy", { PolicyId }), ({ presets }, data) => presets(data));
export const useCreatePolicy = () => useChange("cam/CreatePolicy", POLICIES);
export const useCreateTagPolicy = () => useChange("cam/CreateTagPolicy", POLICIES);
export const useUpdatePolicy = () => useChange("cam/UpdatePolicy", POLICIES);
export const useDeletePolicy = () => useChange("cam/DeletePolicy", ["cam/ListPolicies"], undefined, POLICIES);
export const useCheckSyntax = (PolicyDocument: string) =>
  useMistakeTexts(
    useRead("cam/CheckPolicySyntax", { PolicyDocument }, { enabled: PolicyDocument.trim() !== "", keep: true }),
  );
export const useBuilt = (Statements: Request<"cam/BuildPolicyDocument">["Statements"], enabled: boolean) =>
  useMistakeTexts(useRead("cam/BuildPolicyDocument", { Statements }, { enabled, keep: true }));
export const useActions = () =>
  useCatalog(useRead("cam/DescribeActions", {}), ({ actions }, data) => ({
    ...data,
    Actions: data.Actions.map(actions),
  }));
export const useSimulate = () => useChange("cam/SimulatePolicy");
export const useVersions = (PolicyId: number) => useRead("cam/ListPolicyVersions", { PolicyId });
export const useVersion = (PolicyId: number, VersionId: number) =>
  useRead("cam/GetPolicyVersion", { PolicyId, VersionId });
export const useSetDefault = () => useChange("cam/SetDefaultPolicyVersion", POLICIES);
export const useDeleteVersion = () => useChange("cam/DeletePolicyVersion", POLICIES);
export const useEntities = (PolicyId: number, Page: number, Rp: number, Keyword: string) =>
  useRead("cam/ListEntitiesForPolicy", { PolicyId, Page, Rp, Keyword: Keyword || undefined }, { keep: true });
/** The users whose permissions boundary it is. */
export const useBounded = (PolicyId: number, Rp: number) =>
  useRead("cam/ListEntitiesForPolicy", { PolicyId, Page: 1, Rp, Usage: "Boundary" });

export const useHeldByUser = (TargetUin: number, Page: number, Rp: number) =>
  useRead("cam/ListAttachedUserAllPolicies", { TargetUin, Page, Rp, AttachType: 0 }, { keep: true });
/** Those that a user has directly: never more than one page. */
export const useHeldDirectly = (TargetUin: number) =>
  useRead("cam/ListAttachedUserAllPolicies", { TargetUin, Page: 1, Rp: LIST_MOST, AttachType: 1 });
export const useHeldByGroup = (TargetGroupId: number) =>
  useRead("cam/ListAttachedGroupPolicies", { TargetGroupId, Page: 1, Rp: LIST_MOST });
export const useAttachUser = () => useChange("cam/AttachUserPolicy", ATTACHED);
export const useDetachUser = () => useChange("cam/DetachUserPolicy", ATTACHED);
export const useAttachGroup = () => useChange("cam/AttachGroupPolicy", ATTACHED);
export const useDetachGroup = () => useChange("cam/DetachGroupPolicy", ATTACHED);
export const useBoundary = (TargetUin: number) =>
  useRead("cam/GetUserPermissionBoundary", { TargetUin }, { enabled: TargetUin > 0 });
const BOUNDARY: Action[] = ["cam/GetUserPermissionBoundary", "cam/ListEntitiesForPolicy", "cam/ListPolicies"];
export const usePutBoundary = () => useChange("cam/PutUserPermissionsBoundary", BOUNDARY);
export const useDropBoundary = () => useChange("cam/DeleteUserPermissionsBoundary", BOUNDARY);

export const useKeys = (TargetUin?: number) => useRead("cam/ListAccessKeys", { TargetUin });
export const useLastUsed = (SecretIdList: string[]) =>
  useRead("cam/GetSecurityLastUsed", { SecretIdList }, { enabled: SecretIdList.length > 0 });
export const useCreateKey = () => useChange("cam/CreateAccessKey", ["cam/ListAccessKeys"]);
export const useUpdateKey = () => useChange("cam/UpdateAccessKey", ["cam/ListAccessKeys"]);
export const useDeleteKey = () => useChange("cam/DeleteAccessKey", ["cam/ListAccessKeys"]);
