// Made by `npm run types` from the server's OpenAPI document. Do not edit.

export type AddUser = {
  Name: string;
  Remark?: string;
  ConsoleLogin?: 0 | 1;
  UseApi?: 0 | 1;
  Password?: string;
  NeedResetPassword?: 0 | 1;
  PhoneNum?: string;
  CountryCode?: string;
  Email?: string;
};

export type UserAdded = {
  Uin: number;
  Name: string;
  Password: string;
  SecretId: string;
  SecretKey: string;
  Uid: number;
};

export type Memberships = {
  Info: Membership[];
};

export type Membership = {
  GroupId: number;
  Uid?: number;
  Uin?: number;
};

export type NothingIn = object;

export type Nothing = object;

export type AddUsers = {
  Users: UserName[];
  ConsoleLogin?: 0 | 1;
  UseApi?: 0 | 1;
  NeedResetPassword?: 0 | 1;
  PolicyId?: number[];
};

export type UserName = {
  Name: string;
};

export type UsersAdded = {
  Users: UserAdded[];
};

export type AttachGroupPolicy = {
  PolicyId: number;
  AttachGroupId: number;
};

export type AttachUserPolicy = {
  PolicyId: number;
  AttachUin: number;
};

export type BuildPolicyDocument = {
  Statements: StatementLine[];
};

export type StatementLine = {
  Effect: "allow" | "deny";
  Actions: string[];
  Resources?: string[];
  Conditions?: ConditionLine[];
};

export type ConditionLine = {
  Operator: string;
  Key: string;
  Values: string[];
};

export type DocumentBuilt = {
  PolicyDocument: string;
  Mistakes: Mistake[];
};

export type Mistake = {
  Code: string;
  Message: string;
  Detail: string;
  Params: Record<string, string | number>;
  Path: string;
  Line: number;
  Column: number;
  Offset: number;
};

export type CheckPolicySyntax = {
  PolicyDocument: string;
};

export type SyntaxChecked = {
  Valid: boolean;
  Mistakes: Mistake[];
};

export type CreateAccessKey = {
  TargetUin?: number;
  Description?: string;
};

export type AccessKeyMade = {
  AccessKey: AccessKeyDetail;
};

export type AccessKeyDetail = {
  AccessKeyId: string;
  SecretAccessKey: string;
  Status: "Active" | "Inactive";
  CreateTime: string;
  Description: string;
};

export type CreateGroup = {
  GroupName: string;
  Remark?: string;
};

export type GroupCreated = {
  GroupId: number;
};

export type CreatePolicy = {
  PolicyName: string;
  PolicyDocument: string;
  Description?: string;
  Tags?: TagIn[];
  CreateMode?: 2 | 3;
};

export type TagIn = {
  Key: string;
  Value?: string;
};

export type Tag = {
  Key: string;
  Value: string;
};

export type PolicyCreated = {
  PolicyId: number;
};

export type CreatePolicyVersion = {
  PolicyId: number;
  PolicyDocument: string;
  SetAsDefault: boolean;
};

export type VersionCreated = {
  VersionId: number;
};

export type CreateSubAccountLoginIpPolicy = {
  IpPolicies?: IpPolicyLineIn[];
  ApproverType?: string;
  ApproverUin?: number[];
  DisablePolicy?: 0 | 1;
  PolicyType?: 1 | 2;
};

export type IpPolicyLineIn = {
  IP: string;
  Effect: "Allow" | "Deny";
};

export type IpPolicyLine = {
  IP: string;
  Effect: "Allow" | "Deny";
};

export type CreateTagPolicy = {
  PolicyName: string;
  Actions: string[];
  Tags: TagWish[];
  Description?: string;
  Uins?: number[];
  GroupIds?: number[];
};

export type TagWish = {
  Key: string;
  Value?: string | null;
};

export type TagPolicyCreated = {
  PolicyId: number;
  PolicyDocument: string;
};

export type DeleteAccessKey = {
  TargetUin?: number;
  AccessKeyId: string;
};

export type OfGroup = {
  GroupId: number;
};

export type DeletePolicy = {
  PolicyId: number[];
};

export type DeletePolicyVersion = {
  PolicyId: number;
  VersionId: number[];
};

export type DeleteUser = {
  Name: string;
  Force?: 0 | 1;
};

export type OfBoundary = {
  TargetUin: number;
};

export type DescribeActions = {
  Service?: string;
};

export type ActionList = {
  Services: ServiceLine[];
  Actions: ActionLine[];
};

export type ServiceLine = {
  Service: string;
  Name: string;
};

export type ActionLine = {
  Service: string;
  Action: string;
  Kind: "list" | "read" | "write";
  Level: "app" | "operation";
  Description: string;
};

export type SessionRulesView = {
  Rules: SessionRules;
  UpdateTime: string;
  Modifier: string;
};

export type SessionRulesIn = {
  IdleMinutes?: number;
  MaxHours?: number;
};

export type SessionRules = {
  IdleMinutes: number;
  MaxHours: number;
};

export type IpPolicyView = {
  IpPolicies: IpPolicyLine[];
  DisablePolicy: number;
  PolicyType: number;
  UpdateTime: string;
  Modifier: string;
  ClientIp: string;
};

export type DescribeSubAccounts = {
  FilterSubAccountUin: number[];
};

export type SubAccounts = {
  SubAccounts: SubAccount[];
};

export type SubAccount = {
  Uin: number;
  Name: string;
  Uid: number;
  Remark: string;
  CreateTime: string;
  UserType: number;
  LastLoginIp: string;
  LastLoginTime: string;
};

export type DetachGroupPolicy = {
  PolicyId: number;
  DetachGroupId: number;
};

export type DetachUserPolicy = {
  PolicyId: number;
  DetachUin: number;
};

export type Summary = {
  Policies: number;
  Roles: number;
  User: number;
  Group: number;
  Member: number;
  IdentityProviders: number;
  LoginUrl: string;
};

export type GroupDetails = {
  GroupId: number;
  GroupName: string;
  GroupNum: number;
  Remark: string;
  CreateTime: string;
  UserInfo: GroupMember[];
};

export type GroupMember = {
  Uid: number;
  Uin: number;
  Name: string;
  PhoneNum: string;
  CountryCode: string;
  PhoneFlag: number;
  Email: string;
  EmailFlag: number;
  UserType: number;
  CreateTime: string;
  IsReceiverOwner: number;
  Remark: string;
};

export type RulesView = {
  Rules: PasswordRules;
  UpdateTime: string;
  Modifier: string;
};

export type PasswordRulesIn = {
  MinimumLength?: number;
  MustContain?: string;
  ForcePasswordChange?: number;
  ReusePasswordLimit?: number;
  RetryPasswordLimit?: number;
  PasswordExpirationInvalidation?: number;
};

export type PasswordRules = {
  MinimumLength: number;
  MustContain: string;
  ForcePasswordChange: number;
  ReusePasswordLimit: number;
  RetryPasswordLimit: number;
  PasswordExpirationInvalidation: number;
};

export type OfPolicy = {
  PolicyId: number;
};

export type PolicyDetails = {
  PolicyName: string;
  Description: string;
  Type: number;
  AddTime: string;
  UpdateTime: string;
  PolicyDocument: string;
  PresetAlias: string;
  IsServiceLinkedRolePolicy: number;
  Tags: Tag[];
};

export type OfVersion = {
  PolicyId: number;
  VersionId: number;
};

export type VersionView = {
  PolicyVersion: VersionDetails;
};

export type VersionDetails = {
  VersionId: number;
  CreateDate: string;
  IsDefaultVersion: number;
  Document: string;
};

export type GetSecurityLastUsed = {
  SecretIdList: string[];
};

export type LastUsed = {
  SecretIdLastUsedRows: LastUsedRow[];
};

export type LastUsedRow = {
  SecretId: string;
  LastUsedDate: string;
  LastSecretUsedDate: number;
};

export type sodam_cloudapi_actions_users_OfUser = {
  Name: string;
};

export type UserView = {
  Uin: number;
  Name: string;
  Uid: number;
  Remark: string;
  ConsoleLogin: number;
  PhoneNum: string;
  CountryCode: string;
  Email: string;
  CreateTime: string;
  NickName: string;
  RecentlyLoginIP: string;
  RecentlyLoginTime: string;
  MFA: boolean;
  NeedResetPassword: number;
};

export type AppIdView = {
  Uin: string;
  OwnerUin: string;
  AppId: number;
};

export type BoundaryView = {
  PolicyId: number;
  PolicyName: string;
  PolicyDocument: string;
  PolicyType: number;
  CreateMode: number;
};

export type OfKeyOwner = {
  TargetUin?: number;
};

export type AccessKeyList = {
  AccessKeys: AccessKeyLine[];
};

export type AccessKeyLine = {
  AccessKeyId: string;
  Status: "Active" | "Inactive";
  CreateTime: string;
  Description: string;
};

export type ListAttachedGroupPolicies = {
  Page?: number;
  Rp?: number;
  Keyword?: string;
  TargetGroupId: number;
};

export type AttachedList = {
  TotalNum: number;
  List: AttachedPolicy[];
};

export type AttachedPolicy = {
  PolicyId: number;
  PolicyName: string;
  AddTime: string;
  CreateMode: number;
  PolicyType: "QCS" | "User";
  Remark: string;
  OperateOwnerUin: string;
  OperateUin: string;
  OperateUinType: number;
  Deactived: number;
  DeactivedDetail: string[];
};

export type ListAttachedUserAllPolicies = {
  Page?: number;
  Rp?: number;
  Keyword?: string;
  TargetUin: number;
  AttachType?: 0 | 1 | 2;
  StrategyType?: 0 | 1 | 2;
};

export type HeldList = {
  TotalNum: number;
  PolicyList: HeldPolicy[];
};

export type HeldPolicy = {
  PolicyId: string;
  PolicyName: string;
  Description: string;
  AddTime: string;
  StrategyType: string;
  CreateMode: string;
  Groups: PolicyGroup[];
  Deactived: number;
};

export type PolicyGroup = {
  GroupId: number;
  GroupName: string;
};

export type ListAttachedUserPolicies = {
  Page?: number;
  Rp?: number;
  Keyword?: string;
  TargetUin: number;
};

export type ListCollaborators = {
  Limit?: number;
  Offset?: number;
};

export type CollaboratorList = {
  TotalNum: number;
  Data: UserView[];
};

export type ListEntitiesForPolicy = {
  Page?: number;
  Rp?: number;
  PolicyId: number;
  EntityFilter?: "All" | "Group" | "Role" | "User";
  Usage?: "Boundary" | "Policy";
  Keyword?: string;
};

export type EntityList = {
  TotalNum: number;
  List: EntityLine[];
};

export type EntityLine = {
  Id: string;
  Name: string;
  Uin: number;
  RelatedType: number;
  AttachmentTime: string;
  IsBoundary: number;
};

export type ListGroups = {
  Page?: number;
  Rp?: number;
  Keyword?: string;
};

export type GroupList = {
  TotalNum: number;
  GroupInfo: GroupInfo[];
};

export type GroupInfo = {
  GroupId: number;
  GroupName: string;
  CreateTime: string;
  Remark: string;
};

export type ListGroupsForUser = {
  Page?: number;
  Rp?: number;
  Uid?: number;
  SubUin?: number;
};

export type ListPolicies = {
  Page?: number;
  Rp?: number;
  Scope?: "All" | "Local" | "QCS";
  Keyword?: string;
};

export type PolicyList = {
  TotalNum: number;
  List: PolicyLine[];
  ServiceTypeList: string[];
};

export type PolicyLine = {
  PolicyId: number;
  PolicyName: string;
  AddTime: string;
  Type: number;
  Description: string;
  CreateMode: number;
  Attachments: number;
  ServiceType: string;
  IsAttached: number;
  Deactived: number;
  DeactivedDetail: string[];
  IsServiceLinkedPolicy: number;
  AttachEntityCount: number;
  AttachEntityBoundaryCount: number;
  UpdateTime: string;
  Tags: Tag[];
};

export type VersionList = {
  Versions: VersionLine[];
};

export type VersionLine = {
  VersionId: number;
  CreateDate: string;
  IsDefaultVersion: number;
};

export type UserList = {
  Data: UserView[];
};

export type ListUsersForGroup = {
  Page?: number;
  Rp?: number;
  GroupId: number;
};

export type MemberList = {
  TotalNum: number;
  UserInfo: GroupMember[];
};

export type PutUserPermissionsBoundary = {
  TargetUin: number;
  PolicyId: number;
};

export type ResetPassword = {
  Name: string;
  Password?: string;
  NeedResetPassword?: 0 | 1;
};

export type PasswordMade = {
  Password: string;
};

export type SetMfaFlag = {
  OpUin: number;
  LoginFlag: LoginFlag;
};

export type LoginFlag = {
  Stoken?: 0 | 1;
};

export type SimulatePolicy = {
  TargetUin: number;
  Action: string;
  SDKAppID?: number;
};

export type Simulated = {
  Allowed: boolean;
  Decision: "allow" | "explicitDeny" | "implicitDeny";
  Statements: DecidingStatement[];
};

