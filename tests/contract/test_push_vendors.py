"""Every vendor of pushes, as a server of its own over real TLS: what each of its answers does. On each engine."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sodam.push.model import SEND
from sodam.push.vendors import VENDORS
from tests.contract.pushing import P8, Pushing, authority, pushing
from tests.support.vendors import Asked, Authority, Reply, VendorServer

__all__ = ["authority", "pushing"]
Said = tuple[int, Any]
_PACKAGE = {"PackageName": "org.example", "AppId": "10917"}
_ACCESS = {"code": 0, "data": {"auth_token": "access"}, "access_token": "access", "expires_in": 3600} | {
    "result": 0,
    "authToken": "access",
}
"""An access token, in the form of every vendor that gives one."""


class Vendor(NamedTuple):
    name: str
    http2: bool
    fields: Callable[[Authority], dict[str, str]]
    good: Said
    gone: Said
    ours: Said
    codes: tuple[str, str]
    """Of the two refusals, as the console shows them: the token's, and that of the certificate."""
    access: str = "-"
    """Part of the path where an access token is given."""


def _p12(authority: Authority) -> dict[str, str]:
    file = base64.b64encode(authority.p12("client", "open")).decode()
    return {"File": file, "Password": "open", "BundleId": "org.example"}


def _account(authority: Authority) -> dict[str, str]:
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    account = {"project_id": "p1", "client_email": "a@b", "private_key": key.decode(), "token_uri": "https://x/token"}
    return {"ServiceAccount": json.dumps(account)}


def _of(**fields: str) -> Callable[[Authority], dict[str, str]]:
    return lambda authority: _PACKAGE | fields


def _fcm(status: int, code: str) -> Said:
    return status, {"error": {"code": status, "details": [{"errorCode": code}]}}


_UNREGISTERED = (410, {"reason": "Unregistered"})
_TABLE = (
    Vendor(
        "apns_p8",
        True,
        lambda authority: {"Key": P8, "KeyId": "K1", "TeamId": "T1", "BundleId": "org.example"},
        (200, None),
        _UNREGISTERED,
        (403, {"reason": "InvalidProviderToken"}),
        ("Unregistered", "InvalidProviderToken"),
    ),
    Vendor(
        "apns_p12",
        True,
        _p12,
        (200, None),
        _UNREGISTERED,
        (403, {"reason": "BadCertificate"}),
        ("Unregistered", "BadCertificate"),
    ),
    Vendor(
        "fcm",
        False,
        _account,
        (200, {"name": "projects/p1/messages/1"}),
        _fcm(404, "UNREGISTERED"),
        _fcm(403, "SENDER_ID_MISMATCH"),
        ("UNREGISTERED", "SENDER_ID_MISMATCH"),
        "/token",
    ),
    Vendor(
        "huawei",
        False,
        _of(AppSecret="s"),
        (200, {"code": "80000000", "msg": "Success"}),
        (200, {"code": "80300007", "msg": "all tokens are invalid"}),
        (200, {"code": "80300002", "msg": "no permission"}),
        ("80300007", "80300002"),
        "/token",
    ),
    Vendor(
        "honor",
        False,
        _of(ClientId="c", ClientSecret="s"),
        (200, {"code": 200, "data": {"sendResult": True}}),
        (200, {"code": 80100000, "data": {"sendResult": False, "expireTokens": ["dead"]}}),
        (200, {"code": 80300002, "message": "no permission"}),
        ("80100000", "80300002"),
        "/token",
    ),
    Vendor(
        "xiaomi",
        False,
        _of(AppSecret="s"),
        (200, {"result": "ok", "code": 0}),
        (200, {"result": "error", "code": 10029, "reason": "device token bad"}),
        (200, {"result": "error", "code": 21301, "reason": "auth failed"}),
        ("10029", "21301"),
    ),
    Vendor(
        "oppo",
        False,
        _of(AppKey="k", MasterSecret="s"),
        (200, {"code": 0, "data": {"messageId": "m"}}),
        (200, {"code": 10000, "message": "invalid registration id"}),
        (200, {"code": 14, "message": "invalid app key"}),
        ("10000", "14"),
        "/auth",
    ),
    Vendor(
        "vivo",
        False,
        _of(AppKey="k", AppSecret="s"),
        (200, {"result": 0, "taskId": "1"}),
        (200, {"result": 10302, "desc": "regId invalid"}),
        (200, {"result": 10094, "desc": "another app"}),
        ("10302", "10094"),
        "/auth",
    ),
    Vendor(
        "meizu",
        False,
        _of(AppSecret="s"),
        (200, {"code": "200", "value": {}}),
        (200, {"code": "200", "value": {"110003": ["dead"]}}),
        (200, {"code": "110001", "message": "invalid app key"}),
        ("110003", "110001"),
    ),
)


