// What flows find made: by REST, since that people can make it by hand is shown once, in the flows about it.
import { finished, rest } from "./api.mjs";

/** An app of the highest plan with a tag and three accounts, as the flow about apps leaves its own. */
export async function riverPost(url, call) {
  const { SDKAppID } = await call("im/RegisterIMApp", { Name: "River Post" });
  await call("im/CreatePlanOrder", { SDKAppID, Plan: "Flagship", Months: 3, AutoRenew: false, AcceptTerms: true });
  await call("im/ModifyAppInfo", { SDKAppID, Name: "River Post", Type: "Social", Introduction: "Letters along the river" });
  await call("im/ModifyAppTags", { SDKAppID, Tags: [{ Key: "team", Value: "post" }] });
  const ask = await rest(url, call, SDKAppID);
  await ask("im_open_login_svc/multiaccount_import", { AccountList: ["ann", "bea", "cho"].map((UserID) => ({ UserID })) });
  return SDKAppID;
}

/** Somebody with 25 mates, a field for friends and friends who must be confirmed; may not add any. */
export async function rosa(call, ask, SDKAppID) {
  const mates = Array.from({ length: 25 }, (_, index) => `mate${String(index).padStart(3, "0")}`);
  const job = await call("im/ImportAccounts", { SDKAppID, Format: "csv", Content: ["UserID", "rosa", "bert", ...mates].join("\n") });
  await finished(call, job.JobId);
  const { Version } = await call("im/DescribeAbilityConfInfo", { SDKAppID });
  await call("im/AddFriendField", { SDKAppID, Version, Field: { Name: "Rank", Type: "string" } });
  await ask("profile/portrait_set", {
    From_Account: "rosa",
    ProfileItem: [
      { Tag: "Tag_Profile_IM_AllowType", Value: "AllowType_Type_NeedConfirm" },
      { Tag: "Tag_Profile_IM_AdminForbidType", Value: "AdminForbid_Type_SendOut" },
    ],
  });
}