export type DecidingStatement = {
  PolicyId: number;
  PolicyName: string;
  Effect: string;
  Index: number;
};

export type UpdateAccessKey = {
  TargetUin?: number;
  AccessKeyId: string;
  Status: "Active" | "Inactive";
};

export type UpdateGroup = {
  GroupId: number;
  GroupName?: string | null;
  Remark?: string | null;
};

export type UpdatePasswordRules = {
  Rules: PasswordRulesIn;
};

export type UpdatePolicy = {
  PolicyId?: number;
  PolicyName?: string;
  Description?: string | null;
  PolicyDocument?: string | null;
  Alias?: string | null;
};

export type UpdateSessionRules = {
  Rules: SessionRulesIn;
};

export type UpdateUser = {
  Name: string;
  Remark?: string | null;
  ConsoleLogin?: 0 | 1 | null;
  Password?: string;
  NeedResetPassword?: 0 | 1 | null;
  PhoneNum?: string | null;
  CountryCode?: string | null;
  Email?: string | null;
};

export type OfEvent = {
  EventId: number;
};

export type EventView = {
  EventId: number;
  Time: number;
  Uin: number;
  Name: string;
  Edge: string;
  Action: string;
  Resource: string;
  SDKAppID: number;
  Outcome: string;
  ErrorCode: string;
  Before: string;
  After: string;
  Ip: string;
  UserAgent: string;
  RequestId: string;
};

export type DescribeEvents = {
  From?: number;
  To?: number;
  Uin?: number;
  User?: string;
  Action?: string;
  SDKAppID?: number;
  Keyword?: string;
  Outcome?: "" | "challenged" | "failed" | "ok" | "partly" | "refused";
  Before?: number;
  Limit?: number;
};

export type EventList = {
  Events: EventView[];
  Next: number;
};

export type ExportEvents = {
  From?: number;
  To?: number;
  Uin?: number;
  User?: string;
  Action?: string;
  SDKAppID?: number;
  Keyword?: string;
  Outcome?: "" | "challenged" | "failed" | "ok" | "partly" | "refused";
  Format?: "csv" | "json";
};

export type JobBegun = {
  JobId: string;
};

export type OfApp = {
  SDKAppID: number;
};

export type ResultAnswer = {
  ResultItem: ResultItem[];
  Fail_Account: string[] | null;
};

export type ResultItem = {
  To_Account: string;
  ResultCode: number;
  ResultInfo: string;
};

export type BlackListChange = {
  From_Account: string;
  To_Account: string[] | string;
};

export type AddDirtyWords = {
  SDKAppID: number;
  Words: DirtyWordIn[];
};

export type DirtyWordIn = {
  Word: string;
  Action?: "Allow" | "Block" | "Mark" | "Replace";
  Inside?: boolean;
  Replacement?: string;
};

export type DirtyWord = {
  Word: string;
  Action: "Allow" | "Block" | "Mark" | "Replace";
  Inside: boolean;
  Replacement: string;
};

export type WordCount = {
  TotalCount: number;
};

export type FollowAdd = {
  From_Account: string;
  FollowItem: FollowItem[] | FollowItem;
};

export type FollowItem = {
  To_Account: string;
};

export type FriendAdd = {
  From_Account: string;
  AddFriendItem: AddFriendItem[] | AddFriendItem;
  AddType?: "" | "Add_Type_Both" | "Add_Type_Single" | null;
  ForceAddFlags?: 0 | 1 | null;
};

export type AddFriendItem = {
  To_Account: string;
  AddSource: string;
  Remark?: string | null;
  GroupName?: string[] | string | null;
  AddWording?: string | null;
};

export type FriendFieldChange = {
  SDKAppID: number;
  Version: number;
  Field: FriendFieldViewIn;
};

export type FriendFieldViewIn = {
  Name: string;
  Type: "bytes" | "string" | "uint64";
};

export type FriendFieldView = {
  Name: string;
  Type: "bytes" | "string" | "uint64";
};

export type Ability = {
  Version: number;
  Community: boolean;
  CommunityTopics: boolean;
  RoomMessageRate: number;
  RoomHistory: number;
  RoomOnlineMembers: boolean;
  RoomBan: boolean;
  RoomBroadcast: boolean;
  RoomBroadcastRate: number;
  RoomGuests: boolean;
  WorkHistory: boolean;
  PublicHistory: boolean;
  MeetingHistory: boolean;
  CommunityHistory: boolean;
  WorkMemberTips: boolean;
  PublicMemberTips: boolean;
  MeetingMemberTips: boolean;
  CommunityMemberTips: boolean;
  WorkProfileTips: boolean;
  PublicProfileTips: boolean;
  MeetingProfileTips: boolean;
  CommunityProfileTips: boolean;
  WorkOptionTips: boolean;
  PublicOptionTips: boolean;
  MeetingOptionTips: boolean;
  CommunityOptionTips: boolean;
  WorkStandingTips: boolean;
  PublicStandingTips: boolean;
  MeetingStandingTips: boolean;
  CommunityStandingTips: boolean;
  AvRoomStandingTips: boolean;
  WorkReceipts: boolean;
  PublicReceipts: boolean;
  MeetingReceipts: boolean;
  HistoryDays: number;
  HistoryDaysChangeableFrom: number;
  RecallSeconds: number;
  BlacklistCheck: boolean;
  FriendCheck: boolean;
  ConversationDeletionSync: boolean;
  ConversationLimit: number;
  MessageExtension: boolean;
  CloudSearch: boolean;
  LoginType: "dual" | "multi" | "single" | "triple";
  WebInstances: number;
  DeviceInstances: number;
  CleanPictures: boolean;
  PictureMegabytes: number;
  FileMegabytes: number;
  DefaultAllowType: "AllowType_Type_AllowAny" | "AllowType_Type_DenyAny" | "AllowType_Type_NeedConfirm";
  UserStatus: boolean;
  AllowAccountDeletion: boolean;
  DeletedIdDays: number;
  TimeZone: string;
  Calls: boolean;
  UserFields: UserFieldView[];
  FriendFields: FriendFieldView[];
  GroupFields: GroupFieldView[];
  GroupMemberFields: GroupMemberFieldView[];
  Locked: LockedSetting[];
  Ranges: Ranges;
  Sections: SectionView[];
};

export type UserFieldViewIn = {
  Name: string;
  Type: "bytes" | "string" | "uint64";
  AppRead?: boolean;
  AppWrite?: boolean;
  AdminRead?: boolean;
  AdminWrite?: boolean;
};

export type UserFieldView = {
  Name: string;
  Type: "bytes" | "string" | "uint64";
  AppRead: boolean;
  AppWrite: boolean;
  AdminRead: boolean;
  AdminWrite: boolean;
};

export type GroupFieldViewIn = {
  Name: string;
  Rights: GroupRightIn[];
};

export type GroupFieldView = {
  Name: string;
  Rights: GroupRight[];
};

export type GroupRightIn = {
  Type: "AVChatRoom" | "ChatRoom" | "Community" | "Private" | "Public";
  Read?: "admin" | "anyone" | "app" | "member" | "owner";
  Write?: "admin" | "anyone" | "app" | "member" | "owner";
};

export type GroupRight = {
  Type: "AVChatRoom" | "ChatRoom" | "Community" | "Private" | "Public";
  Read: "admin" | "anyone" | "app" | "member" | "owner";
  Write: "admin" | "anyone" | "app" | "member" | "owner";
};

export type GroupMemberFieldViewIn = {
  Name: string;
  Rights: MemberRightIn[];
};

export type GroupMemberFieldView = {
  Name: string;
  Rights: MemberRight[];
};

export type MemberRightIn = {
  Type: "AVChatRoom" | "ChatRoom" | "Community" | "Private" | "Public";
  Read?: "admin" | "anyone" | "app" | "member" | "owner";
  Write?: "admin" | "anyone" | "app" | "member" | "owner";
  Own?: boolean;
};

export type MemberRight = {
  Type: "AVChatRoom" | "ChatRoom" | "Community" | "Private" | "Public";
  Read: "admin" | "anyone" | "app" | "member" | "owner";
  Write: "admin" | "anyone" | "app" | "member" | "owner";
  Own: boolean;
};

export type LockedSetting = {
  Setting: string;
  Plan: string;
  Why: string;
};

export type Ranges = {
  RoomMessageRate: MinMax;
  RoomHistory: MinMax;
  RoomBroadcastRate: MinMax;
  HistoryDays: MinMax;
  RecallSeconds: MinMax;
  ConversationLimit: MinMax;
  WebInstances: MinMax;
  DeviceInstances: MinMax;
  PictureMegabytes: MinMax;
  FileMegabytes: MinMax;
  DeletedIdDays: MinMax;
  UserFields: FieldLimits;
  FriendFields: FieldLimits;
  GroupFields: FieldLimits;
  GroupMemberFields: FieldLimits;
  Profile: ProfileFieldRule[];
  Relations: RelationLimits;
  CustomValueMax: number;
};

export type MinMax = {
  Min: number;
  Max: number;
};

export type FieldLimits = {
  Max: number;
  NameMax: number;
};

export type ProfileFieldRule = {
  Tag: string;
  Type: "bytes" | "string" | "uint32" | "uint64";
  MaxBytes: number;
  Values: string[];
};

export type RelationLimits = {
  Remark: number;
  Wording: number;
  GroupName: number;
  Groups: number;
  Source: number;
};

export type SectionView = {
  Section: "accounts" | "calls" | "friends" | "groups" | "login" | "messages" | "webhooks";
  Version: number;
  Settings: SettingForm[];
};

export type SettingForm = {
  Setting: string;
  Heading: string;
  Type: "choice" | "number" | "switch" | "zone";
  Value: boolean | number | string;
  Default: boolean | number | string;
  Min: number | null;
  Max: number | null;
  Unit: "" | "days" | "mebibytes" | "seconds";
  Values: string[];
  NeedsPlan: string;
  ChangeableFrom: number;
  LoweringErases: boolean;
};

export type GroupAddAnswer = {
  CurrentSequence: number;
  ResultItem: ResultItem[] | null;
  Fail_Account: string[] | null;
};

export type GroupAdd = {
  From_Account: string;
  GroupName: string[] | string;
  To_Account?: string[] | string | null;
};

export type AddGroupBan = {
  SDKAppID: number;
  GroupId: string;
  UserIDs: string[];
  Seconds: number;
  Description?: string;
};

export type MemberOutcomes = {
  Results: MemberOutcome[];
};

export type MemberOutcome = {
  UserID: string;
  ErrorCode: number;
  ErrorInfo: string;
  Already: boolean;
};

export type GroupFieldChange = {
  SDKAppID: number;
  Version: number;
  Field: GroupFieldViewIn;
};

export type ManyMembers = {
  SDKAppID: number;
  GroupId: string;
  UserIDs: string[];
};

export type GroupMemberFieldChange = {
  SDKAppID: number;
  Version: number;
  Field: GroupMemberFieldViewIn;
};

export type OfSubscribers = {
  SDKAppID: number;
  Account: string;
  UserIDs: string[];
};

export type SubscriberOutcomes = {
  Results: SubscriberOutcome[];
};

export type SubscriberOutcome = {
  UserID: string;
  Result: number;
  ErrorCode: number;
};

export type UserFieldChange = {
  SDKAppID: number;
  Version: number;
  Field: UserFieldViewIn;
};

export type AnswerFriendRequest = {
  SDKAppID: number;
  UserID: string;
  From: string;
  Accept: boolean;
  Both?: boolean;
  Remark?: string;
};

export type CallRestApi = {
  SDKAppID: number;
  Command: string;
  Body: string;
};

export type RestAnswer = {
  Answer: string;
  ErrorCode: number;
  Millis: number;
  Advice: string;
  Cause: string;
  Cure: string;
};

export type OfJob = {
  JobId: string;
};

export type JobView = {
  JobId: string;
  Kind: string;
  SDKAppID: number;
  State: string;
  Done: number;
  Total: number;
  Refused: number;
  Message: string;
  Detail: string;
  Params: Record<string, string | number>;
  CreateTime: number;
  StartTime: number;
  EndTime: number;
  Uin: number;
  Name: string;
  File: string;
};

export type BlackListCheckAnswer = {
  BlackListCheckItem: sodam_rest_sns_read_CheckItem[];
  Fail_Account: string[] | null;
};

export type sodam_rest_sns_read_CheckItem = {
  To_Account: string;
  Relation: string;
  ResultCode: number;
  ResultInfo: string;
};

export type BlackListCheck = {
  From_Account: string;
  To_Account: string[] | string;
  CheckType: "BlackCheckResult_Type_Both" | "BlackCheckResult_Type_Singal" | "BlackCheckResult_Type_Single";
};

export type FollowCheckAnswer = {
  ResultItem: sodam_rest_follow_CheckItem[];
  Fail_Account: string[] | null;
};

export type sodam_rest_follow_CheckItem = {
  To_Account: string;
  ResultCode: number;
  ResultInfo: string;
  FollowType: number;
};

export type FollowPeers = {
  From_Account: string;
  To_Account: string[] | string;
};

export type FriendCheckAnswer = {
  InfoItem: sodam_rest_sns_read_CheckItem[];
  Fail_Account: string[] | null;
};

