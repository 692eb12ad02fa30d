// Enough of everything that no page is empty: accounts, relations, users, policies, orders, events.
import { generateKeyPairSync } from "node:crypto";
import { finished } from "./api.mjs";
import { APP } from "./server.mjs";

const NAMES = ["Mina", "Joon", "Sora", "Haneul", "Yuna", "Li Wei", "Chen Jie", "Anna", "Tom", "Aiko", "Daniel", "Eunji"];

export async function prepare(call) {
  const first = await call("im/DescribeSdkAppInfo", { SDKAppID: APP });
  await call("im/ModifyAppInfo", {
    SDKAppID: APP,
    Name: "Han River Talk",
    Type: "Social",
    Introduction: "Messages for the people who run, ride and row along the river.",
  });
  await call("im/ModifyAppTags", {
    SDKAppID: APP,
    Tags: [
      { Key: "team", Value: "support" },
      { Key: "stage", Value: "production" },
    ],
  });
  const trial = await call("im/RegisterIMApp", { Name: "Sandbox", Introduction: "To try things out" });
  const pro = await call("im/RegisterIMApp", { Name: "Night Market", KeyAlgorithm: "ECDSA-SHA256" });
  await call("im/CreatePlanOrder", { SDKAppID: pro.SDKAppID, Plan: "Pro", Months: 12, AutoRenew: true, AcceptTerms: true });
  const off = await call("im/RegisterIMApp", { Name: "Old festival" });
  await call("im/StopSdkAppId", { SDKAppID: off.SDKAppID });
  let ability = await call("im/DescribeAbilityConfInfo", { SDKAppID: APP });
  for (const Field of [
    { Name: "Level", Type: "uint64", AppRead: true, AppWrite: false, AdminRead: true, AdminWrite: true },
    { Name: "City", Type: "string", AppRead: true, AppWrite: true, AdminRead: true, AdminWrite: true },
  ]) {
    ability = await call("im/AddUserField", { SDKAppID: APP, Version: ability.Version, Field });
  }
  ability = await call("im/SetAbilityConfInfo", { SDKAppID: APP, Version: ability.Version, Community: true, CommunityTopics: true });
  await call("im/AddFriendField", { SDKAppID: APP, Version: ability.Version, Field: { Name: "Close", Type: "uint64" } });
  const rows = NAMES.map((Nick, index) => ({
    UserID: Nick.toLowerCase().replaceAll(" ", "."),
    Nick,
    Profile: { Tag_Profile_IM_Level: index % 5, Tag_Profile_Custom_City: index % 2 ? "Seoul" : "Busan" },
  }));
  rows.push(...Array.from({ length: 60 }, (_, index) => ({ UserID: `user${String(index).padStart(3, "0")}` })));
  const job = await call("im/ImportAccounts", {
    SDKAppID: APP,
    Format: "json",
    Content: JSON.stringify([...rows, { UserID: "x".repeat(40) }, { UserID: "tom", Profile: { Tag_No_Such: 1 } }]),
  });
  await finished(call, job.JobId);
  await relate(call);
  await gather(call);
  await publish(call);
  await hook(call);
  await push(call);
  const who = await people(call);
  return { first, trial, pro, off, importJob: job.JobId, ...who };
}

/** An official account that some follow. */
async function publish(call) {
  const of = { SDKAppID: APP, Account: "@TOA#_news" };
  await call("im/CreateOfficialAccount", { ...of, Name: "River news", Owner: "mina", Organization: "Han River Talk" });
  await call("im/AddOfficialSubscribers", { ...of, UserIDs: ["joon", "sora", "tom"] });
  await call("im/SendOfficialMsg", { ...of, Text: "The east bank path opens on Saturday." });
}

const LONG = "a_user_id_of_two_and_thirty_byte";