class Standing:
    """A vendor's server: sends are told apart from questions for an access token."""

    def __init__(self, vendor: Vendor, server: VendorServer) -> None:
        self.vendor = vendor
        self.server = server
        self.sends: list[Asked] = []
        self.says: Callable[[Asked], Said | None] = lambda asked: vendor.good
        self.headers: dict[str, str] = {}
        server.answer = self._answer

    def _answer(self, asked: Asked) -> Reply | None:
        if self.vendor.access in asked.path:
            return 200, {}, json.dumps(_ACCESS).encode()
        self.sends.append(asked)
        said = self.says(asked)
        if said is None:
            return None
        status, body = said
        return status, self.headers, b"" if body is None else json.dumps(body).encode()

    def about(self, token: str) -> Callable[[Asked], bool]:
        return lambda asked: token in asked.path or token.encode() in asked.body


@pytest_asyncio.fixture
async def servers(authority: Authority) -> AsyncIterator[dict[bool, VendorServer]]:
    async with VendorServer(authority, http2=True) as two, VendorServer(authority, http2=False) as one:
        yield {True: two, False: one}


async def _due(pushing: Pushing) -> None:
    """Until what failed stands in the outbox again, to be tried later."""
    async with asyncio.timeout(60):
        while True:
            sql = "SELECT COUNT(*) FROM outbox WHERE topic = $1 AND error <> ''"
            row = await pushing.world.db.fetch_one(sql, SEND)
            if row is not None and row[0]:
                return
            await asyncio.sleep(0.005)


async def _of_one(pushing: Pushing, vendor: Vendor, stands: Standing) -> None:
    """Taken; a token refused; the certificate refused; asked to wait; the connection closed. In one life of a token."""
    fields = vendor.fields(pushing.authority) | {"Endpoint": stands.server.url}
    if "AuthEndpoint" in {field.name for field in VENDORS[vendor.name].fields}:
        fields["AuthEndpoint"] = f"{stands.server.url}/token"
    one = await pushing.push.certificates.put(pushing.app, vendor.name, "", fields)
    await pushing.device(one, token="dead", instid=1)
    await pushing.device(one, token="good", instid=2)
    dead, clock = stands.about("dead"), pushing.world.clock
    stands.says = lambda asked: vendor.gone if dead(asked) else vendor.good
    await pushing.send("taken, and refused")
    await pushing.quiet()
    assert await pushing.tokens() == ["good"], "that token alone is deleted"
    assert (await pushing.failures())[0].code == vendor.codes[0]
    assert {asked.version for asked in stands.sends} == {"h2" if vendor.http2 else "http/1.1"}

    stands.says = lambda asked: vendor.ours
    await pushing.send("the certificate is wrong")
    await pushing.quiet()
    trouble = (await pushing.push.certificates.of(pushing.app))[one.id].trouble
    assert trouble.startswith(vendor.codes[1])
    assert await pushing.tokens() == ["good"]

    stands.says, stands.headers, count = lambda asked: (429, {}), {"retry-after": "120"}, len(stands.sends)
    await pushing.send("not now")
    await _due(pushing)
    stands.says, stands.headers = lambda asked: vendor.good, {}
    for seconds, sends in ((119, 1), (2, 2)):
        clock.now += seconds
        pushing.world.outbox.wake()
        if sends == 2:
            await pushing.quiet()
        else:
            await asyncio.sleep(0.1)
        assert len(stands.sends) == count + sends, "not before the vendor's time, and then once"
    assert (await pushing.push.certificates.of(pushing.app))[one.id].trouble == ""

    stands.says, count = lambda asked: None, len(stands.sends)
    await pushing.send("no word")
    await _due(pushing)
    stands.says = lambda asked: vendor.good
    clock.now += 10
    pushing.world.outbox.wake()
    await pushing.quiet()
    assert len(stands.sends) > count + 1
    assert await pushing.tokens() == ["good"]

    stands.says = lambda asked: vendor.gone
    await pushing.device(one, token="dead", instid=2)  # another vendor's turn: nobody has this one's token any more
    await pushing.send("gone")
    await pushing.quiet()
    assert await pushing.tokens() == []


async def test_every_vendor_and_each_of_its_answers(pushing: Pushing, servers: dict[bool, VendorServer]) -> None:
    assert {vendor.name for vendor in _TABLE} | {"webpush"} == set(VENDORS)
    for vendor in _TABLE:
        try:
            await _of_one(pushing, vendor, Standing(vendor, servers[vendor.http2]))
        except Exception as error:
            error.add_note(f"of {vendor.name}")
            raise