export type FriendCheck = {
  From_Account: string;
  To_Account: string[] | string;
  CheckType: "CheckResult_Type_Both" | "CheckResult_Type_Singal" | "CheckResult_Type_Single";
};

export type ClearedInbox = {
  Count: number;
};

export type CreateAccount = {
  SDKAppID: number;
  UserID: string;
  Nick?: string;
  FaceUrl?: string;
  Type?: "administrator" | "ordinary";
};

export type AccountRow = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  Type: "administrator" | "ordinary";
  CreateTime: number;
};

export type CreateChatGroup = {
  SDKAppID: number;
  Name: string;
  Type: "AVChatRoom" | "Community" | "Meeting" | "Public" | "Work";
  Owner?: string;
  GroupId?: string;
  SupportTopic?: 0 | 1;
};

export type GroupMade = {
  GroupId: string;
};

export type CreateOfficialAccount = {
  SDKAppID: number;
  Name: string;
  Owner: string;
  Account?: string;
  Introduction?: string;
  FaceUrl?: string;
  Organization?: string;
  MaxSubscriberNum?: number;
};

export type OfficialMade = {
  Account: string;
};

export type CreatePlanOrder = {
  SDKAppID: number;
  Plan?: "Flagship" | "Pro" | null;
  AddOns?: AddOnsViewIn;
  Months?: number;
  AutoRenew?: boolean;
  AcceptTerms?: boolean;
};

export type AddOnsViewIn = {
  GroupsJoined?: number | null;
  GroupMembers?: number | null;
  HistoryDays?: number | null;
  AVChatRooms?: boolean;
};

export type AddOnsView = {
  GroupsJoined: number | null;
  GroupMembers: number | null;
  HistoryDays: number | null;
  AVChatRooms: boolean;
};

export type OrderPlaced = {
  Order: OrderView;
  App: AppView;
};

export type OrderView = {
  OrderId: number;
  CreateTime: number;
  Uin: number;
  Kind: string;
  Plan: "Flagship" | "Pro" | "Trial";
  AddOns: AddOnsView;
  Months: number;
  AutoRenew: boolean;
  Amount: number;
  Currency: string;
  ExpireTime: number;
};

export type AppView = {
  SDKAppID: number;
  Name: string;
  Type: string;
  Status: string;
  Plan: "Flagship" | "Pro" | "Trial";
  CreateTime: number;
  UpdateTime: number;
  ExpireTime: number;
  AutoRenew: boolean;
  Tags: Tag[];
  Introduction: string;
  Admins: string[];
  MaxAdmins: number;
  DefaultAdmin: string;
  Keys: KeyLine[];
  AddOns: AddOnsView;
  Limits: LimitsView;
  Overrides: OverridesView;
  AccountCount: number;
  HistoryDays: number;
  CreateUin: number;
  DisableTime: number;
  PlanChangeableFrom: number;
  Calls: boolean;
  CallRelay: boolean;
  Version: number;
};

export type KeyLine = {
  KeyId: number;
  Algorithm: string;
  CreateTime: number;
  Masked: string;
};

export type LimitsView = {
  Accounts: number | null;
  Friends: number;
  Blacklist: number;
  HistoryDays: number;
  GroupsJoined: number;
  GroupMembers: number;
  AVChatRooms: number | null;
};

export type OverridesViewIn = {
  Accounts?: number | null;
  Friends?: number;
  Blacklist?: number;
  HistoryDays?: number;
  GroupsJoined?: number;
  GroupMembers?: number;
  AVChatRooms?: number | null;
};

export type OverridesView = {
  Accounts: number | null;
  Friends: number;
  Blacklist: number;
  HistoryDays: number;
  GroupsJoined: number;
  GroupMembers: number;
  AVChatRooms: number | null;
};

export type CreatePrivateMapKey = {
  SDKAppID: number;
  UserID: string;
  Room: string;
  RoomIsNumber?: boolean;
  Privileges?: number;
  Expire?: number;
};

export type PrivateMapKeyMade = {
  PrivateMapKey: string;
  ExpireTime: number;
};

export type CreatePushTask = {
  SDKAppID: number;
  Condition?: ConditionIn | null;
  Title?: string;
  Desc?: string;
  Ext?: string;
  Text?: string;
  Stored?: boolean;
  From?: string;
  DataId?: string;
  At?: number;
};

export type ConditionIn = {
  TagsOr?: string[] | null;
  TagsAnd?: string[] | null;
  TagsNot?: string[] | null;
  AttrsOr?: Record<string, string> | null;
  AttrsAnd?: Record<string, string> | null;
};

export type Condition = {
  TagsOr: string[] | null;
  TagsAnd: string[] | null;
  TagsNot: string[] | null;
  AttrsOr: Record<string, string> | null;
  AttrsAnd: Record<string, string> | null;
};

export type PushTaskId = {
  TaskId: string;
};

export type KeyMade = {
  Key: KeyView;
};

export type KeyView = {
  KeyId: number;
  Algorithm: string;
  CreateTime: number;
  Secret: string;
  PublicKey: string;
};

export type CreateSecretUserSig = {
  SDKAppID: number;
  UserID: string;
  Expire?: number;
};

export type UserSigMade = {
  UserSig: string;
  CreateTime: number;
  Expire: number;
  ExpireTime: number;
  KeyId: number;
};

export type CreateTopic = {
  SDKAppID: number;
  GroupId: string;
  Name: string;
  TopicId?: string;
  Introduction?: string;
  Notification?: string;
  FaceUrl?: string;
  CustomString?: string;
};

export type TopicMade = {
  TopicId: string;
};

export type FriendDeleteAll = {
  From_Account: string;
  DeleteType?: "Delete_Type_Both" | "Delete_Type_Single" | "" | null;
};

export type ClientCertificates = {
  Authority: string;
  Certificates: ClientCertificate[];
};

export type ClientCertificate = {
  Number: number;
  Pem: string;
  Subject: string;
  Serial: string;
  Fingerprint: string;
  NotBefore: number;
  NotAfter: number;
  UsedFrom: number;
  InUse: boolean;
};

export type DeleteDirtyWords = {
  SDKAppID: number;
  Words: string[];
};

export type FollowDelete = {
  From_Account: string;
  To_Account: string[] | string;
};

export type FriendDelete = {
  From_Account: string;
  To_Account: string[] | string;
  DeleteType?: "Delete_Type_Both" | "Delete_Type_Single" | "" | null;
};

export type GroupDeleteAnswer = {
  CurrentSequence: number;
};

export type GroupDelete = {
  From_Account: string;
  GroupName: string[] | string;
};

export type DeleteFriendRequest = {
  SDKAppID: number;
  UserID: string;
  Peer: string;
  Direction: "received" | "sent";
};

export type DeleteGroupBan = {
  SDKAppID: number;
  GroupId: string;
  UserIDs: string[];
};

export type DeleteGroupMember = {
  SDKAppID: number;
  GroupId: string;
  UserIDs: string[];
  Reason?: string;
};

export type OfCertificate = {
  SDKAppID: number;
  CertificateId: number;
};

export type OfDevice = {
  SDKAppID: number;
  RegistrationId: string;
};

export type DeleteSdkappid = {
  SDKAppID: number;
  ConfirmName: string;
};

export type DeleteSecret = {
  SDKAppID: number;
  KeyId: number;
};

export type OfAccount = {
  SDKAppID: number;
  UserID: string;
};

export type AccountView = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  Type: "administrator" | "ordinary";
  CreateTime: number;
  Profile: Record<string, string | number>;
};

export type DescribeAccountGroups = {
  SDKAppID: number;
  UserID: string;
  Offset?: number;
  Limit?: number;
};

export type AccountGroups = {
  TotalCount: number;
  Groups: AccountGroup[];
};

export type AccountGroup = {
  GroupId: string;
  Name: string;
  FaceUrl: string;
  Type: "AVChatRoom" | "Community" | "Meeting" | "Public" | "Work";
  MemberNum: number;
  Role: "Admin" | "Member" | "Owner";
  NameCard: string;
  JoinTime: number;
  MuteUntil: number;
};

export type DescribeAccountList = {
  SDKAppID: number;
  Keyword?: string;
  After?: string;
  Limit?: number;
  Type?: "administrator" | "ordinary" | "";
  Sort?: "-CreateTime" | "-UserID" | "CreateTime" | "UserID";
};

export type AccountList = {
  TotalCount: number;
  Accounts: AccountRow[];
  Next: string;
  Exact: boolean;
};

export type AccountState = {
  Online: boolean;
  Devices: sodam_cloudapi_actions_account_state_DeviceView[];
  Friends: number;
  FriendGroups: number;
  FriendRequests: number;
  Blacklist: number;
  Following: number;
  Followers: number;
  Groups: number;
};

export type sodam_cloudapi_actions_account_state_DeviceView = {
  Platform: string;
  LoginTime: number;
};

export type DescribeAppidGroupList = {
  SDKAppID: number;
  Keyword?: string;
  Type?: "AVChatRoom" | "Community" | "Meeting" | "Public" | "Work" | "";
  Ownerless?: boolean;
  Offset?: number;
  Limit?: number;
  Sort?: "-CreateTime" | "-GroupId" | "-LastMsgTime" | "-MemberNum" | "CreateTime" | "GroupId" | "LastMsgTime" | "MemberNum";
};

export type ChatGroupList = {
  TotalCount: number;
  Groups: ChatGroupRow[];
};

export type ChatGroupRow = {
  GroupId: string;
  Name: string;
  FaceUrl: string;
  Type: "AVChatRoom" | "Community" | "Meeting" | "Public" | "Work";
  Owner: Person;
  MemberNum: number;
  CreateTime: number;
  LastMsgTime: number;
};

export type Person = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
};

export type BlackListGetAnswer = {
  BlackListItem: BlackListItem[];
  StartIndex: number;
  CurruentSequence: number;
  CurrentSequence: number;
};

export type BlackListItem = {
  To_Account: string;
  AddBlackTimeStamp: number;
};

export type BlackListGet = {
  From_Account: string;
  MaxLimited: number;
  StartIndex?: number;
  LastSequence?: number | null;
};

export type CallbackView = {
  Version: number;
  Url: string;
  Refused: boolean;
  TokenSet: boolean;
  Commands: CommandView[];
  C2CFailure: "deliver" | "refuse";
  GroupFailure: "deliver" | "refuse";
  Retry: "lasting" | "original";
  Waiting: number;
  GivenUp: number;
  PausedUntil: number;
};

export type CommandView = {
  Command: string;
  Switch: string;
  Kind: "after" | "before";
  On: boolean;
};

export type DescribeCallbackLog = {
  SDKAppID: number;
  Before?: number;
  Limit?: number;
  Command?: string;
  FailedOnly?: boolean;
  Outcome?: string;
  EventId?: string;
  Url?: string;
  Since?: number;
  Until?: number;
};

export type DeliveryList = {
  Deliveries: DeliveryView[];
  Next: number;
};

export type DeliveryView = {
  DeliveryId: number;
  Time: number;
  EventId: string;
  Command: string;
  Attempt: number;
  Outcome: string;
  Status: number;
  Millis: number;
  Url: string;
  Request: string;
  Answer: string;
};

export type DescribeDailyStatistics = {
  SDKAppID: number;
  Kind: "groups" | "messages" | "users";
  From: string;
  To: string;
};

export type DailyStatistics = {
  TimeZone: string;
  Today: string;
  UpTo: string;
  Since: string;
  Overview: StatisticsFigure[];
  Days: StatisticsDay[];
};

export type StatisticsFigure = {
  Name: "C2CMessages" | "GroupMessages" | "Groups" | "Messages" | "NewUsers" | "PeakActiveUsers" | "PeakGroups" | "Users";
  Value: number;
  Before: number | null;
};

export type StatisticsDay = {
  Date: string;
  State: "closed" | "none" | "open" | "partial";
  ActiveUsers: number;
  Users: number;
  NewUsers: number;
  Messages: number;
  C2CMessages: number;
  GroupMessages: number;
  Senders: number;
  OfflinePushes: number;
  NewGroups: number;
  ActiveGroups: number;
  Groups: number;
  PeakGroups: number;
};

export type DescribeDevelopmentInbox = {
  SDKAppID: number;
  Kind?: "" | "callback" | "push";
  Text?: string;
  After?: number;
  Limit?: number;
};

export type CaughtList = {
  Requests: CaughtView[];
  Oldest: number;
  Began: number;
};

export type CaughtView = {
  Number: number;
  Time: number;
  Kind: string;
  Name: string;
  UserID: string;
  Url: string;
  Headers: HeaderView[];
  Body: string;
};

export type HeaderView = {
  Name: string;
  Value: string;
};

export type DescribeDirtyWords = {
  SDKAppID: number;
  Cursor?: string;
  Limit?: number;
};

export type DirtyWords = {
  TotalCount: number;
  Words: DirtyWord[];
  Cursor: string;
};

export type FollowGetInfoAnswer = {
  FollowInfo: FollowCounts[];
  Fail_Account: string[] | null;
};