/** Groups of each type, one of them with members, a mute, a ban and messages. */
async function gather(call) {
  for (const [GroupId, Name, Type] of [
    ["rowers", "Rowing at dawn", "Public"],
    ["riders", "Riders of the east bank", "Work"],
    ["lights", "Lantern night, live", "AVChatRoom"],
    ["", "Where to eat?", "Meeting"],
    ["@TGS#_river", "Everybody of the river at dawn", "Community"],
  ]) {
    await call("im/CreateGroup", { SDKAppID: APP, GroupId, Name, Type, Owner: "mina" });
  }
  const city = { SDKAppID: APP, GroupId: "@TGS#_city" };
  await call("im/CreateGroup", { ...city, Name: "Both banks", Type: "Community", Owner: "mina", SupportTopic: 1 });
  for (const [Name, part] of [
    ["Where to eat after rowing", "food"],
    ["Routes for the weekend", "routes"],
    ["Lost and found", ""],
  ]) {
    const TopicId = part && `@TGS#_city@TOPIC#_${part}`;
    await call("im/CreateTopic", { ...city, Name, TopicId, Introduction: "Between the two bridges" });
  }
  await call("im/ModifyTopic", { SDKAppID: APP, TopicId: "@TGS#_city@TOPIC#_routes", MuteAllMember: "On" });
  await call("im/SendGroupMsg", { SDKAppID: APP, GroupIds: ["@TGS#_city@TOPIC#_food"], Text: "Noodles?", From: "mina" });
  // A UserID and a nickname as long as they may be.
  await call("im/CreateAccount", { SDKAppID: APP, UserID: LONG, Nick: "Somebody whose name takes all the room there is" });
  const at = { SDKAppID: APP, GroupId: "rowers" };
  await call("im/AddGroupMember", { ...at, UserIDs: ["joon", "sora", "tom", "anna", "li.wei", LONG] });
  await call("im/ModifyGroupMemberInfo", { ...at, UserID: "joon", Role: "Admin", NameCard: "Cox" });
  await call("im/ForbidSendMessage", { ...at, UserIDs: ["tom"], Seconds: 4294967295 });
  await call("im/AddGroupBan", { ...at, UserIDs: ["user001"], Seconds: 86400, Description: "Sells tickets to nowhere" });
  for (const From of ["mina", "joon", "sora"]) {
    await call("im/SendGroupMsg", { SDKAppID: APP, GroupIds: ["rowers"], Text: "Who rows tomorrow? The water is low.", From });
  }
}

/** Certificates with short and long names, and pushes whose words and conditions take more room than there is. */
async function push(call) {
  const Key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  const apple = { Key, KeyId: "ABC123DEFG", TeamId: "TEAM123456", BundleId: "com.example.hanriver.talk.store", Environment: "production" };
  for (const [Vendor, Name, Fields] of [
    ["apns_p8", "iPhone, TestFlight and App Store builds", apple],
    ["xiaomi", "", { PackageName: "com.example.hanriver.talk", AppId: "2882303", AppSecret: "a-secret" }],
  ]) {
    await call("im/PutPushCertificate", { SDKAppID: APP, Vendor, Name, Fields });
  }
  const marks = { SDKAppID: APP, UserID: "mina" };
  await call("im/ModifyPushAttributes", { SDKAppID: APP, AttrNames: { 0: "tier", 1: "favourite_river_bank" } });
  await call("im/ModifyPushMarks", { ...marks, AddTags: ["rowers", "east-bank", "한강"], Attrs: { tier: "gold" } });
  const Condition = { TagsOr: ["rowers", "east-bank", "한강"], TagsNot: ["beta"] };
  await call("im/CreatePushTask", {
    SDKAppID: APP,
    Title: "The path along the east bank is open again",
    Desc: "Walk and ride between the two bridges from Saturday, and mind the builders at the boathouse.",
    Condition,
  });
}

/** A callback URL where nobody listens, and what came of two tries. */
async function hook(call) {
  const { Version } = await call("im/DescribeCallBack", { SDKAppID: APP });
  await call("im/SetCallBack", {
    SDKAppID: APP,
    Version,
    Url: "http://127.0.0.1:9/im?shard=2",
    Token: "river",
    Commands: ["C2C.CallbackBeforeSendMsg", "Group.CallbackAfterCreateGroup"],
  });
  for (const Command of ["C2C.CallbackBeforeSendMsg", "Group.CallbackAfterCreateGroup"]) {
    await call("im/SendTestCallback", { SDKAppID: APP, Command });
  }
}

