"""What is broken is answered in the form that was asked for: odd paths, bodies without a bottom, no database."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sodam.cloudapi import tc3
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.postgres import Postgres
from tests.support.server import ServerFactory, ServerProcess

DEPTHS = [20, 300, *range(880, 1001, 8), 3000, 100_000]
"""The stack ends somewhere near a thousand; where exactly depends on who reads."""
NAMES = [
    "a" * 300 + ".js",
    "assets/" + "a" * 5000 + ".css",
    "%00.js",
    "a%00b.js",
    "%ff%fe.js",
    "%ed%a0%80.js",
    "..%2f..%2fetc%2fpasswd.txt",
    "../../../../etc/passwd.txt",
    "assets/..%5c..%5cx.js",
    "x/" * 2000 + "y.js",
    "index.html/x.js",
    "assets.js/..",
    "~root/.ssh.js",
    "%2e%2e/%2e%2e/x.js",
    "a:b|c*.js",
]


async def status(url: str, path: str) -> int:
    """As it stands: no library tidies the path up."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return int(answer.split(b" ", 2)[1])


async def test_names_that_no_file_can_have(console_server: ServerProcess) -> None:
    for name in NAMES:
        for place in ("/console/", "/console/files/", "/console/api/", "/console/api/im/"):
            found = await status(console_server.url, place + name)
            assert 400 <= found < 500, (place, name[:40], found)