export type FollowCounts = {
  To_Account: string;
  ResultCode: number;
  ResultInfo: string;
  FollowerCount: number;
  FollowingCount: number;
  MutualFollowingCount: number;
};

export type FollowGetAnswer = {
  FollowItem: Followed[];
  NextCursor: string;
};

export type Followed = {
  To_Account: string;
  FollowTime: number;
  ProfileItem: ProfileField[];
  profile_sequence: number;
  ProfileSequence: number;
};

export type ProfileField = {
  Tag: string;
  Value: string | number;
};

export type FollowGet = {
  From_Account: string;
  FollowType: 1 | 2 | 3;
  StartCursor?: string | null;
  WantNum?: number | null;
};

export type GroupGetAnswer = {
  ResultItem: FriendGroup[];
  CurrentSequence: number;
};

export type FriendGroup = {
  GroupName: string;
  FriendNumber: number;
  To_Account: string[] | null;
};

export type GroupGet = {
  From_Account: string;
  LastSequence?: number | null;
  NeedFriend?: "" | "Need_Friend_Type_No" | "Need_Friend_Type_Yes" | null;
  GroupName?: string[] | string | null;
};

export type FriendGetAnswer = {
  UserDataItem: UserData[];
  StandardSequence: number;
  CustomSequence: number;
  FriendNum: number;
  CompleteFlag: number;
  NextStartIndex: number;
};

export type UserData = {
  To_Account: string;
  ValueItem: FieldValue[];
};

export type FieldValue = {
  Tag: string;
  Value: string | number | string[];
};

export type FriendGet = {
  From_Account: string;
  StartIndex?: number;
  StandardSequence?: number | null;
  CustomSequence?: number | null;
};

export type DescribeFriendPage = {
  SDKAppID: number;
  UserID: string;
  Keyword?: string;
  Offset?: number;
  Limit?: number;
};

export type FriendPage = {
  TotalCount: number;
  FriendNum: number;
  Friends: FriendRow[];
};

export type FriendRow = {
  To_Account: string;
  Nick: string;
  FaceUrl: string;
  Both: boolean;
  ValueItem: FriendField[];
};

export type FriendField = {
  Tag: string;
  Value: string | number | string[];
};

export type DescribeFriendRequests = {
  SDKAppID: number;
  UserID: string;
  Direction: "received" | "sent";
  Offset?: number;
  Limit?: number;
};

export type FriendRequests = {
  TotalCount: number;
  Requests: FriendRequest[];
};

export type FriendRequest = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  AddSource: string;
  AddWording: string;
  AddTime: number;
};

export type FriendGetListAnswer = {
  InfoItem: FriendInfo[];
  Fail_Account: string[] | null;
};

export type FriendInfo = {
  To_Account: string;
  ResultCode: number;
  ResultInfo: string;
  SnsProfileItem: FieldValue[] | null;
};

export type FriendGetList = {
  From_Account: string;
  To_Account: string[] | string;
  TagList: string[] | string;
};

export type PagedOfChatGroup = {
  SDKAppID: number;
  GroupId: string;
  Offset?: number;
  Limit?: number;
};

export type BanList = {
  Bans: BanRow[];
  Next: number;
};

export type BanRow = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  Until: number;
  Reason: string;
};

export type OfChatGroup = {
  SDKAppID: number;
  GroupId: string;
};

export type ChatGroupView = {
  GroupId: string;
  Name: string;
  Type: "AVChatRoom" | "Community" | "Meeting" | "Public" | "Work";
  Introduction: string;
  Notification: string;
  FaceUrl: string;
  Owner: Person;
  CreateTime: number;
  LastInfoTime: number;
  LastMsgTime: number;
  MemberNum: number;
  MaxMemberNum: number;
  ApplyJoinOption: string;
  InviteJoinOption: string;
  MuteAllMember: string;
  HistoryMsgBeforeJoin: string;
  Attributes: Attribute[];
  Counters: Counter[];
  SupportTopic: number;
  Topics: ChatTopic[];
  Operations: string[];
  Choices: string[];
};

export type Attribute = {
  Key: string;
  Value: string;
};

export type Counter = {
  Key: string;
  Value: number;
};

export type ChatTopic = {
  TopicId: string;
  Name: string;
  CreateTime: number;
  LastMsgTime: number;
};

export type DescribeGroupMemberInfo = {
  SDKAppID: number;
  GroupId: string;
  Keyword?: string;
  Role?: "Admin" | "Member" | "Owner" | "";
  Offset?: number;
  Limit?: number;
};

export type ChatMembers = {
  TotalCount: number;
  Members: MemberRow[];
};

export type MemberRow = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  NameCard: string;
  Role: "Admin" | "Member" | "Owner";
  JoinTime: number;
  LastSendTime: number;
  MuteUntil: number;
};

export type DescribeGroupMessages = {
  SDKAppID: number;
  GroupId: string;
  Before?: number;
  Limit?: number;
};

export type ChatMessages = {
  Messages: ChatMessage[];
  Next: number;
};

export type ChatMessage = {
  MsgSeq: number;
  MsgTime: number;
  From: string;
  Nick: string;
  FaceUrl: string;
  Kind: "message" | "tip";
  Recalled: boolean;
  To: string[];
  MsgBody: unknown[];
};

export type MuteList = {
  TotalCount: number;
  Mutes: UntilRow[];
};

export type UntilRow = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  Until: number;
};

export type DescribeIMAppList = {
  Keyword?: string;
  Status?: "" | "deleting" | "disabled" | "enabled" | "expired";
  Plan?: "" | "Flagship" | "Pro" | "Trial";
  Tag?: TagFilter | null;
  Offset?: number;
  Limit?: number;
};

export type TagFilter = {
  Key: string;
  Value?: string | null;
};

export type AppList = {
  TotalCount: number;
  Apps: AppCard[];
  MaxApps: number;
};

export type AppCard = {
  SDKAppID: number;
  Name: string;
  Type: string;
  Status: string;
  Plan: "Flagship" | "Pro" | "Trial";
  CreateTime: number;
  UpdateTime: number;
  ExpireTime: number;
  AutoRenew: boolean;
  Tags: Tag[];
};

export type DescribeJobReport = {
  JobId: string;
  Offset?: number;
  Limit?: number;
};

export type JobReport = {
  TotalCount: number;
  Rows: ReportRow[];
};

export type ReportRow = {
  Row: number;
  UserID: string;
  ErrorCode: number;
  Reason: string;
  Detail: string;
  Params: Record<string, string | number>;
};

export type DescribeJobs = {
  SDKAppID?: number | null;
  State?: "" | "cancelled" | "done" | "failed" | "queued" | "running";
  Offset?: number;
  Limit?: number;
};

export type JobList = {
  TotalCount: number;
  Jobs: JobView[];
};

export type DescribeOfficialAccounts = {
  SDKAppID: number;
  Keyword?: string;
  Cursor?: string;
  Limit?: number;
};

export type OfficialAccounts = {
  TotalCount: number;
  Accounts: OfficialRow[];
  Cursor: string;
};

export type OfficialRow = {
  Account: string;
  Name: string;
  FaceUrl: string;
  Introduction: string;
  Organization: string;
  Owner: Person;
  SubscriberNum: number;
  MaxSubscriberNum: number;
  CreateTime: number;
  LastMsgTime: number;
};

export type DescribeOfficialSubscribers = {
  SDKAppID: number;
  Account: string;
  Cursor?: string;
  Limit?: number;
};

export type OfficialSubscribers = {
  TotalCount: number;
  Subscribers: SubscriberRow[];
  Cursor: string;
};

export type SubscriberRow = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  SubscribeTime: number;
  Muted: boolean;
};

export type DescribePlanOrders = {
  SDKAppID: number;
  Offset?: number;
  Limit?: number;
};

export type OrderList = {
  TotalCount: number;
  Orders: OrderView[];
};

export type DescribePlanPrice = {
  SDKAppID: number;
  Plan?: "Flagship" | "Pro" | null;
  AddOns?: AddOnsViewIn;
  Months?: number;
};

export type PriceView = {
  Items: PriceItem[];
  Amount: number;
  Currency: string;
  ExpireTime: number;
};

export type PriceItem = {
  Name: string;
  Amount: number;
};

export type PlansView = {
  Plans: PlanLine[];
  Rows: PlanRow[];
  FlagshipOnly: FeatureRow[];
  Features: FeatureRow[];
  AddOns: AddOnRow[];
  MinMonths: number;
  MaxMonths: number;
  Currency: string;
};

export type PlanLine = {
  Plan: string;
  Limits: LimitsView;
};

export type PlanRow = {
  Name: string;
  Trial: number | string | null;
  Pro: number | string | null;
  Flagship: number | string | null;
  ProUpTo: number | string | null;
  FlagshipUpTo: number | string | null;
  Enforced: boolean;
};

export type FeatureRow = {
  Feature: string;
  Available: boolean;
  Plan: string;
  Setting: string;
};

export type AddOnRow = {
  Name: string;
  Plan: string;
  Min: number;
  Max: number;
};

export type PortraitGetAnswer = {
  UserProfileItem: UserProfile[];
  Fail_Account: string[] | null;
};

export type UserProfile = {
  To_Account: string;
  ResultCode: number;
  ResultInfo: string;
  ProfileItem: sodam_rest_profile_TagValue[] | null;
};

export type sodam_rest_profile_TagValue = {
  Tag: string;
  Value: string | number;
};

export type PortraitGet = {
  TagList: string[];
  To_Account?: string[] | string | null;
};

export type PushAttributes = {
  AttrNames: Record<string, string>;
};

export type OfAudience = {
  SDKAppID: number;
  Condition?: ConditionIn | null;
};

export type Audience = {
  Accounts: number;
};

export type Certificates = {
  Certificates: CertificateView[];
  Vendors: VendorView[];
};

export type CertificateView = {
  CertificateId: number;
  Vendor: string;
  Name: string;
  Fields: Record<string, string>;
  CreateTime: number;
  Trouble: string;
  TroubleTime: number;
  ExpireTime: number;
  App: string;
  Devices: number;
};

export type VendorView = {
  Vendor: string;
  Fields: FieldView[];
  TitleShown: number;
  TextShown: number;
};

export type FieldView = {
  Name: string;
  Required: boolean;
  Secret: boolean;
  Most: number;
  Choices: string[];
};

export type sodam_cloudapi_actions_push_OfUser = {
  SDKAppID: number;
  UserID: string;
};

export type Devices = {
  Devices: sodam_cloudapi_actions_push_DeviceView[];
};

export type sodam_cloudapi_actions_push_DeviceView = {
  RegistrationId: string;
  CertificateId: number;
  Vendor: string;
  Token: string;
  Model: string;
  System: string;
  Language: string;
  Background: boolean;
  Muted: boolean;
  Badge: number;
  ReportTime: number;
};

export type DescribePushFailures = {
  SDKAppID: number;
  Before?: number;
  Limit?: number;
  UserID?: string;
};

export type Failures = {
  Failures: FailureView[];
};

export type FailureView = {
  FailureId: number;
  Time: number;
  UserID: string;
  CertificateId: number;
  Vendor: string;
  Result: string;
  Code: string;
  Reason: string;
  Cause: string;
};

export type PushMarks = {
  Tags: string[];
  Attrs: Record<string, string>;
};

export type DescribePushTask = {
  SDKAppID: number;
  Before?: number;
  Limit?: number;
};

export type PushTasks = {
  Tasks: PushTaskView[];
  Next: number;
};

export type PushTaskView = {
  TaskId: string;
  State: "done" | "planned" | "revoked" | "running" | "waiting";
  Title: string;
  Desc: string;
  Text: string;
  Stored: boolean;
  From: string;
  Condition: Condition;
  CreateTime: number;
  StartTime: number;
  EndTime: number;
  Total: number;
  Done: number;
  Devices: number;
  Results: PushResult[];
  Awaited: boolean;
  Revokes: string;
  RevokeTime: number;
};

export type PushResult = {
  Vendor: string;
  Result: string;
  Code: string;
  Reason: string;
  Cause: string;
  Pushes: number;
};

export type RealtimeOverview = {
  OnlineNow: number;
  AccountCount: number;
  MessagesToday: number;
};

export type DescribeRealtimeStatistics = {
  SDKAppID: number;
  Series?: ("C2CMessages" | "C2CSends" | "Callbacks" | "GroupMessages" | "GroupSends" | "Logins" | "Online" | "Pushes" | "RestCalls" | "RoomMessages")[];
  Since?: number;
  Day?: string | "";
};

export type RealtimeStatistics = {
  Time: number;
  TimeZone: string;
  Day: string;
  DayStart: number;
  DayEnd: number;
  Step: number;
  Settled: number;
  Overview: RealtimeCounts;
  Lines: StatisticsLine[];
};

export type RealtimeCounts = {
  OnlineNow: number;
  C2CToday: number;
  GroupToday: number;
  RoomToday: number;
};

export type StatisticsLine = {
  Series: "C2CMessages" | "C2CSends" | "Callbacks" | "GroupMessages" | "GroupSends" | "Logins" | "Online" | "Pushes" | "RestCalls" | "RoomMessages";
  Line: string;
  Points: StatisticsPoint[];
};

export type StatisticsPoint = [number, number, number];