async function relate(call) {
  const of = (user) => ({ SDKAppID: APP, From_Account: user });
  await call("im/AddFriend", {
    ...of("mina"),
    AddFriendItem: ["joon", "sora", "tom", "anna"].map((To_Account, index) => ({
      To_Account,
      AddSource: "AddSource_Type_Web",
      Remark: ["Jun", "", "Tommy", ""][index],
      GroupName: index % 2 ? "Rowing" : "Work",
    })),
    ForceAddFlags: 1,
  });
  await call("im/AddBlackList", { ...of("mina"), To_Account: ["user001", "user002"] });
  await call("im/AddFollow", { ...of("mina"), FollowItem: [{ To_Account: "aiko" }, { To_Account: "daniel" }] });
  await call("im/AddFollow", { ...of("aiko"), FollowItem: [{ To_Account: "mina" }] });
  await call("im/ModifyAccountProfile", {
    SDKAppID: APP,
    UserID: "mina",
    Profile: {
      Tag_Profile_IM_AllowType: "AllowType_Type_NeedConfirm",
      Tag_Profile_IM_Gender: "Gender_Type_Female",
      Tag_Profile_IM_BirthDay: 19940817,
      Tag_Profile_IM_SelfSignature: "Up before the sun",
    },
  });
  for (const [user, AddWording] of [
    ["eunji", "We met at the boathouse"],
    ["yuna", ""],
  ]) {
    await call("im/AddFriend", {
      ...of(user),
      AddFriendItem: [{ To_Account: "mina", AddSource: "AddSource_Type_Web", AddWording }],
    });
  }
}

async function people(call) {
  const made = [];
  for (const [Name, Remark] of [
    ["seoyeon", "Support, morning shift"],
    ["minsu", "Operations"],
    ["wang.fang", "Finance, reads only"],
  ]) {
    made.push(await call("cam/AddUser", { Name, Remark, ConsoleLogin: 1, UseApi: 0, NeedResetPassword: 0, Password: "Passw0rd-123" }));
  }
  const { GroupId } = await call("cam/CreateGroup", { GroupName: "support", Remark: "Answers users" });
  await call("cam/AddUserToGroup", { Info: [{ GroupId, Uin: made[0].Uin }, { GroupId, Uin: made[1].Uin }] });
  const document = {
    version: "2.0",
    statement: [
      { effect: "allow", action: ["name/im:Describe*", "name/im:ModifyAccountProfile"], resource: "*" },
      { effect: "deny", action: "name/im:DescribeSecret", resource: "*" },
    ],
  };
  const { PolicyId } = await call("cam/CreatePolicy", {
    PolicyName: "support-desk",
    Description: "Reads everything, edits profiles",
    PolicyDocument: JSON.stringify(document),
  });
  await call("cam/AttachGroupPolicy", { PolicyId, AttachGroupId: GroupId });
  await call("cam/UpdatePolicy", { PolicyId, PolicyDocument: JSON.stringify(document, null, 1) });
  const presets = await call("cam/ListPolicies", { Scope: "QCS", Rp: 50 });
  const readOnly = presets.List.find(({ PolicyName }) => PolicyName === "QcloudIMReadOnlyAccess");
  await call("cam/AttachUserPolicy", { PolicyId: readOnly.PolicyId, AttachUin: made[2].Uin });
  await call("cam/CreateSubAccountLoginIpPolicy", {
    IpPolicies: [
      { IP: "127.0.0.0/8", Effect: "Allow" },
      { IP: "2001:db8:4a0:88::/64", Effect: "Allow" },
      { IP: "198.51.100.66", Effect: "Deny" },
    ],
  });
  const { AccessKey } = await call("cam/CreateAccessKey", { Description: "nightly export" });
  return { users: made, group: GroupId, policy: PolicyId, preset: readOnly.PolicyId, accessKey: AccessKey };
}
