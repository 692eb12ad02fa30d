"""The public client library, unmodified, against the cloud API."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from tests.support.console import ConsoleClient
from tests.support.server import ServerProcess

DOCUMENT = json.dumps(
    {"version": "2.0", "statement": [{"effect": "allow", "action": "name/im:Describe*", "resource": "*"}]}
)


class Sdk:
    """The common client for one service; its calls block, so they run in a thread."""

    def __init__(self, server: ServerProcess, secret_id: str, secret_key: str, **profile: Any) -> None:
        http = HttpProfile(protocol="http", endpoint=server.url.removeprefix("http://"), reqTimeout=30)
        http.reqMethod = profile.pop("method", "POST")
        self._profile = ClientProfile(httpProfile=http)
        self._profile.unsignedPayload = profile.pop("unsigned", False)
        self._credential = credential.Credential(secret_id, secret_key)

    async def call(self, service: str, action: str, **fields: Any) -> dict[str, Any]:
        version = {"cam": "2019-01-16", "im": "2020-01-01", "cloudaudit": "2019-03-19"}[service]
        client = CommonClient(service, version, self._credential, "", profile=self._profile)
        answer = await asyncio.to_thread(client.call_json, action, fields)
        response: dict[str, Any] = answer["Response"]
        return response


@pytest.mark.parametrize("profile", [{}, {"unsigned": True}, {"method": "GET"}])
async def test_a_policy_is_made_and_attached(
    root: ConsoleClient, console_server: ServerProcess, profile: dict[str, Any]
) -> None:
    name = "sdk-" + "-".join(profile) + "x"
    key = (await root.call("cam/CreateAccessKey", Description="sdk"))["AccessKey"]
    admin = Sdk(console_server, key["AccessKeyId"], key["SecretAccessKey"], **profile)
    user = await admin.call("cam", "AddUser", Name=name, UseApi=1, Remark="shift A")
    sub = Sdk(console_server, user["SecretId"], user["SecretKey"])
    app = (await admin.call("im", "RegisterIMApp", Name=f"app of {name}"))["SDKAppID"]

    with pytest.raises(TencentCloudSDKException) as refused:
        await sub.call("im", "DescribeIMAppList")
    assert refused.value.get_code() == "AuthFailure.UnauthorizedOperation"
    assert "im:DescribeIMAppList" in refused.value.get_message()
    assert "sdkappid/*" in refused.value.get_message()
    assert refused.value.get_request_id()

    policy = (await admin.call("cam", "CreatePolicy", PolicyName=name, PolicyDocument=DOCUMENT))["PolicyId"]
    await admin.call("cam", "AttachUserPolicy", PolicyId=policy, AttachUin=user["Uin"])
    listed = await sub.call("im", "DescribeIMAppList", Limit=100)
    assert app in [a["SDKAppID"] for a in listed["Apps"]]
    with pytest.raises(TencentCloudSDKException, match="UnauthorizedOperation"):
        await sub.call("im", "RegisterIMApp", Name="mine")

    assert (await admin.call("cam", "ListEntitiesForPolicy", PolicyId=policy))["List"][0]["Uin"] == user["Uin"]
    found = await admin.call("cam", "ListPolicies", Scope="Local", Keyword=name)
    assert [(p["PolicyId"], p["Attachments"]) for p in found["List"]] == [(policy, 1)]
    with pytest.raises(TencentCloudSDKException) as broken:
        await admin.call("cam", "CreatePolicy", PolicyName=name + "2", PolicyDocument="{")
    assert broken.value.get_code() == "InvalidParameter.PolicyDocumentError"
    with pytest.raises(TencentCloudSDKException, match="PolicyNameInUse"):
        await admin.call("cam", "CreatePolicy", PolicyName=name, PolicyDocument=DOCUMENT)

    await admin.call("cam", "DetachUserPolicy", PolicyId=policy, DetachUin=user["Uin"])
    with pytest.raises(TencentCloudSDKException, match="UnauthorizedOperation"):
        await sub.call("im", "DescribeIMAppList")
    await admin.call("cam", "DeletePolicy", PolicyId=[policy])
    with pytest.raises(TencentCloudSDKException, match="HaveKeys"):
        await admin.call("cam", "DeleteUser", Name=name)
    await admin.call("cam", "DeleteUser", Name=name, Force=1)
    with pytest.raises(TencentCloudSDKException, match="SecretIdNotFound"):
        await sub.call("im", "DescribeIMAppList")
    await root.call("cam/UpdateAccessKey", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    await root.call("cam/DeleteAccessKey", AccessKeyId=key["AccessKeyId"])