export type DescribeRoomVisitors = {
  SDKAppID: number;
  GroupId: string;
  Keyword?: string;
  Offset?: number;
  Limit?: number;
};

export type RoomVisitors = {
  TotalCount: number;
  Online: number;
  Most: number;
  Visitors: VisitorRow[];
};

export type VisitorRow = {
  UserID: string;
  Nick: string;
  FaceUrl: string;
  Role: "Admin" | "Member" | "Owner";
  JoinTime: number;
  MuteUntil: number;
  Robot: boolean;
};

export type KeysView = {
  Keys: KeyView[];
};

export type DescribeTopics = {
  SDKAppID: number;
  GroupId: string;
  Keyword?: string;
  Offset?: number;
  Limit?: number;
};

export type TopicList = {
  TotalCount: number;
  Number: number;
  Most: number;
  Topics: TopicRow[];
};

export type TopicRow = {
  TopicId: string;
  Name: string;
  Introduction: string;
  Notification: string;
  FaceUrl: string;
  CustomString: string;
  MuteAllMember: string;
  CreateTime: number;
  LastMsgTime: number;
  NextMsgSeq: number;
};

export type DescribeTroubleshootingLog = {
  SDKAppID: number;
  StartTime: number;
  EndTime: number;
  Event?: "" | "c2c_message" | "callback" | "group" | "group_message" | "login" | "other" | "push" | "relation";
  UserID?: string;
  Receiver?: string;
  ErrorCode?: string;
  FailedOnly?: boolean;
  Before?: string;
  Limit?: number;
};

export type TroubleList = {
  Events: TroubleView[];
  Next: string;
  Omitted: number;
};

export type TroubleView = {
  EventId: number;
  Time: number;
  Event: string;
  Command: string;
  UserID: string;
  Receiver: string;
  ErrorCode: string;
  ErrorInfo: string;
  Platform: string;
  Address: string;
  Millis: number;
  Node: string;
  Failed: boolean;
  Advice: string;
  Cause: string;
  Cure: string;
};

export type DestroyGroup = {
  SDKAppID: number;
  GroupIds: string[];
};

export type GroupOutcomes = {
  Results: GroupOutcome[];
};

export type GroupOutcome = {
  GroupId: string;
  ErrorCode: number;
  ErrorInfo: string;
};

export type OfOfficial = {
  SDKAppID: number;
  Account: string;
};

export type DestroyTopic = {
  SDKAppID: number;
  GroupId: string;
  TopicIds: string[];
};

export type TopicOutcomes = {
  Results: TopicOutcome[];
};

export type TopicOutcome = {
  TopicId: string;
  ErrorCode: number;
  ErrorInfo: string;
};

export type ExportAccounts = {
  SDKAppID: number;
  Format?: "csv" | "json";
  UserIDs?: string[] | null;
  Keyword?: string;
};

export type ForbidSendMessage = {
  SDKAppID: number;
  GroupId: string;
  UserIDs: string[];
  Seconds: number;
};

export type ImportAccounts = {
  SDKAppID: number;
  Format: "csv" | "json";
  Content: string;
};

export type FriendImport = {
  From_Account: string;
  AddFriendItem: ImportFriendItem[] | ImportFriendItem;
};

export type ImportFriendItem = {
  To_Account: string;
  AddSource: string;
  Remark?: string | null;
  RemarkTime?: number | null;
  GroupName?: string[] | string | null;
  AddWording?: string | null;
  AddTime?: number | null;
  CustomItem?: sodam_rest_sns_TagValue[] | sodam_rest_sns_TagValue | null;
};

export type sodam_rest_sns_TagValue = {
  Tag: string;
  Value: unknown;
};

export type ModifyAccountInfo = {
  SDKAppID: number;
  Add?: string[];
  Remove?: string[];
};

export type ModifyAccountProfile = {
  SDKAppID: number;
  UserID: string;
  Profile: object;
};

export type ModifyAppInfo = {
  SDKAppID: number;
  Name?: string | null;
  Type?: string | null;
  Introduction?: string | null;
};

export type ModifyAppTags = {
  SDKAppID: number;
  Tags: TagIn[];
  Version?: number | null;
};

export type FriendUpdate = {
  From_Account: string;
  UpdateItem: UpdateItem[] | UpdateItem;
};

export type UpdateItem = {
  To_Account: string;
  SnsItem: sodam_rest_sns_TagValue[] | sodam_rest_sns_TagValue;
};

export type ModifyGroupBaseInfo = {
  SDKAppID: number;
  GroupId: string;
  Name?: string | null;
  Introduction?: string | null;
  Notification?: string | null;
  FaceUrl?: string | null;
  MaxMemberNum?: number | null;
  ApplyJoinOption?: "DisableApply" | "FreeAccess" | "NeedPermission" | null;
  InviteJoinOption?: "DisableInvite" | "FreeAccess" | "NeedPermission" | null;
  MuteAllMember?: "Off" | "On" | null;
  HistoryMsgBeforeJoin?: "Off" | "On" | null;
};

export type ModifyGroupMemberInfo = {
  SDKAppID: number;
  GroupId: string;
  UserID: string;
  Role?: "Admin" | "Member" | null;
  NameCard?: string | null;
};

export type ModifyGroupOwner = {
  SDKAppID: number;
  GroupId: string;
  UserID: string;
};

export type ModifyOfficialAccount = {
  SDKAppID: number;
  Account: string;
  Name?: string | null;
  Introduction?: string | null;
  FaceUrl?: string | null;
  Organization?: string | null;
  MaxSubscriberNum?: number | null;
};

export type ModifyPushAttributes = {
  SDKAppID: number;
  AttrNames: Record<string, string>;
};

export type ModifyPushMarks = {
  SDKAppID: number;
  UserID: string;
  AddTags?: string[];
  RemoveTags?: string[];
  Attrs?: Record<string, string>;
};

export type ModifyTopic = {
  SDKAppID: number;
  TopicId: string;
  Name?: string | null;
  Introduction?: string | null;
  Notification?: string | null;
  FaceUrl?: string | null;
  CustomString?: string | null;
  MuteAllMember?: "Off" | "On" | null;
};

export type PutPushCertificate = {
  SDKAppID: number;
  Vendor: string;
  Fields: Record<string, string>;
  Name?: string;
  CertificateId?: number;
};

export type RecallGroupMsg = {
  SDKAppID: number;
  GroupId: string;
  MsgSeqs: number[];
  Reason?: string;
};

export type MessageOutcomes = {
  Results: MessageOutcome[];
};

export type MessageOutcome = {
  MsgSeq: number;
  ErrorCode: number;
  ErrorInfo: string;
};

export type RegisterIMApp = {
  Name: string;
  Type?: string;
  Introduction?: string;
  KeyAlgorithm?: "ECDSA-SHA256" | "HMAC-SHA256";
};

export type RemoveUser = {
  SDKAppID: number;
  UserIDs: string[];
};

export type UserResults = {
  Results: UserResult[];
};

export type UserResult = {
  UserID: string;
  ErrorCode: number;
  ErrorInfo: string;
};

export type ResendCallback = {
  SDKAppID: number;
  DeliveryId?: number;
  Since?: number;
};

export type Resent = {
  Events: number;
};

export type RevokePushTask = {
  SDKAppID: number;
  TaskId: string;
  Title?: string;
  Desc: string;
};

export type Rotate = {
  SDKAppID: number;
  Days?: number;
};

export type SearchDirtyWords = {
  SDKAppID: number;
  Text: string;
};

export type SearchedWords = {
  Blocked: boolean;
  Marked: boolean;
  Text: string;
  Words: FoundWord[];
};

export type FoundWord = {
  Word: string;
  Action: "Allow" | "Block" | "Mark" | "Replace";
  Start: number;
  End: number;
};

export type SendGroupMsg = {
  SDKAppID: number;
  GroupIds: string[];
  Text: string;
  From?: string;
};

export type SendOutcomes = {
  Results: SendOutcome[];
};

export type SendOutcome = {
  GroupId: string;
  ErrorCode: number;
  ErrorInfo: string;
  MsgSeq: number;
};

export type SendOfficialMsg = {
  SDKAppID: number;
  Account: string;
  Text: string;
};

export type OfficialMsgSent = {
  MsgKey: string;
};

export type SendTestCallback = {
  SDKAppID: number;
  Command: string;
};

export type SetAbilityConfInfo = {
  SDKAppID: number;
  Version: number;
  Community?: boolean | null;
  CommunityTopics?: boolean | null;
  RoomMessageRate?: number | null;
  RoomHistory?: number | null;
  RoomOnlineMembers?: boolean | null;
  RoomBan?: boolean | null;
  RoomBroadcast?: boolean | null;
  RoomBroadcastRate?: number | null;
  RoomGuests?: boolean | null;
  WorkHistory?: boolean | null;
  PublicHistory?: boolean | null;
  MeetingHistory?: boolean | null;
  CommunityHistory?: boolean | null;
  WorkMemberTips?: boolean | null;
  PublicMemberTips?: boolean | null;
  MeetingMemberTips?: boolean | null;
  CommunityMemberTips?: boolean | null;
  WorkProfileTips?: boolean | null;
  PublicProfileTips?: boolean | null;
  MeetingProfileTips?: boolean | null;
  CommunityProfileTips?: boolean | null;
  WorkOptionTips?: boolean | null;
  PublicOptionTips?: boolean | null;
  MeetingOptionTips?: boolean | null;
  CommunityOptionTips?: boolean | null;
  WorkStandingTips?: boolean | null;
  PublicStandingTips?: boolean | null;
  MeetingStandingTips?: boolean | null;
  CommunityStandingTips?: boolean | null;
  AvRoomStandingTips?: boolean | null;
  WorkReceipts?: boolean | null;
  PublicReceipts?: boolean | null;
  MeetingReceipts?: boolean | null;
  HistoryDays?: number | null;
  RecallSeconds?: number | null;
  BlacklistCheck?: boolean | null;
  FriendCheck?: boolean | null;
  ConversationDeletionSync?: boolean | null;
  ConversationLimit?: number | null;
  MessageExtension?: boolean | null;
  CloudSearch?: boolean | null;
  LoginType?: "dual" | "multi" | "single" | "triple" | null;
  WebInstances?: number | null;
  DeviceInstances?: number | null;
  CleanPictures?: boolean | null;
  PictureMegabytes?: number | null;
  FileMegabytes?: number | null;
  DefaultAllowType?: "AllowType_Type_AllowAny" | "AllowType_Type_DenyAny" | "AllowType_Type_NeedConfirm" | null;
  UserStatus?: boolean | null;
  AllowAccountDeletion?: boolean | null;
  DeletedIdDays?: number | null;
  TimeZone?: string | null;
  Calls?: boolean | null;
};

export type SetCallBack = {
  SDKAppID: number;
  Version: number;
  Url?: string | null;
  Token?: string | null;
  Commands?: string[] | null;
  C2CFailure?: "deliver" | "refuse" | null;
  GroupFailure?: "deliver" | "refuse" | null;
  Retry?: "lasting" | "original" | null;
  Confirmed?: boolean;
};

export type SetRenewFlag = {
  SDKAppID: number;
  AutoRenew: boolean;
};

export type TestPush = {
  SDKAppID: number;
  RegistrationId: string;
  Title?: string;
  Text?: string;
};

export type TestedPush = {
  Taken: boolean;
  Result: string;
  Code: string;
  Reason: string;
  Cause: string;
  Hint: string;
};

export type VerifyPrivateMapKey = {
  SDKAppID: number;
  UserID: string;
  PrivateMapKey: string;
};

export type PrivateMapKeyChecked = {
  Valid: boolean;
  ErrorCode: number;
  Cause: string;
  UserID: string | null;
  Room: string | null;
  RoomIsNumber: boolean;
  Privileges: number | null;
  ExpireTime: number | null;
};

export type VerifySecretUserSig = {
  SDKAppID: number;
  UserID: string;
  UserSig: string;
};

export type UserSigChecked = {
  Valid: boolean;
  ErrorCode: number;
  Cause: string;
  Detail: string;
  Cure: string;
  SDKAppID: number | null;
  UserID: string | null;
  CreateTime: number | null;
  Expire: number | null;
  ExpireTime: number | null;
  Version: number | null;
};

export type ModifyAppLimits = {
  SDKAppID: number;
  Overrides: OverridesViewIn;
};

export type ModifyAppStatus = {
  SDKAppID: number;
  Status: "disabled" | "enabled" | "expired";
};

export type BeginMFA = {
  Password: string;
  Code?: string;
};

export type MfaBegun = {
  Secret: string;
  Uri: string;
};

export type ChangePassword = {
  OldPassword: string;
  NewPassword: string;
};

export type Who = {
  Uin: number;
  OwnerUin: number;
  Name: string;
  Type: string;
  MFA: boolean;
  MustChangePassword: boolean;
  CsrfToken: string;
  ExpireTime: number;
  ServerVersion: string;
  DemoPage: string;
  Development: boolean;
  LastLoginTime: number;
  LastLoginIp: string;
};

export type CheckPermissions = {
  Items: PermissionItem[];
};

export type PermissionItem = {
  Action: string;
  SDKAppID?: number;
};

