"""Every action that writes, with what it is given when it meets itself: a new action without a line here fails
tests/tidy/test_races.py."""

from __future__ import annotations

from typing import Any, Final

from tests.support.control_world import (
    ADMINISTRATOR,
    APP,
    CODE,
    CREW,
    DENY,
    JOB,
    MINA,
    OTHER,
    OTO,
    PASSWORD,
    SESSION,
    P,
    Q,
)

Bodies = tuple[dict[str, Any], dict[str, Any]]


def twice(**body: Any) -> Bodies:
    return body, body


_GROUP_FIELD: Final = {"Name": "floor", "Rights": [{"Type": "Public"}]}
CASES: Final[dict[str, Bodies]] = {
    "cam:AddUser": ({"Name": "new", "UseApi": 1}, {"Name": "NEW", "ConsoleLogin": 1, "Password": PASSWORD}),
    "cam:AddUsers": (
        {"Users": [{"Name": "one"}], "PolicyId": [P, ADMINISTRATOR]},
        {"Users": [{"Name": "two"}], "PolicyId": [Q, P]},
    ),
    "cam:UpdateUser": ({"Name": "mina", "Remark": "a"}, {"Name": "mina", "ConsoleLogin": 0}),
    "cam:ResetPassword": ({"Name": "mina", "Password": OTHER}, {"Name": "mina"}),
    "cam:DeleteUser": twice(Name="mina", Force=1),
    "cam:SetMfaFlag": twice(OpUin=MINA, LoginFlag={"Stoken": 0}),
    "cam:CreateGroup": ({"GroupName": "new"}, {"GroupName": "other"}),
    "cam:UpdateGroup": ({"GroupId": CREW, "GroupName": "a"}, {"GroupId": CREW, "Remark": "b"}),
    "cam:DeleteGroup": twice(GroupId=CREW),
    "cam:AddUserToGroup": twice(Info=[{"GroupId": CREW, "Uin": MINA}]),
    "cam:RemoveUserFromGroup": twice(Info=[{"GroupId": CREW, "Uin": OTO}]),
    "cam:CreatePolicy": (
        {"PolicyName": "new", "PolicyDocument": DENY},
        {"PolicyName": "other", "PolicyDocument": DENY},
    ),
    "cam:UpdatePolicy": ({"PolicyId": P, "PolicyDocument": DENY}, {"PolicyId": P, "Description": "b"}),
    "cam:DeletePolicy": ({"PolicyId": [P, Q]}, {"PolicyId": [Q, P]}),
    "cam:CreatePolicyVersion": (
        {"PolicyId": P, "PolicyDocument": DENY, "SetAsDefault": True},
        {"PolicyId": P, "PolicyDocument": DENY, "SetAsDefault": False},
    ),
    "cam:SetDefaultPolicyVersion": ({"PolicyId": P, "VersionId": 2}, {"PolicyId": P, "VersionId": 3}),
    "cam:DeletePolicyVersion": ({"PolicyId": P, "VersionId": [2, 3]}, {"PolicyId": P, "VersionId": [3, 4]}),
    "cam:AttachUserPolicy": ({"PolicyId": P, "AttachUin": MINA}, {"PolicyId": Q, "AttachUin": MINA}),
    "cam:DetachUserPolicy": twice(PolicyId=ADMINISTRATOR, DetachUin=MINA),
    "cam:AttachGroupPolicy": (
        {"PolicyId": Q, "AttachGroupId": CREW},
        {"PolicyId": ADMINISTRATOR, "AttachGroupId": CREW},
    ),
    "cam:DetachGroupPolicy": twice(PolicyId=P, DetachGroupId=CREW),
    "cam:PutUserPermissionsBoundary": ({"TargetUin": MINA, "PolicyId": P}, {"TargetUin": MINA, "PolicyId": Q}),
    "cam:DeleteUserPermissionsBoundary": twice(TargetUin=MINA),
    "cam:CreateTagPolicy": tuple(  # type: ignore[dict-item]
        {"PolicyName": name, "Actions": ["im:RemoveUser"], "Tags": [{"Key": "a", "Value": "b"}], **to}
        for name, to in (("new", {"Uins": [MINA], "GroupIds": [CREW]}), ("other", {"GroupIds": [CREW]}))
    ),
    "cam:CreateAccessKey": twice(TargetUin=MINA),
    "cam:UpdateAccessKey": (
        {"TargetUin": OTO, "AccessKeyId": "AKIDoto", "Status": "Active"},
        {"TargetUin": MINA, "AccessKeyId": "AKIDmina", "Status": "Inactive"},
    ),
    "cam:DeleteAccessKey": twice(TargetUin=OTO, AccessKeyId="AKIDoto"),
    "cam:UpdatePasswordRules": twice(Rules={"MinimumLength": 9}),
    "cam:CreateSubAccountLoginIpPolicy": twice(IpPolicies=[]),
    "cam:UpdateSessionRules": twice(Rules={}),
    "im:RegisterIMApp": twice(Name="new"),
    "im:ModifyAppInfo": ({"SDKAppID": APP, "Name": "a"}, {"SDKAppID": APP, "Introduction": "b"}),
    "im:ModifyAppTags": (
        {"SDKAppID": APP, "Tags": [{"Key": "a", "Value": "1"}]},
        {"SDKAppID": APP, "Tags": [{"Key": "b", "Value": "1"}]},
    ),
    "im:StopSdkAppId": twice(SDKAppID=APP),
    "im:StartSdkAppId": twice(SDKAppID=APP),
    "im:DeleteSdkappid": twice(SDKAppID=APP, ConfirmName="app"),
    "im:ModifyAccountInfo": (
        {"SDKAppID": APP, "Add": [f"a{n}" for n in range(6)]},
        {"SDKAppID": APP, "Add": [f"b{n}" for n in range(6)]},
    ),
    "im:CreateSecret": twice(SDKAppID=APP),
    "im:DeleteSecret": ({"SDKAppID": APP, "KeyId": 1}, {"SDKAppID": APP, "KeyId": 2}),
    "im:ToggleSecretVersion": twice(SDKAppID=APP),
    "im:CreateSecretUserSig": twice(SDKAppID=APP, UserID="u1"),
    "im:CreatePrivateMapKey": twice(SDKAppID=APP, UserID="u1", Room="r"),
    "im:SetAbilityConfInfo": ({"SDKAppID": APP, "Version": 1, "BlacklistCheck": True},) * 2,
    "im:SetCallBack": ({"SDKAppID": APP, "Version": 1, "Url": "http://a.example/"},) * 2,
    "im:ResendCallback": twice(SDKAppID=APP, Since=1),
    "im:SendTestCallback": twice(SDKAppID=APP, Command="State.StateChange"),
    "im:AddUserField": ({"SDKAppID": APP, "Version": 1, "Field": {"Name": "One", "Type": "string"}},) * 2,
    "im:ModifyUserField": ({"SDKAppID": APP, "Version": 2, "Field": {"Name": "One", "Type": "string"}},) * 2,
    "im:AddFriendField": ({"SDKAppID": APP, "Version": 1, "Field": {"Name": "One", "Type": "string"}},) * 2,
    "im:AddGroupField": ({"SDKAppID": APP, "Version": 1, "Field": _GROUP_FIELD},) * 2,
    "im:ModifyGroupField": ({"SDKAppID": APP, "Version": 2, "Field": _GROUP_FIELD},) * 2,
    "im:AddGroupMemberField": ({"SDKAppID": APP, "Version": 1, "Field": _GROUP_FIELD},) * 2,
    "im:ModifyGroupMemberField": ({"SDKAppID": APP, "Version": 2, "Field": _GROUP_FIELD},) * 2,
    "im:CreatePlanOrder": (
        {"SDKAppID": APP, "Plan": "Pro", "AcceptTerms": True},
        {"SDKAppID": APP, "Plan": "Flagship", "AcceptTerms": True},
    ),
    "im:SetRenewFlag": twice(SDKAppID=APP, AutoRenew=True),
    "sodam:ModifyAppLimits": twice(SDKAppID=APP, Overrides={}),
    "sodam:ModifyAppStatus": ({"SDKAppID": APP, "Status": "disabled"}, {"SDKAppID": APP, "Status": "enabled"}),
    "im:CreateAccount": (
        {"SDKAppID": APP, "UserID": "u1", "Nick": "One"},
        {"SDKAppID": APP, "UserID": "u1", "Type": "administrator"},
    ),
    "im:ModifyAccountProfile": (
        {"SDKAppID": APP, "UserID": "u1", "Profile": {"Tag_Profile_IM_Nick": "a"}},
        {"SDKAppID": APP, "UserID": "u1", "Profile": {"Tag_Profile_IM_Gender": "Gender_Type_Male"}},
    ),
    "im:RemoveUser": ({"SDKAppID": APP, "UserIDs": ["u1", "u2"]}, {"SDKAppID": APP, "UserIDs": ["u2", "u1"]}),
    "im:KickAccount": twice(SDKAppID=APP, UserID="u1"),
    "im:ImportAccounts": twice(SDKAppID=APP, Format="csv", Content="UserID\nu9\n"),
    "im:AddDirtyWords": twice(SDKAppID=APP, Words=[{"Word": "fool"}]),
    "im:DeleteDirtyWords": twice(SDKAppID=APP, Words=["fool"]),
    "im:CancelJob": twice(JobId=JOB),
    "session:Login": twice(UserName="mina", Password=PASSWORD),
    "session:Logout": twice(),
    "session:ChangePassword": twice(OldPassword=PASSWORD, NewPassword=OTHER),
    "session:BeginMFA": twice(Password=PASSWORD),
    "session:ConfirmMFA": twice(Code=CODE),
    "session:DisableMFA": twice(Password=PASSWORD, Code=CODE),
    "session:EndSession": twice(Id=SESSION),
}
_STOP: Final = ("im:StopSdkAppId", {"SDKAppID": APP})
_ACCOUNTS: Final = [("im:CreateAccount", {"SDKAppID": APP, "UserID": user}) for user in ("u1", "u2")]
BEFORE: Final[dict[str, list[tuple[str, dict[str, Any]]]]] = {
    "im:DeleteSdkappid": [_STOP],
    "im:StartSdkAppId": [_STOP],
    "im:DeleteSecret": [("im:CreateSecret", {"SDKAppID": APP})],
    "im:ModifyGroupField": [("im:AddGroupField", CASES["im:AddGroupField"][0])],
    "im:ModifyGroupMemberField": [("im:AddGroupMemberField", CASES["im:AddGroupMemberField"][0])],
    "im:ModifyUserField": [("im:AddUserField", CASES["im:AddUserField"][0])],
    "im:SetRenewFlag": [("im:CreatePlanOrder", CASES["im:CreatePlanOrder"][0])],
    "im:ModifyAccountProfile": _ACCOUNTS,
    "im:RemoveUser": _ACCOUNTS,
    "im:KickAccount": _ACCOUNTS,
    "im:DeleteDirtyWords": [("im:AddDirtyWords", {"SDKAppID": APP, "Words": [{"Word": "fool"}]})],
    "session:DisableMFA": [("session:ConfirmMFA", {"Code": CODE})],
}
"""What is done before an action meets another one, so that it can succeed."""
ELSEWHERE: Final = {
    "sodam.cloudapi.actions.callback_certificates": "tests/contract/test_webhooks_certificates.py",
    "sodam.cloudapi.actions.inbox": "tests/rest/test_development.py",
    "sodam.cloudapi.actions.push": "tests/contract/test_push.py",
    "sodam.cloudapi.actions.push_tasks": "tests/contract/test_push_tasks.py",
    "sodam.cloudapi.actions.troubleshooting": "tests/console/test_troubleshooting.py",
    "sodam.cloudapi.actions.relations": "tests/contract/test_relations_limits.py",
    "sodam.cloudapi.actions.chat_groups": "tests/contract/test_groups_races.py",
    "sodam.cloudapi.actions.chat_topics": "tests/contract/test_groups_races.py",
    "sodam.cloudapi.actions.chat_members": "tests/contract/test_groups_races.py",
    "sodam.cloudapi.actions.officials": "tests/contract/test_official_races.py",
    "sodam.cloudapi.actions.chat_messages": "tests/contract/test_group_feed.py",
}
"""Modules of actions whose package holds its own races, and where."""
DELETES: Final[dict[str, dict[str, Any]]] = {
    "cam:DeleteUser": {"Name": "mina", "Force": 1},
    "cam:DeletePolicy": {"PolicyId": [P, Q]},
    "cam:DeleteGroup": {"GroupId": CREW},
}
"""What every action of access management and every session meets, too."""