@pytest.mark.parametrize("path", ["/console/api", "/console/api/im", "/console/api/im/X/Y", "/console/api/a/b/c/d"])
async def test_what_is_no_action_is_said_in_json(root: ConsoleClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        if (method, path) == ("GET", "/console/api"):
            continue  # a page of the web app may be called anything
        answer = await root.http.request(method, path)
        if path != "/console/api":
            assert (answer.status_code, answer.json()["Error"]["Code"]) == (404, "InvalidAction")
            assert answer.json()["RequestId"]


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def known(answer: dict[str, Any]) -> str:
    code = str(answer.get("Error", {}).get("Code", ""))
    assert answer["RequestId"]
    assert code != "InternalError", answer
    return code


async def test_no_body_is_too_deep_for_the_console(root: ConsoleClient) -> None:
    app = (await root.call("im/RegisterIMApp", Name="deep"))["SDKAppID"]
    await root.call("im/CreateAccount", SDKAppID=app, UserID="u1")
    for levels in DEPTHS:
        nested = deep(levels)
        bodies = {
            "im/ModifyAccountProfile": f'{{"SDKAppID":{app},"UserID":"u1","Profile":{{"x":{nested}}}}}',
            "im/ModifyAppInfo": f'{{"SDKAppID":{app},"Unknown":{nested}}}',
            "im/DescribeSdkAppInfo": nested,
            "cam/CreatePolicy": f'{{"PolicyName":"deep","PolicyDocument":{json.dumps(nested)}}}',
            "cam/CreateGroup": f'{{"GroupName":{nested}}}',
            "session/Whoami": nested,
            "session/EndSession": f'{{"Id":{nested}}}',
            "session/Login": f'{{"UserName":{nested}}}',
        }
        for action, body in bodies.items():
            headers = {"x-csrf-token": root.token, "content-type": "application/json"}
            answer = await root.http.post(f"/console/api/{action}", content=body, headers=headers)
            assert answer.status_code < 500, (action, levels, answer.text[:300])
            assert known(answer.json()) or action == "im/ModifyAppInfo", (action, levels)
    file = f'[{{"UserID":"u2","Profile":{deep(990)}}}]'
    job = await root.job((await root.call("im/ImportAccounts", SDKAppID=app, Format="json", Content=file))["JobId"])
    assert "inside the server" not in job["Message"]


def signed(key: dict[str, Any], content_type: str, body: bytes) -> dict[str, str]:
    now = int(time.time())
    date = time.strftime("%Y-%m-%d", time.gmtime(now))
    headers = {"content-type": content_type, "host": "cam.test"}
    canonical = tc3.canonical_request("POST", "/", "", headers, ("content-type", "host"), body)
    signature = tc3.sign(key["SecretKey"], date, "cam", str(now), canonical)
    authorization = (
        f"TC3-HMAC-SHA256 Credential={key['SecretId']}/{date}/cam/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={signature}"
    )
    more = {"authorization": authorization, "x-tc-action": "CreateGroup", "x-tc-timestamp": str(now)}
    return headers | more | {"x-tc-version": "2019-01-16"}


async def test_no_body_is_too_deep_for_the_cloud_api(root: ConsoleClient, console_server: ServerProcess) -> None:
    key = await root.call("cam/AddUser", Name="digs-deep", UseApi=1)
    for levels in DEPTHS:
        head = 'content-disposition: form-data; name="GroupName"\r\ncontent-type: application/json'
        part = f"--B\r\n{head}\r\n\r\n{deep(levels)}"
        for kind, body in (
            ("multipart/form-data; boundary=B", f"{part}\r\n--B--\r\n".encode()),
            ("application/json", f'{{"GroupName":{deep(levels)}}}'.encode()),
            ("application/json", deep(levels).encode()),
        ):
            answer = await root.http.post(console_server.url + "/", content=body, headers=signed(key, kind, body))
            code = known(answer.json()["Response"])
            assert code.split(".")[0] in ("InvalidParameter", "AuthFailure"), (kind, levels, answer.text[:300])


async def test_no_body_is_too_deep_for_rest(root: ConsoleClient, console_server: ServerProcess) -> None:
    """An error in the server's log fails the test, too."""
    sig = console_server.usersig("administrator")
    query = f"sdkappid={console_server.sdkappid}&identifier=administrator&usersig={sig}&random=1&contenttype=json"
    for levels in DEPTHS:
        nested = deep(levels)
        for path, body in (
            ("openim/sendmsg", f'{{"To_Account":"u1","MsgBody":[{{"MsgType":"TIMTextElem","MsgContent":{nested}}}]}}'),
            ("openim/sendmsg", f'{{"To_Account":"u1","OfflinePushInfo":{nested},"MsgBody":[]}}'),
            ("profile/portrait_set", f'{{"From_Account":"u1","ProfileItem":[{{"Tag":"x","Value":{nested}}}]}}'),
            ("sns/friend_add", f'{{"From_Account":"u1","AddFriendItem":{nested}}}'),
            ("openim/query_online_status", nested),
        ):
            answer = (await root.http.post(f"/v4/{path}?{query}", content=body)).json()
            assert (answer["ActionStatus"], answer["ErrorCode"] > 0) == ("FAIL", True), (path, levels, answer)


async def test_a_database_that_is_away(server_factory: ServerFactory, postgres: Postgres) -> None:
    url = postgres.create()
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD, "SODAM_DATABASE_URL": url})
    server.allow_errors("")
    async with ConsoleClient(server.url) as root:
        await root.login()
        key = await root.call("cam/AddUser", Name="waits", UseApi=1)
        postgres.drop(url)
        answers: list[httpx.Response] = [
            await root.raw("session/Whoami"),
            await root.raw("session/Login", {"UserName": "root", "Password": PASSWORD}),
            await root.raw("cam/CreateGroup", {"GroupName": "g"}),
            await root.raw("im/DescribeIMAppList"),
            await root.http.get("/version"),
        ]
        for answer in answers:
            assert answer.status_code == 500
            assert answer.headers["content-type"].startswith("application/json")
            assert (answer.json()["RequestId"], answer.json()["Error"]["Code"]) == (
                answer.json()["RequestId"],
                "InternalError",
            )
        body = b'{"GroupName":"g"}'
        cloud = await root.http.post("/", content=body, headers=signed(key, "application/json", body))
        assert cloud.json()["Response"]["Error"]["Code"] == "InternalError"
        assert cloud.json()["Response"]["RequestId"]