export type Permissions = {
  Allowed: boolean[];
};

export type ConfirmMFA = {
  Code: string;
};

export type WantedOfPasswords = {
  MinimumLength: number;
  MaximumLength: number;
  MustContain: string[];
};

export type SessionList = {
  Sessions: SessionLine[];
};

export type SessionLine = {
  Id: string;
  CreateTime: number;
  LastSeen: number;
  Ip: string;
  UserAgent: string;
  Current: boolean;
};

export type DisableMFA = {
  Password: string;
  Code: string;
};

export type EndSession = {
  Id: string;
};

export type Permission = {
  Allowed: boolean;
  Action: string;
  Resource: string;
  DeniedBy: Denial[];
};

export type Denial = {
  PolicyName: string;
  Statement: number;
};

export type Login = {
  UserName: string;
  Password: string;
  Code?: string;
};

export interface Actions {
  "session/BeginMFA": { request: BeginMFA; data: MfaBegun };
  "session/ChangePassword": { request: ChangePassword; data: Who };
  "session/CheckPermissions": { request: CheckPermissions; data: Permissions };
  "session/ConfirmMFA": { request: ConfirmMFA; data: Who };
  "session/DescribePasswordRules": { request: NothingIn; data: WantedOfPasswords };
  "session/DescribeSessions": { request: NothingIn; data: SessionList };
  "session/DisableMFA": { request: DisableMFA; data: Who };
  "session/EndSession": { request: EndSession; data: Nothing };
  "session/ExplainPermission": { request: PermissionItem; data: Permission };
  "session/Login": { request: Login; data: Who };
  "session/Logout": { request: NothingIn; data: Nothing };
  "session/Whoami": { request: NothingIn; data: Who };
  "cam/AddUser": { request: AddUser; data: UserAdded };
  "cam/AddUserToGroup": { request: Memberships; data: Nothing };
  "cam/AddUsers": { request: AddUsers; data: UsersAdded };
  "cam/AttachGroupPolicy": { request: AttachGroupPolicy; data: Nothing };
  "cam/AttachUserPolicy": { request: AttachUserPolicy; data: Nothing };
  "cam/BuildPolicyDocument": { request: BuildPolicyDocument; data: DocumentBuilt };
  "cam/CheckPolicySyntax": { request: CheckPolicySyntax; data: SyntaxChecked };
  "cam/CreateAccessKey": { request: CreateAccessKey; data: AccessKeyMade };
  "cam/CreateGroup": { request: CreateGroup; data: GroupCreated };
  "cam/CreatePolicy": { request: CreatePolicy; data: PolicyCreated };
  "cam/CreatePolicyVersion": { request: CreatePolicyVersion; data: VersionCreated };
  "cam/CreateSubAccountLoginIpPolicy": { request: CreateSubAccountLoginIpPolicy; data: Nothing };
  "cam/CreateTagPolicy": { request: CreateTagPolicy; data: TagPolicyCreated };
  "cam/DeleteAccessKey": { request: DeleteAccessKey; data: Nothing };
  "cam/DeleteGroup": { request: OfGroup; data: Nothing };
  "cam/DeletePolicy": { request: DeletePolicy; data: Nothing };
  "cam/DeletePolicyVersion": { request: DeletePolicyVersion; data: Nothing };
  "cam/DeleteUser": { request: DeleteUser; data: Nothing };
  "cam/DeleteUserPermissionsBoundary": { request: OfBoundary; data: Nothing };
  "cam/DescribeActions": { request: DescribeActions; data: ActionList };
  "cam/DescribeSessionRules": { request: NothingIn; data: SessionRulesView };
  "cam/DescribeSubAccountLoginIpPolicy": { request: NothingIn; data: IpPolicyView };
  "cam/DescribeSubAccounts": { request: DescribeSubAccounts; data: SubAccounts };
  "cam/DetachGroupPolicy": { request: DetachGroupPolicy; data: Nothing };
  "cam/DetachUserPolicy": { request: DetachUserPolicy; data: Nothing };
  "cam/GetAccountSummary": { request: NothingIn; data: Summary };
  "cam/GetGroup": { request: OfGroup; data: GroupDetails };
  "cam/GetPasswordRules": { request: NothingIn; data: RulesView };
  "cam/GetPolicy": { request: OfPolicy; data: PolicyDetails };
  "cam/GetPolicyVersion": { request: OfVersion; data: VersionView };
  "cam/GetSecurityLastUsed": { request: GetSecurityLastUsed; data: LastUsed };
  "cam/GetUser": { request: sodam_cloudapi_actions_users_OfUser; data: UserView };
  "cam/GetUserAppId": { request: NothingIn; data: AppIdView };
  "cam/GetUserPermissionBoundary": { request: OfBoundary; data: BoundaryView };
  "cam/ListAccessKeys": { request: OfKeyOwner; data: AccessKeyList };
  "cam/ListAttachedGroupPolicies": { request: ListAttachedGroupPolicies; data: AttachedList };
  "cam/ListAttachedUserAllPolicies": { request: ListAttachedUserAllPolicies; data: HeldList };
  "cam/ListAttachedUserPolicies": { request: ListAttachedUserPolicies; data: AttachedList };
  "cam/ListCollaborators": { request: ListCollaborators; data: CollaboratorList };
  "cam/ListEntitiesForPolicy": { request: ListEntitiesForPolicy; data: EntityList };
  "cam/ListGroups": { request: ListGroups; data: GroupList };
  "cam/ListGroupsForUser": { request: ListGroupsForUser; data: GroupList };
  "cam/ListPolicies": { request: ListPolicies; data: PolicyList };
  "cam/ListPolicyVersions": { request: OfPolicy; data: VersionList };
  "cam/ListUsers": { request: NothingIn; data: UserList };
  "cam/ListUsersForGroup": { request: ListUsersForGroup; data: MemberList };
  "cam/PutUserPermissionsBoundary": { request: PutUserPermissionsBoundary; data: Nothing };
  "cam/RemoveUserFromGroup": { request: Memberships; data: Nothing };
  "cam/ResetPassword": { request: ResetPassword; data: PasswordMade };
  "cam/SetDefaultPolicyVersion": { request: OfVersion; data: Nothing };
  "cam/SetMfaFlag": { request: SetMfaFlag; data: Nothing };
  "cam/SimulatePolicy": { request: SimulatePolicy; data: Simulated };
  "cam/UpdateAccessKey": { request: UpdateAccessKey; data: Nothing };
  "cam/UpdateGroup": { request: UpdateGroup; data: Nothing };
  "cam/UpdatePasswordRules": { request: UpdatePasswordRules; data: Nothing };
  "cam/UpdatePolicy": { request: UpdatePolicy; data: PolicyCreated };
  "cam/UpdateSessionRules": { request: UpdateSessionRules; data: Nothing };
  "cam/UpdateUser": { request: UpdateUser; data: Nothing };
  "cloudaudit/DescribeEvent": { request: OfEvent; data: EventView };
  "cloudaudit/DescribeEvents": { request: DescribeEvents; data: EventList };
  "cloudaudit/ExportEvents": { request: ExportEvents; data: JobBegun };
  "im/AddBlackList": { request: OfApp & BlackListChange; data: ResultAnswer };
  "im/AddDirtyWords": { request: AddDirtyWords; data: WordCount };
  "im/AddFollow": { request: OfApp & FollowAdd; data: ResultAnswer };
  "im/AddFriend": { request: OfApp & FriendAdd; data: ResultAnswer };
  "im/AddFriendField": { request: FriendFieldChange; data: Ability };
  "im/AddFriendGroup": { request: OfApp & GroupAdd; data: GroupAddAnswer };
  "im/AddGroupBan": { request: AddGroupBan; data: MemberOutcomes };
  "im/AddGroupField": { request: GroupFieldChange; data: Ability };
  "im/AddGroupMember": { request: ManyMembers; data: MemberOutcomes };
  "im/AddGroupMemberField": { request: GroupMemberFieldChange; data: Ability };
  "im/AddOfficialSubscribers": { request: OfSubscribers; data: SubscriberOutcomes };
  "im/AddUserField": { request: UserFieldChange; data: Ability };
  "im/AnswerFriendRequest": { request: AnswerFriendRequest; data: Nothing };
  "im/CallRestApi": { request: CallRestApi; data: RestAnswer };
  "im/CancelJob": { request: OfJob; data: JobView };
  "im/CheckBlackList": { request: OfApp & BlackListCheck; data: BlackListCheckAnswer };
  "im/CheckFollow": { request: OfApp & FollowPeers; data: FollowCheckAnswer };
  "im/CheckFriend": { request: OfApp & FriendCheck; data: FriendCheckAnswer };
  "im/ClearDevelopmentInbox": { request: OfApp; data: ClearedInbox };
  "im/CreateAccount": { request: CreateAccount; data: AccountRow };
  "im/CreateGroup": { request: CreateChatGroup; data: GroupMade };
  "im/CreateOfficialAccount": { request: CreateOfficialAccount; data: OfficialMade };
  "im/CreatePlanOrder": { request: CreatePlanOrder; data: OrderPlaced };
  "im/CreatePrivateMapKey": { request: CreatePrivateMapKey; data: PrivateMapKeyMade };
  "im/CreatePushTask": { request: CreatePushTask; data: PushTaskId };
  "im/CreateSecret": { request: OfApp; data: KeyMade };
  "im/CreateSecretUserSig": { request: CreateSecretUserSig; data: UserSigMade };
  "im/CreateTopic": { request: CreateTopic; data: TopicMade };
  "im/DeleteAllFriends": { request: OfApp & FriendDeleteAll; data: Nothing };
  "im/DeleteBlackList": { request: OfApp & BlackListChange; data: ResultAnswer };
  "im/DeleteCallbackCertificates": { request: OfApp; data: ClientCertificates };
  "im/DeleteDirtyWords": { request: DeleteDirtyWords; data: WordCount };
  "im/DeleteFollow": { request: OfApp & FollowDelete; data: ResultAnswer };
  "im/DeleteFriend": { request: OfApp & FriendDelete; data: ResultAnswer };
  "im/DeleteFriendGroup": { request: OfApp & GroupDelete; data: GroupDeleteAnswer };
  "im/DeleteFriendRequest": { request: DeleteFriendRequest; data: Nothing };
  "im/DeleteGroupBan": { request: DeleteGroupBan; data: Nothing };
  "im/DeleteGroupMember": { request: DeleteGroupMember; data: MemberOutcomes };
  "im/DeleteOfficialSubscribers": { request: OfSubscribers; data: SubscriberOutcomes };
  "im/DeletePushCertificate": { request: OfCertificate; data: Nothing };
  "im/DeletePushDevice": { request: OfDevice; data: Nothing };
  "im/DeleteSdkappid": { request: DeleteSdkappid; data: JobBegun };
  "im/DeleteSecret": { request: DeleteSecret; data: AppView };
  "im/DescribeAbilityConfInfo": { request: OfApp; data: Ability };
  "im/DescribeAccount": { request: OfAccount; data: AccountView };
  "im/DescribeAccountGroups": { request: DescribeAccountGroups; data: AccountGroups };
  "im/DescribeAccountList": { request: DescribeAccountList; data: AccountList };
  "im/DescribeAccountState": { request: OfAccount; data: AccountState };
  "im/DescribeAppidGroupList": { request: DescribeAppidGroupList; data: ChatGroupList };
  "im/DescribeBlackList": { request: OfApp & BlackListGet; data: BlackListGetAnswer };
  "im/DescribeCallBack": { request: OfApp; data: CallbackView };
  "im/DescribeCallbackLog": { request: DescribeCallbackLog; data: DeliveryList };
  "im/DescribeDailyStatistics": { request: DescribeDailyStatistics; data: DailyStatistics };
  "im/DescribeDevelopmentInbox": { request: DescribeDevelopmentInbox; data: CaughtList };
  "im/DescribeDirtyWords": { request: DescribeDirtyWords; data: DirtyWords };
  "im/DescribeFollowInfo": { request: OfApp & FollowPeers; data: FollowGetInfoAnswer };
  "im/DescribeFollowList": { request: OfApp & FollowGet; data: FollowGetAnswer };
  "im/DescribeFriendGroups": { request: OfApp & GroupGet; data: GroupGetAnswer };
  "im/DescribeFriendList": { request: OfApp & FriendGet; data: FriendGetAnswer };
  "im/DescribeFriendPage": { request: DescribeFriendPage; data: FriendPage };
  "im/DescribeFriendRequests": { request: DescribeFriendRequests; data: FriendRequests };
  "im/DescribeFriends": { request: OfApp & FriendGetList; data: FriendGetListAnswer };
  "im/DescribeGroupBans": { request: PagedOfChatGroup; data: BanList };
  "im/DescribeGroupInfo": { request: OfChatGroup; data: ChatGroupView };
  "im/DescribeGroupMemberInfo": { request: DescribeGroupMemberInfo; data: ChatMembers };
  "im/DescribeGroupMessages": { request: DescribeGroupMessages; data: ChatMessages };
  "im/DescribeGroupMutes": { request: PagedOfChatGroup; data: MuteList };
  "im/DescribeIMAppList": { request: DescribeIMAppList; data: AppList };
  "im/DescribeJob": { request: OfJob; data: JobView };
  "im/DescribeJobFile": { request: OfJob; data: JobView };
  "im/DescribeJobReport": { request: DescribeJobReport; data: JobReport };
  "im/DescribeJobs": { request: DescribeJobs; data: JobList };
  "im/DescribeOfficialAccounts": { request: DescribeOfficialAccounts; data: OfficialAccounts };
  "im/DescribeOfficialSubscribers": { request: DescribeOfficialSubscribers; data: OfficialSubscribers };
  "im/DescribePlanOrders": { request: DescribePlanOrders; data: OrderList };
  "im/DescribePlanPrice": { request: DescribePlanPrice; data: PriceView };
  "im/DescribePlans": { request: NothingIn; data: PlansView };
  "im/DescribeProfiles": { request: OfApp & PortraitGet; data: PortraitGetAnswer };
  "im/DescribePushAttributes": { request: OfApp; data: PushAttributes };
  "im/DescribePushAudience": { request: OfAudience; data: Audience };
  "im/DescribePushCertificates": { request: OfApp; data: Certificates };
  "im/DescribePushDevices": { request: sodam_cloudapi_actions_push_OfUser; data: Devices };
  "im/DescribePushFailures": { request: DescribePushFailures; data: Failures };
  "im/DescribePushMarks": { request: sodam_cloudapi_actions_push_OfUser; data: PushMarks };
  "im/DescribePushTask": { request: DescribePushTask; data: PushTasks };
  "im/DescribeRealtimeOverview": { request: OfApp; data: RealtimeOverview };
  "im/DescribeRealtimeStatistics": { request: DescribeRealtimeStatistics; data: RealtimeStatistics };
  "im/DescribeRoomVisitors": { request: DescribeRoomVisitors; data: RoomVisitors };
  "im/DescribeSdkAppInfo": { request: OfApp; data: AppView };
  "im/DescribeSecret": { request: OfApp; data: KeysView };
  "im/DescribeTopics": { request: DescribeTopics; data: TopicList };
  "im/DescribeTroubleshootingLog": { request: DescribeTroubleshootingLog; data: TroubleList };
  "im/DestroyGroup": { request: DestroyGroup; data: GroupOutcomes };
  "im/DestroyOfficialAccount": { request: OfOfficial; data: Nothing };
  "im/DestroyTopic": { request: DestroyTopic; data: TopicOutcomes };
  "im/DownloadAuthenticateMutually": { request: OfApp; data: ClientCertificates };
  "im/ExportAccounts": { request: ExportAccounts; data: JobBegun };
  "im/ForbidSendMessage": { request: ForbidSendMessage; data: MemberOutcomes };
  "im/ImportAccounts": { request: ImportAccounts; data: JobBegun };
  "im/ImportFriends": { request: OfApp & FriendImport; data: ResultAnswer };
  "im/KickAccount": { request: OfAccount; data: Nothing };
  "im/ModifyAccountInfo": { request: ModifyAccountInfo; data: AppView };
  "im/ModifyAccountProfile": { request: ModifyAccountProfile; data: AccountView };
  "im/ModifyAppInfo": { request: ModifyAppInfo; data: AppView };
  "im/ModifyAppTags": { request: ModifyAppTags; data: AppView };
  "im/ModifyFriend": { request: OfApp & FriendUpdate; data: ResultAnswer };
  "im/ModifyGroupBaseInfo": { request: ModifyGroupBaseInfo; data: ChatGroupView };
  "im/ModifyGroupField": { request: GroupFieldChange; data: Ability };
  "im/ModifyGroupMemberField": { request: GroupMemberFieldChange; data: Ability };
  "im/ModifyGroupMemberInfo": { request: ModifyGroupMemberInfo; data: Nothing };
  "im/ModifyGroupOwner": { request: ModifyGroupOwner; data: Nothing };
  "im/ModifyOfficialAccount": { request: ModifyOfficialAccount; data: Nothing };
  "im/ModifyPushAttributes": { request: ModifyPushAttributes; data: PushAttributes };
  "im/ModifyPushMarks": { request: ModifyPushMarks; data: PushMarks };
  "im/ModifyTopic": { request: ModifyTopic; data: TopicRow };
  "im/ModifyUserField": { request: UserFieldChange; data: Ability };
  "im/PutPushCertificate": { request: PutPushCertificate; data: CertificateView };
  "im/RecallGroupMsg": { request: RecallGroupMsg; data: MessageOutcomes };
  "im/RegisterIMApp": { request: RegisterIMApp; data: AppView };
  "im/RemoveUser": { request: RemoveUser; data: UserResults };
  "im/ResendCallback": { request: ResendCallback; data: Resent };
  "im/RevokePushTask": { request: RevokePushTask; data: Nothing };
  "im/RotateCallbackCertificate": { request: Rotate; data: ClientCertificates };
  "im/SearchDirtyWords": { request: SearchDirtyWords; data: SearchedWords };
  "im/SendGroupMsg": { request: SendGroupMsg; data: SendOutcomes };
  "im/SendOfficialMsg": { request: SendOfficialMsg; data: OfficialMsgSent };
  "im/SendTestCallback": { request: SendTestCallback; data: DeliveryView };
  "im/SetAbilityConfInfo": { request: SetAbilityConfInfo; data: Ability };
  "im/SetCallBack": { request: SetCallBack; data: CallbackView };
  "im/SetRenewFlag": { request: SetRenewFlag; data: AppView };
  "im/StartSdkAppId": { request: OfApp; data: AppView };
  "im/StopSdkAppId": { request: OfApp; data: AppView };
  "im/TestPush": { request: TestPush; data: TestedPush };
  "im/ToggleSecretVersion": { request: OfApp; data: KeyMade };
  "im/UseCallbackCertificate": { request: OfApp; data: ClientCertificates };
  "im/VerifyPrivateMapKey": { request: VerifyPrivateMapKey; data: PrivateMapKeyChecked };
  "im/VerifySecretUserSig": { request: VerifySecretUserSig; data: UserSigChecked };
  "sodam/ModifyAppLimits": { request: ModifyAppLimits; data: AppView };
  "sodam/ModifyAppStatus": { request: ModifyAppStatus; data: AppView };
}

