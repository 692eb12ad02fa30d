// Provisional: replaced by `npm run types`.
type None = Record<string, never>;
export type Who = { Uin: number; OwnerUin: number; Name: string; Type: "root" | "user"; MFA: boolean; MustChangePassword: boolean; CsrfToken: string; ExpireTime: number; ServerVersion: string; LastLoginTime: number; LastLoginIp: string };
export type Tag = { Key: string; Value: string };
export type Plan = "Trial" | "Pro" | "Flagship";
export type AppCard = { SDKAppID: number; Name: string; Type: string; Status: "enabled" | "disabled" | "expired" | "deleting"; Plan: Plan; CreateTime: number; UpdateTime: number; ExpireTime: number; AutoRenew: boolean; Tags: Tag[] };
export type AddOns = { GroupsJoined?: number | null; GroupMembers?: number | null; HistoryDays?: number | null; AVChatRooms?: boolean | null };
export type Limits = { [name: string]: number | null };
export type App = AppCard & { Introduction: string; Admins: string[]; MaxAdmins: number; DefaultAdmin: string; Keys: { KeyId: number; Algorithm: string; CreateTime: number; Masked: string }[]; AddOns: AddOns; Limits: Limits; Overrides: Limits; AccountCount: number; CreateUin: number; PlanChangeableFrom: number; Version: number };
export type Key = { KeyId: number; Algorithm: string; CreateTime: number; Secret: string; PublicKey: string };
export type UserField = { Name: string; Type: "uint64" | "string" | "bytes"; AppRead: boolean; AppWrite: boolean; AdminRead: boolean; AdminWrite: boolean };
export type FriendField = { Name: string; Type: "uint64" | "string" | "bytes" };
type Range = { Min: number; Max: number };
export type Ability = { Version: number; HistoryDays: number; HistoryDaysChangeableFrom: number; RecallSeconds: number; BlacklistCheck: boolean; FriendCheck: boolean; DefaultAllowType: "AllowType_Type_NeedConfirm" | "AllowType_Type_AllowAny" | "AllowType_Type_DenyAny"; AllowAccountDeletion: boolean; UserFields: UserField[]; FriendFields: FriendField[]; Locked: { Setting: string; Plan: Plan; Why: string }[]; Ranges: { HistoryDays: Range; RecallSeconds: Range; UserFields: { Max: number; NameMax: number }; FriendFields: { Max: number; NameMax: number }; Profile: { Tag: string; Type: 'string' | 'uint32'; MaxBytes: number; Values: string[] }[]; CustomValueMax: number; Relations: { Remark: number; Wording: number; GroupName: number; Groups: number; Source: number } } };
export type AccountRow = { UserID: string; Nick: string; FaceUrl: string; Type: "ordinary" | "administrator"; CreateTime: number };
export type Account = AccountRow & { Profile: Record<string, string | number> };
export type Job = { JobId: string; Kind: string; SDKAppID: number; State: "queued" | "running" | "done" | "failed" | "cancelled"; Done: number; Total: number; Refused: number; Message: string; CreateTime: number; StartTime: number; EndTime: number; Uin: number; Name: string; File: string };
export type Order = { OrderId: string; CreateTime: number; Uin: number; Kind: string; Plan: Plan; AddOns: AddOns; Months: number; AutoRenew: boolean; Amount: number; Currency: string; ExpireTime: number };
type A<R, D> = { request: R; data: D };
type ById = { SDKAppID: number };
export interface Actions {
  "session/Login": A<{ UserName: string; Password: string; Code?: string }, Who>;
  "session/Logout": A<object, None>;
  "session/Whoami": A<object, Who>;
  "session/ChangePassword": A<{ OldPassword: string; NewPassword: string }, Who>;
  "session/BeginMFA": A<{ Password: string }, { Secret: string; Uri: string }>;
  "session/ConfirmMFA": A<{ Code: string }, Who>;
  "session/DisableMFA": A<{ Password: string; Code: string }, Who>;
  "session/CheckPermissions": A<{ Items: { Action: string; SDKAppID?: number }[] }, { Allowed: boolean[] }>;
  "session/DescribeSessions": A<object, { Sessions: { Id: string; CreateTime: number; LastSeen: number; Ip: string; UserAgent: string; Current: boolean }[] }>;
  "session/EndSession": A<{ Id: string }, None>;
  "im/DescribeIMAppList": A<{ Keyword?: string; Status?: string; Plan?: string; Offset?: number; Limit?: number }, { TotalCount: number; Apps: AppCard[]; MaxApps: number }>;
  "im/RegisterIMApp": A<{ Name: string; Type?: string; Introduction?: string; KeyAlgorithm?: string }, App>;
  "im/DescribeSdkAppInfo": A<ById, App>;
  "im/ModifyAppInfo": A<ById & { Name?: string; Type?: string; Introduction?: string }, App>;
  "im/ModifyAppTags": A<ById & { Tags: Tag[] }, App>;
  "im/StopSdkAppId": A<ById, App>;
  "im/StartSdkAppId": A<ById, App>;
  "im/ModifyAppStatus": A<ById & { Status: string }, App>;
  "im/DeleteSdkappid": A<ById & { ConfirmName: string }, { JobId: string }>;
  "im/ModifyAccountInfo": A<ById & { Add?: string[]; Remove?: string[] }, App>;
  "im/DescribeSecret": A<ById, { Keys: Key[] }>;
  "im/CreateSecret": A<ById, { Key: Key }>;
  "im/DeleteSecret": A<ById & { KeyId: number }, App>;
  "im/ToggleSecretVersion": A<ById, { Key: Key }>;
  "im/CreateSecretUserSig": A<ById & { UserID: string; Expire?: number }, { UserSig: string; CreateTime: number; Expire: number; ExpireTime: number; KeyId: number }>;
  "im/VerifySecretUserSig": A<ById & { UserID: string; UserSig: string }, { Valid: boolean; SDKAppID?: number; UserID?: string; CreateTime?: number; Expire?: number; ExpireTime?: number; Version?: number; ErrorCode: number; Cause: string; Cure: string }>;
  "im/DescribePlans": A<object, { Plans: { Plan: Plan; Limits: Limits }[]; Rows: { Name: string; Trial: number | string | null; Pro: number | string | null; Flagship: number | string | null; AddOnUpTo?: number | string | null; Enforced: boolean }[]; FlagshipOnly: { Feature: string; Available: boolean }[]; AddOns: { Name: string; Plan: Plan; Min: number; Max: number }[]; MinMonths: number; MaxMonths: number; Currency: string }>;
  "im/DescribePlanPrice": A<ById & { Plan?: Plan; AddOns?: AddOns; Months?: number }, { Items: { Name: string; Amount: number }[]; Amount: number; Currency: string; ExpireTime: number }>;
  "im/CreatePlanOrder": A<ById & { Plan?: Plan; AddOns?: AddOns; Months?: number; AutoRenew?: boolean; AcceptTerms: boolean }, { Order: Order; App: App }>;
  "im/DescribePlanOrders": A<ById & { Offset?: number; Limit?: number }, { TotalCount: number; Orders: Order[] }>;
  "im/SetRenewFlag": A<ById & { AutoRenew: boolean }, App>;
  "im/ModifyAppLimits": A<ById & { Overrides: Limits }, App>;
  "im/DescribeAbilityConfInfo": A<ById, Ability>;
  "im/SetAbilityConfInfo": A<ById & { Version: number } & Partial<Pick<Ability, "HistoryDays" | "RecallSeconds" | "BlacklistCheck" | "FriendCheck" | "DefaultAllowType" | "AllowAccountDeletion">>, Ability>;
  "im/AddUserField": A<ById & { Version: number; Field: UserField }, Ability>;
  "im/ModifyUserField": A<ById & { Version: number; Field: UserField }, Ability>;
  "im/AddFriendField": A<ById & { Version: number; Field: FriendField }, Ability>;
  "im/DescribeAccountList": A<ById & { Keyword?: string; After?: string; Limit?: number }, { TotalCount: number; Accounts: AccountRow[]; Next: string }>;
  "im/DescribeAccount": A<ById & { UserID: string }, Account>;
  "im/CreateAccount": A<ById & { UserID: string; Nick?: string; FaceUrl?: string; Type?: string }, AccountRow>;
  "im/ModifyAccountProfile": A<ById & { UserID: string; Profile: Record<string, string | number> }, Account>;
  "im/RemoveUser": A<ById & { UserIDs: string[] }, { Results: { UserID: string; ErrorCode: number; ErrorInfo: string }[] }>;
  "im/KickAccount": A<ById & { UserID: string }, None>;
  "im/ImportAccounts": A<ById & { Format: string; Content: string }, { JobId: string }>;
  "im/ExportAccounts": A<ById & { Format?: string; UserIDs?: string[]; Keyword?: string }, { JobId: string }>;
  "im/DescribeJobs": A<{ SDKAppID?: number; State?: string; Offset?: number; Limit?: number }, { TotalCount: number; Jobs: Job[] }>;
  "im/DescribeJob": A<{ JobId: string }, Job>;
  "im/CancelJob": A<{ JobId: string }, Job>;
  "im/DescribeJobReport": A<{ JobId: string; Offset?: number; Limit?: number }, { TotalCount: number; Rows: { Row: number; UserID: string; ErrorCode: number; Reason: string }[] }>;
}
export const LIMITS = {
  "im/RegisterIMApp.Name": { min: 1, max: 64 },
  "im/RegisterIMApp.Introduction": { max: 300 },
  "im/RegisterIMApp.Type": { max: 64 },
};
Object.assign(LIMITS, {
  "im/ModifyAppInfo.Name": { min: 1, max: 64 },
  "im/ModifyAppInfo.Introduction": { max: 300 },
  "im/ModifyAppInfo.Type": { max: 64 },
  "im/CreateAccount.UserID": { max: 32 },
  "im/CreateAccount.Nick": { max: 500 },
  "im/CreateAccount.FaceUrl": { max: 500 },
  "im/RemoveUser.UserIDs": { max: 100 },
  "im/ModifyAppTags.Tags": { max: 50 },
  "im/ModifyAppTags.Tags.Key": { max: 127 },
  "im/ModifyAppTags.Tags.Value": { max: 255 },
});
type TagValue = { Tag: string; Value: string | number | string[] };
type Result = { To_Account: string; ResultCode: number; ResultInfo: string };
type Batch = { ResultItem: Result[]; Fail_Account?: string[] };
type From = { SDKAppID: number; From_Account: string };
export interface Actions {
  "im/DescribeFriendList": A<From & { StartIndex: number; StandardSequence?: number; CustomSequence?: number }, { UserDataItem: { To_Account: string; ValueItem: TagValue[] }[]; FriendNum: number; CompleteFlag: number; NextStartIndex: number }>;
  "im/DescribeFriends": A<From & { To_Account: string[]; TagList: string[] }, { InfoItem: { To_Account: string; SnsProfileItem?: TagValue[]; ResultCode: number; ResultInfo: string }[] }>;
  "im/AddFriend": A<From & { AddFriendItem: { To_Account: string; AddSource: string; Remark?: string; GroupName?: string; AddWording?: string }[]; AddType?: string; ForceAddFlags?: number }, Batch>;
  "im/ModifyFriend": A<From & { UpdateItem: { To_Account: string; SnsItem: TagValue[] }[] }, Batch>;
  "im/DeleteFriend": A<From & { To_Account: string[]; DeleteType?: string }, Batch>;
  "im/DeleteAllFriends": A<From & { DeleteType?: string }, object>;
  "im/CheckFriend": A<From & { To_Account: string[]; CheckType: string }, { InfoItem: { To_Account: string; Relation: string; ResultCode: number; ResultInfo: string }[] }>;
  "im/DescribeFriendGroups": A<From & { NeedFriend?: string; GroupName?: string[] }, { ResultItem: { GroupName: string; FriendNumber: number; To_Account?: string[] }[] }>;
  "im/AddFriendGroup": A<From & { GroupName: string[]; To_Account?: string[] }, { ResultItem?: Result[] }>;
  "im/DeleteFriendGroup": A<From & { GroupName: string[] }, object>;
  "im/DescribeBlackList": A<From & { StartIndex: number; MaxLimited: number; LastSequence: number }, { BlackListItem: { To_Account: string; AddBlackTimeStamp: number }[]; StartIndex: number }>;
  "im/CheckBlackList": A<From & { To_Account: string[]; CheckType: string }, { BlackListCheckItem: { To_Account: string; Relation: string; ResultCode: number; ResultInfo: string }[] }>;
  "im/AddBlackList": A<From & { To_Account: string[] }, Batch>;
  "im/DeleteBlackList": A<From & { To_Account: string[] }, Batch>;
  "im/DescribeFollowList": A<From & { FollowType: number; StartCursor?: string; WantNum?: number }, { FollowItem: { To_Account: string; FollowTime: number; ProfileItem?: TagValue[] }[]; NextCursor: string }>;
  "im/DescribeFollowInfo": A<From & { To_Account: string[] }, { FollowInfo: { To_Account: string; ResultCode: number; FollowerCount: number; FollowingCount: number; MutualFollowingCount: number }[] }>;
  "im/AddFollow": A<From & { FollowItem: { To_Account: string }[] }, Batch>;
  "im/DeleteFollow": A<From & { To_Account: string[] }, Batch>;
  "im/DescribeFriendRequests": A<ById & { UserID: string; Direction: string; Offset?: number; Limit?: number }, { TotalCount: number; Requests: { UserID: string; Nick: string; FaceUrl: string; AddSource: string; AddWording: string; AddTime: number }[] }>;
  "im/AnswerFriendRequest": A<ById & { UserID: string; From: string; Accept: boolean; Both?: boolean; Remark?: string }, None>;
  "im/DeleteFriendRequest": A<ById & { UserID: string; Peer: string; Direction: string }, None>;
}
