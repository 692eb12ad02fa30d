"""The signature against the vector of access-management.md 5.1, and what is refused before anything is believed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time

import httpx
import pytest

from sodam.cloudapi import tc3
from sodam.cloudapi.http import unflattened
from sodam.control import ControlError
from tests.support.console import ConsoleClient
from tests.support.server import ServerProcess

KEY = "s3lfHostSecretKeyExample0001"
BODY = (
    b'{"PolicyName":"im-ops","PolicyDocument":"{\\"version\\":\\"2.0\\",\\"statement\\":[{\\"effect\\":\\"allow\\",'
    b'\\"action\\":\\"name/im:*\\",\\"resource\\":\\"*\\"}]}"}'
)
HEADERS = {"content-type": "application/json; charset=utf-8", "host": "cam.tencentcloudapi.com"}
SIGNED = ("content-type", "host")
SIGNATURE = "4f2dfe342d400c6901524b12423154700579040e0bfe33db37e6407650a5ac56"


def test_vector() -> None:
    assert hashlib.sha256(BODY).hexdigest() == "c09b806dc73fec339baf0b58898fb7915656e249f120a29da1fbaffd359ba1f3"
    canonical = tc3.canonical_request("POST", "/", "", HEADERS, SIGNED, BODY)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert digest == "e3983481a3fd931075f00877e507dc57efdf4d542436e19ebd2f2cddfa7f0acf"
    key = tc3.signing_key(KEY, "2025-12-01", "cam")
    assert key.hex() == "1f572b005c8158647482aaa3c9bc737e3a333c92f3934fd19d285e7570d0364c"
    assert tc3.sign(KEY, "2025-12-01", "cam", "1764590400", canonical) == SIGNATURE


def test_unsigned_payload_and_get() -> None:
    headers = HEADERS | {"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}
    unsigned = tc3.canonical_request("POST", "/", "", headers, SIGNED, BODY)
    assert unsigned == tc3.canonical_request("POST", "/", "", headers, SIGNED, b"other")
    assert tc3.canonical_request("GET", "/", "A=1", HEADERS, SIGNED, b"").split("\n")[2] == "A=1"


def header(**changes: str) -> str:
    facts = {"id": "AKIDx", "date": "2025-12-01", "service": "cam", "signed": "content-type;host", "sig": "0" * 64}
    facts |= changes
    return (
        f"TC3-HMAC-SHA256 Credential={facts['id']}/{facts['date']}/{facts['service']}/tc3_request, "
        f"SignedHeaders={facts['signed']}, Signature={facts['sig']}"
    )


@pytest.mark.parametrize(
    "text",
    ["", "Bearer x", header(sig="0"), header(signed="host"), header(date="today"), header(id=""), header() + "x"],
)
def test_bad_headers(text: str) -> None:
    with pytest.raises(ControlError, match="InvalidAuthorization"):
        tc3.parse(text)


@pytest.mark.parametrize(
    ("timestamp", "now", "code"),
    [
        ("1764590400", 1764590400 + 301, "SignatureExpire"),
        ("1764590400", 1764590400 - 301, "SignatureExpire"),
        ("", 0, "InvalidAuthorization"),
        ("-5", 0, "InvalidAuthorization"),
        ("1764633600", 1764633600, "InvalidAuthorization"),  # the next day
    ],
)
def test_times(timestamp: str, now: int, code: str) -> None:
    with pytest.raises(ControlError, match=code):
        tc3.check_time(tc3.parse(header()), timestamp, now)


def test_query_parameters() -> None:
    pairs = [("A.0.B", "1"), ("A.1.B", "2"), ("C", "x"), ("D.E", "")]
    assert unflattened([("A.²", "1")]) == {"A": {"²": "1"}}  # a digit for some, no index
    assert unflattened(pairs) == {"A": [{"B": "1"}, {"B": "2"}], "C": "x", "D": {"E": ""}}
    for bad in ([("A", "1"), ("A.B", "2")], [(".".join("abcdefghij"), "1")]):
        with pytest.raises(ControlError, match="InvalidParameter"):
            unflattened(bad)


async def signed_call(
    server: ServerProcess,
    secret_id: str,
    secret_key: str,
    action: str,
    body: dict[str, object],
    *,
    http: httpx.AsyncClient | None = None,
    **changes: str,
) -> dict[str, object]:
    """A call by hand, with room for what is wrong."""
    payload = json.dumps(body).encode()
    now = str(int(time.time()))
    service = changes.get("service", "cam")
    host = server.url.removeprefix("http://")
    headers = {"content-type": "application/json", "host": host}
    date = time.strftime("%Y-%m-%d", time.gmtime(int(now)))
    canonical = tc3.canonical_request("POST", "/", "", headers, SIGNED, payload)
    signature = tc3.sign(secret_key, date, service, now, canonical)
    sent = headers | {
        "x-tc-action": action,
        "x-tc-timestamp": changes.get("timestamp", now),
        "x-tc-version": changes.get("version", "2019-01-16" if service == "cam" else "2019-03-19"),
        "authorization": header(id=secret_id, date=date, service=service, sig=changes.get("sig", signature)),
    }
    async with contextlib.AsyncExitStack() as stack:
        client = http or await stack.enter_async_context(httpx.AsyncClient(verify=False, timeout=60))
        answer = await client.post(server.url + "/", content=changes.get("replaced", payload), headers=sent)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    response: dict[str, object] = answer.json()["Response"]
    assert response["RequestId"]
    return response


async def test_refusals_over_http(root: ConsoleClient, console_server: ServerProcess) -> None:
    made = await root.call("cam/AddUser", Name="signer", UseApi=1)
    secret_id, secret_key = made["SecretId"], made["SecretKey"]

    async def code(action: str = "GetUserAppId", **changes: str) -> str:
        key = changes.pop("key", secret_key)
        name = changes.pop("id", secret_id)
        response = await signed_call(console_server, name, key, action, {}, **changes)
        error = response.get("Error")
        return str(error["Code"]) if isinstance(error, dict) else "ok"

    assert await code() == "AuthFailure.UnauthorizedOperation"
    assert await code(key="wrong") == "AuthFailure.SignatureFailure"
    assert await code(id="AKIDnobody") == "AuthFailure.SecretIdNotFound"
    assert await code(timestamp=str(int(time.time()) - 400)) == "AuthFailure.SignatureExpire"
    assert await code(service="cos") == "NoSuchProduct"
    assert await code(version="1999-01-01") == "NoSuchVersion"
    assert await code(action="Nothing") == "InvalidAction"
    assert await code(action="RegisterIMApp") == "InvalidAction"  # of another service
    assert await code(replaced='{"changed":1}') == "AuthFailure.SignatureFailure"
    await root.call("cam/AttachUserPolicy", PolicyId=1000000006, AttachUin=made["Uin"])
    assert await code() == "ok"
    await root.call("cam/UpdateAccessKey", AccessKeyId=secret_id, Status="Inactive", TargetUin=made["Uin"])
    assert await code() == "AuthFailure.SecretIdNotFound"