export const LIMITS = {
  "session/BeginMFA.Password": {"max":256},
  "session/BeginMFA.Code": {"max":256},
  "session/ChangePassword.OldPassword": {"max":256},
  "session/ChangePassword.NewPassword": {"max":256},
  "session/CheckPermissions.Items": {"max":200},
  "session/ConfirmMFA.Code": {"max":256},
  "session/DisableMFA.Password": {"max":256},
  "session/DisableMFA.Code": {"max":256},
  "session/EndSession.Id": {"max":256},
  "session/Login.UserName": {"max":256},
  "session/Login.Password": {"max":256},
  "session/Login.Code": {"max":256},
  "cam/AddUser.Name": {"min":1,"max":64},
  "cam/AddUser.Remark": {"max":200},
  "cam/AddUser.Password": {"max":128},
  "cam/AddUser.PhoneNum": {"max":100},
  "cam/AddUser.CountryCode": {"max":100},
  "cam/AddUser.Email": {"max":100},
  "cam/AddUserToGroup.Info": {"min":1,"max":100},
  "cam/AddUsers.Users": {"min":1,"max":10},
  "cam/AddUsers.Users.Name": {"min":1,"max":64},
  "cam/AddUsers.PolicyId": {"max":10},
  "cam/BuildPolicyDocument.Statements": {"min":1,"max":50},
  "cam/BuildPolicyDocument.Statements.Actions": {"min":1,"max":100},
  "cam/BuildPolicyDocument.Statements.Resources": {"min":1,"max":100},
  "cam/CreateAccessKey.Description": {"max":200},
  "cam/CreateGroup.GroupName": {"min":1,"max":64},
  "cam/CreateGroup.Remark": {"max":200},
  "cam/CreatePolicy.PolicyName": {"min":1,"max":128},
  "cam/CreatePolicy.PolicyDocument": {"min":1,"max":65536},
  "cam/CreatePolicy.Description": {"max":300},
  "cam/CreatePolicy.Tags": {"max":50},
  "cam/CreatePolicy.Tags.Key": {"min":1,"max":127},
  "cam/CreatePolicy.Tags.Value": {"max":255},
  "cam/CreatePolicyVersion.PolicyDocument": {"min":1,"max":65536},
  "cam/CreateSubAccountLoginIpPolicy.IpPolicies": {"max":10},
  "cam/CreateSubAccountLoginIpPolicy.IpPolicies.IP": {"min":2,"max":64},
  "cam/CreateTagPolicy.PolicyName": {"min":1,"max":128},
  "cam/CreateTagPolicy.Actions": {"min":1,"max":100},
  "cam/CreateTagPolicy.Tags": {"min":1,"max":50},
  "cam/CreateTagPolicy.Tags.Key": {"min":1,"max":127},
  "cam/CreateTagPolicy.Tags.Value": {"max":255,"nullable":true},
  "cam/CreateTagPolicy.Description": {"max":300},
  "cam/CreateTagPolicy.Uins": {"max":100},
  "cam/CreateTagPolicy.GroupIds": {"max":100},
  "cam/DeletePolicy.PolicyId": {"min":1,"max":50},
  "cam/DeletePolicyVersion.VersionId": {"min":1,"max":5},
  "cam/DescribeSubAccounts.FilterSubAccountUin": {"max":50},
  "cam/GetSecurityLastUsed.SecretIdList": {"min":1,"max":10},
  "cam/ListAttachedGroupPolicies.Keyword": {"max":200},
  "cam/ListAttachedUserAllPolicies.Keyword": {"max":200},
  "cam/ListAttachedUserPolicies.Keyword": {"max":200},
  "cam/ListEntitiesForPolicy.Keyword": {"max":200},
  "cam/ListGroups.Keyword": {"max":200},
  "cam/ListPolicies.Keyword": {"max":200},
  "cam/RemoveUserFromGroup.Info": {"min":1,"max":100},
  "cam/ResetPassword.Password": {"max":128},
  "cam/UpdateGroup.GroupName": {"min":1,"max":64,"nullable":true},
  "cam/UpdateGroup.Remark": {"max":200,"nullable":true},
  "cam/UpdatePasswordRules.Rules.MinimumLength": {"min":8,"max":32},
  "cam/UpdatePasswordRules.Rules.ForcePasswordChange": {"min":0,"max":365},
  "cam/UpdatePasswordRules.Rules.ReusePasswordLimit": {"min":0,"max":24},
  "cam/UpdatePasswordRules.Rules.RetryPasswordLimit": {"min":3,"max":20},
  "cam/UpdatePasswordRules.Rules.PasswordExpirationInvalidation": {"min":1,"max":2},
  "cam/UpdatePolicy.Description": {"max":300,"nullable":true},
  "cam/UpdatePolicy.PolicyDocument": {"min":1,"max":65536,"nullable":true},
  "cam/UpdatePolicy.Alias": {"max":300,"nullable":true},
  "cam/UpdateSessionRules.Rules.IdleMinutes": {"min":5,"max":1440},
  "cam/UpdateSessionRules.Rules.MaxHours": {"min":1,"max":720},
  "cam/UpdateUser.Remark": {"max":200,"nullable":true},
  "cam/UpdateUser.Password": {"max":128},
  "cam/UpdateUser.PhoneNum": {"max":100,"nullable":true},
  "cam/UpdateUser.CountryCode": {"max":100,"nullable":true},
  "cam/UpdateUser.Email": {"max":100,"nullable":true},
  "cloudaudit/DescribeEvents.User": {"max":200},
  "cloudaudit/DescribeEvents.Action": {"max":200},
  "cloudaudit/DescribeEvents.Keyword": {"max":200},
  "cloudaudit/ExportEvents.User": {"max":200},
  "cloudaudit/ExportEvents.Action": {"max":200},
  "cloudaudit/ExportEvents.Keyword": {"max":200},
  "im/AddDirtyWords.Words": {"min":1,"max":5000},
  "im/AddDirtyWords.Words.Word": {"min":1,"max":64},
  "im/AddDirtyWords.Words.Replacement": {"max":64},
  "im/AddFriendField.Field.Name": {"max":8},
  "im/AddGroupBan.GroupId": {"min":1,"max":53},
  "im/AddGroupBan.UserIDs": {"min":1,"max":20},
  "im/AddGroupBan.UserIDs[]": {"min":1,"max":32},
  "im/AddGroupBan.Seconds": {"min":1,"max":4294967295},
  "im/AddGroupBan.Description": {"max":200},
  "im/AddGroupField.Field.Name": {"max":16},
  "im/AddGroupMember.GroupId": {"min":1,"max":53},
  "im/AddGroupMember.UserIDs": {"min":1,"max":100},
  "im/AddGroupMember.UserIDs[]": {"min":1,"max":32},
  "im/AddGroupMemberField.Field.Name": {"max":16},
  "im/AddOfficialSubscribers.Account": {"min":1,"max":48},
  "im/AddOfficialSubscribers.UserIDs": {"min":1,"max":100},
  "im/AddOfficialSubscribers.UserIDs[]": {"min":1,"max":32},
  "im/AddUserField.Field.Name": {"max":8},
  "im/AnswerFriendRequest.UserID": {"min":1,"max":32},
  "im/AnswerFriendRequest.From": {"min":1,"max":32},
  "im/AnswerFriendRequest.Remark": {"max":96},
  "im/CallRestApi.Body": {"max":262144},
  "im/CreateAccount.UserID": {"min":1,"max":32},
  "im/CreateAccount.Nick": {"max":500},
  "im/CreateAccount.FaceUrl": {"max":500},
  "im/CreateGroup.Name": {"min":1,"max":30},
  "im/CreateGroup.Owner": {"max":32},
  "im/CreateGroup.GroupId": {"max":53},
  "im/CreateOfficialAccount.Name": {"min":1,"max":150},
  "im/CreateOfficialAccount.Owner": {"min":1,"max":32},
  "im/CreateOfficialAccount.Account": {"max":48},
  "im/CreateOfficialAccount.Introduction": {"max":400},
  "im/CreateOfficialAccount.FaceUrl": {"max":500},
  "im/CreateOfficialAccount.Organization": {"max":500},
  "im/CreatePlanOrder.Months": {"min":1,"max":24},
  "im/CreatePrivateMapKey.UserID": {"min":1,"max":32},
  "im/CreatePrivateMapKey.Room": {"min":1,"max":128},
  "im/CreatePrivateMapKey.Privileges": {"min":0,"max":255},
  "im/CreatePrivateMapKey.Expire": {"min":1,"max":1576800000},
  "im/CreatePushTask.Title": {"max":100},
  "im/CreatePushTask.Desc": {"max":400},
  "im/CreatePushTask.Ext": {"max":2000},
  "im/CreatePushTask.Text": {"max":2000},
  "im/CreatePushTask.From": {"max":32},
  "im/CreatePushTask.DataId": {"max":64},
  "im/CreateSecretUserSig.UserID": {"min":1,"max":32},
  "im/CreateSecretUserSig.Expire": {"min":1,"max":1576800000},
  "im/CreateTopic.GroupId": {"min":1,"max":53},
  "im/CreateTopic.Name": {"min":1,"max":100},
  "im/CreateTopic.TopicId": {"max":96},
  "im/CreateTopic.Introduction": {"max":400},
  "im/CreateTopic.Notification": {"max":400},
  "im/CreateTopic.FaceUrl": {"max":500},
  "im/CreateTopic.CustomString": {"max":3000},
  "im/DeleteDirtyWords.Words": {"min":1,"max":5000},
  "im/DeleteDirtyWords.Words[]": {"min":1,"max":64},
  "im/DeleteFriendRequest.UserID": {"min":1,"max":32},
  "im/DeleteFriendRequest.Peer": {"min":1,"max":32},
  "im/DeleteGroupBan.GroupId": {"min":1,"max":53},
  "im/DeleteGroupBan.UserIDs": {"min":1,"max":20},
  "im/DeleteGroupBan.UserIDs[]": {"min":1,"max":32},
  "im/DeleteGroupMember.GroupId": {"min":1,"max":53},
  "im/DeleteGroupMember.UserIDs": {"min":1,"max":100},
  "im/DeleteGroupMember.UserIDs[]": {"min":1,"max":32},
  "im/DeleteGroupMember.Reason": {"max":200},
  "im/DeleteOfficialSubscribers.Account": {"min":1,"max":48},
  "im/DeleteOfficialSubscribers.UserIDs": {"min":1,"max":100},
  "im/DeleteOfficialSubscribers.UserIDs[]": {"min":1,"max":32},
  "im/DeletePushDevice.RegistrationId": {"max":64},
  "im/DeleteSdkappid.ConfirmName": {"max":64},
  "im/DescribeAccount.UserID": {"min":1,"max":32},
  "im/DescribeAccountGroups.UserID": {"min":1,"max":32},
  "im/DescribeAccountList.Keyword": {"max":200},
  "im/DescribeAccountState.UserID": {"min":1,"max":32},
  "im/DescribeAppidGroupList.Keyword": {"max":200},
  "im/DescribeCallbackLog.Command": {"max":100},
  "im/DescribeCallbackLog.Outcome": {"max":100},
  "im/DescribeCallbackLog.EventId": {"max":100},
  "im/DescribeCallbackLog.Url": {"max":1024},
  "im/DescribeDevelopmentInbox.Text": {"max":200},
  "im/DescribeDirtyWords.Cursor": {"max":200},
  "im/DescribeFriendPage.UserID": {"min":1,"max":32},
  "im/DescribeFriendPage.Keyword": {"max":200},
  "im/DescribeFriendRequests.UserID": {"min":1,"max":32},
  "im/DescribeGroupBans.GroupId": {"min":1,"max":53},
  "im/DescribeGroupInfo.GroupId": {"min":1,"max":53},
  "im/DescribeGroupMemberInfo.GroupId": {"min":1,"max":53},
  "im/DescribeGroupMemberInfo.Keyword": {"max":32},
  "im/DescribeGroupMessages.GroupId": {"min":1,"max":96},
  "im/DescribeGroupMutes.GroupId": {"min":1,"max":53},
  "im/DescribeIMAppList.Keyword": {"max":200},
  "im/DescribeOfficialAccounts.Keyword": {"max":200},
  "im/DescribeOfficialAccounts.Cursor": {"max":48},
  "im/DescribeOfficialSubscribers.Account": {"min":1,"max":48},
  "im/DescribeOfficialSubscribers.Cursor": {"max":48},
  "im/DescribePlanPrice.Months": {"min":1,"max":24},
  "im/DescribeProfiles.TagList": {"max":100},
  "im/DescribePushDevices.UserID": {"min":1,"max":32},
  "im/DescribePushFailures.UserID": {"max":32},
  "im/DescribePushMarks.UserID": {"min":1,"max":32},
  "im/DescribeRoomVisitors.GroupId": {"min":1,"max":53},
  "im/DescribeRoomVisitors.Keyword": {"max":32},
  "im/DescribeTopics.GroupId": {"min":1,"max":53},
  "im/DescribeTopics.Keyword": {"max":200},
  "im/DescribeTroubleshootingLog.UserID": {"max":64},
  "im/DescribeTroubleshootingLog.Receiver": {"max":64},
  "im/DescribeTroubleshootingLog.ErrorCode": {"max":64},
  "im/DestroyGroup.GroupIds": {"min":1,"max":100},
  "im/DestroyGroup.GroupIds[]": {"min":1,"max":53},
  "im/DestroyOfficialAccount.Account": {"min":1,"max":48},
  "im/DestroyTopic.GroupId": {"min":1,"max":53},
  "im/DestroyTopic.TopicIds": {"min":1,"max":100},
  "im/DestroyTopic.TopicIds[]": {"min":1,"max":96},
  "im/ExportAccounts.UserIDs": {"max":1000,"nullable":true},
  "im/ExportAccounts.Keyword": {"max":200},
  "im/ForbidSendMessage.GroupId": {"min":1,"max":53},
  "im/ForbidSendMessage.UserIDs": {"min":1,"max":100},
  "im/ForbidSendMessage.UserIDs[]": {"min":1,"max":32},
  "im/ForbidSendMessage.Seconds": {"min":0,"max":4294967295},
  "im/KickAccount.UserID": {"min":1,"max":32},
  "im/ModifyAccountInfo.Add": {"max":10},
  "im/ModifyAccountInfo.Add[]": {"min":1,"max":32},
  "im/ModifyAccountInfo.Remove": {"max":10},
  "im/ModifyAccountInfo.Remove[]": {"min":1,"max":32},
  "im/ModifyAccountProfile.UserID": {"min":1,"max":32},
  "im/ModifyAppInfo.Name": {"min":1,"max":64,"nullable":true},
  "im/ModifyAppInfo.Type": {"max":32,"nullable":true},
  "im/ModifyAppInfo.Introduction": {"max":300,"nullable":true},
  "im/ModifyAppTags.Tags": {"max":50},
  "im/ModifyAppTags.Tags.Key": {"min":1,"max":127},
  "im/ModifyAppTags.Tags.Value": {"max":255},
  "im/ModifyGroupBaseInfo.GroupId": {"min":1,"max":53},
  "im/ModifyGroupBaseInfo.Name": {"max":100,"nullable":true},
  "im/ModifyGroupBaseInfo.Introduction": {"max":400,"nullable":true},
  "im/ModifyGroupBaseInfo.Notification": {"max":400,"nullable":true},
  "im/ModifyGroupBaseInfo.FaceUrl": {"max":500,"nullable":true},
  "im/ModifyGroupBaseInfo.MaxMemberNum": {"min":1,"max":1000000,"nullable":true},
  "im/ModifyGroupField.Field.Name": {"max":16},
  "im/ModifyGroupMemberField.Field.Name": {"max":16},
  "im/ModifyGroupMemberInfo.GroupId": {"min":1,"max":53},
  "im/ModifyGroupMemberInfo.UserID": {"min":1,"max":32},
  "im/ModifyGroupMemberInfo.NameCard": {"max":50,"nullable":true},
  "im/ModifyGroupOwner.GroupId": {"min":1,"max":53},
  "im/ModifyGroupOwner.UserID": {"min":1,"max":32},
  "im/ModifyOfficialAccount.Account": {"min":1,"max":48},
  "im/ModifyOfficialAccount.Name": {"min":1,"max":150,"nullable":true},
  "im/ModifyOfficialAccount.Introduction": {"max":400,"nullable":true},
  "im/ModifyOfficialAccount.FaceUrl": {"max":500,"nullable":true},
  "im/ModifyOfficialAccount.Organization": {"max":500,"nullable":true},
  "im/ModifyPushMarks.UserID": {"min":1,"max":32},
  "im/ModifyTopic.TopicId": {"min":1,"max":96},
  "im/ModifyTopic.Name": {"min":1,"max":100,"nullable":true},
  "im/ModifyTopic.Introduction": {"max":400,"nullable":true},
  "im/ModifyTopic.Notification": {"max":400,"nullable":true},
  "im/ModifyTopic.FaceUrl": {"max":500,"nullable":true},
  "im/ModifyTopic.CustomString": {"max":3000,"nullable":true},
  "im/ModifyUserField.Field.Name": {"max":8},
  "im/PutPushCertificate.Vendor": {"max":40},
  "im/PutPushCertificate.Name": {"max":60},
  "im/RecallGroupMsg.GroupId": {"min":1,"max":96},
  "im/RecallGroupMsg.MsgSeqs": {"min":1,"max":100},
  "im/RecallGroupMsg.Reason": {"max":100},
  "im/RegisterIMApp.Name": {"min":1,"max":64},
  "im/RegisterIMApp.Type": {"max":32},
  "im/RegisterIMApp.Introduction": {"max":300},
  "im/RemoveUser.UserIDs": {"min":1,"max":100},
  "im/RemoveUser.UserIDs[]": {"min":1,"max":32},
  "im/RevokePushTask.TaskId": {"min":1,"max":200},
  "im/RevokePushTask.Title": {"max":100},
  "im/RevokePushTask.Desc": {"min":1,"max":400},
  "im/RotateCallbackCertificate.Days": {"min":0,"max":90},
  "im/SearchDirtyWords.Text": {"max":4000},
  "im/SendGroupMsg.GroupIds": {"min":1,"max":100},
  "im/SendGroupMsg.GroupIds[]": {"min":1,"max":96},
  "im/SendGroupMsg.Text": {"min":1,"max":300},
  "im/SendGroupMsg.From": {"max":32},
  "im/SendOfficialMsg.Account": {"min":1,"max":48},
  "im/SendOfficialMsg.Text": {"min":1,"max":300},
  "im/SendTestCallback.Command": {"max":100},
  "im/SetCallBack.Url": {"max":1024,"nullable":true},
  "im/SetCallBack.Token": {"max":256,"nullable":true},
  "im/SetCallBack.Commands[]": {"max":100},
  "im/TestPush.RegistrationId": {"max":64},
  "im/TestPush.Title": {"max":100},
  "im/TestPush.Text": {"max":400},
  "im/VerifyPrivateMapKey.UserID": {"min":1,"max":32},
  "im/VerifyPrivateMapKey.PrivateMapKey": {"max":8193},
  "im/VerifySecretUserSig.UserID": {"min":1,"max":32},
  "im/VerifySecretUserSig.UserSig": {"max":8193},
  "sodam/ModifyAppLimits.Overrides.Accounts": {"min":0,"max":1000000000,"nullable":true},
  "sodam/ModifyAppLimits.Overrides.Friends": {"min":0,"max":10000},
  "sodam/ModifyAppLimits.Overrides.Blacklist": {"min":0,"max":10000},
  "sodam/ModifyAppLimits.Overrides.HistoryDays": {"min":1,"max":3650},
  "sodam/ModifyAppLimits.Overrides.GroupsJoined": {"min":0,"max":100000},
  "sodam/ModifyAppLimits.Overrides.GroupMembers": {"min":1,"max":100000},
  "sodam/ModifyAppLimits.Overrides.AVChatRooms": {"min":0,"max":1000000,"nullable":true},
} as const;
