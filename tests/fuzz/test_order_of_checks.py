"""The order of checks of rest-accounts-relations.md 1.5: of two faults in one request, the earlier one is answered."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import pytest_asyncio

from sodam import usersig
from sodam.errors import Code
from sodam.rest import table
from sodam.rest.http import MAX_BODY, RestApp
from sodam.rest.limits import RateLimits
from sodam.server import Server, build
from sodam.settings import BootstrapApp, Settings
from tests.support.sqlite import prepare

APP: Final = 1400000007
DISABLED: Final = 1400000008
EXPIRED: Final = 1400000009
KEY: Final = "9f" * 32
NOW: Final = int(time.time())
KICKED_AT: Final = NOW - 1000


@dataclass(frozen=True)
class Request:
    """A good call, whose parts the faults replace."""

    path: str = "/v4/im_open_login_svc/account_check"
    method: str = "POST"
    body: bytes = b'{"CheckItem":[{"UserID":"ann"}]}'
    sdkappid: int | None = APP
    identifier: str | None = "administrator"
    signer: str | None = None
    signed_app: int | None = None
    key: str = KEY
    issued: int = NOW
    expire: int = 30 * 86_400
    """Long: requests are made when this file is read, and sent much later in a long run."""
    token: str | None = None
    exhausted: bool = False

    def query(self) -> str:
        app, user_id = self.sdkappid or APP, self.signer or self.identifier or "administrator"
        token = self.token
        if token is None:
            token = usersig.generate(self.signed_app or app, self.key, user_id, now=self.issued, expire=self.expire)
        given = {"sdkappid": self.sdkappid, "identifier": self.identifier, "usersig": token}
        return "&".join(f"{name}={value}" for name, value in given.items() if value is not None)


Fault = tuple[str, Code, Callable[[Request], Request]]
FAULTS: Final[tuple[Fault, ...]] = (
    ("method", Code.REQUEST_MALFORMED, lambda r: replace(r, method="PUT")),
    ("URL form", Code.REQUEST_MALFORMED, lambda r: replace(r, path="/v4/im_open_login_svc")),
    ("size", Code.REQUEST_MALFORMED, lambda r: replace(r, body=r.body + b" " * MAX_BODY)),
    ("no sdkappid", Code.SDKAPPID_MISSING, lambda r: replace(r, sdkappid=None)),
    ("unknown app", Code.SDKAPPID_INVALID, lambda r: replace(r, sdkappid=r.sdkappid and 1400000001)),
    ("disabled app", Code.APP_DISABLED, lambda r: replace(r, sdkappid=DISABLED if r.sdkappid == APP else r.sdkappid)),
    ("expired app", Code.PLAN_EXPIRED, lambda r: replace(r, sdkappid=EXPIRED if r.sdkappid == APP else r.sdkappid)),
    ("unknown path", Code.NO_SUCH_COMMAND, lambda r: replace(r, path=r.path.replace("account_check", "nothing"))),
    ("no identifier", Code.CREDENTIALS_MALFORMED, lambda r: replace(r, identifier=None)),
    ("no usersig", Code.USERSIG_EMPTY, lambda r: replace(r, token=r.token or "")),
    ("bad usersig", Code.USERSIG_UNDECODABLE, lambda r: replace(r, token="x" if r.token is None else r.token)),
    ("other user", Code.USERSIG_USER_MISMATCH, lambda r: replace(r, signer="bob")),
    ("other app", Code.USERSIG_SDKAPPID_MISMATCH, lambda r: replace(r, signed_app=1400000099)),
    ("expired", Code.USERSIG_EXPIRED, lambda r: replace(r, issued=KICKED_AT - 50, expire=10)),
    ("other key", Code.USERSIG_MISMATCH, lambda r: replace(r, key="00" * 32)),
    ("kicked", Code.LOGIN_KICKED, lambda r: replace(r, issued=KICKED_AT - 50)),
    ("no admin", Code.NOT_ADMIN, lambda r: replace(r, identifier=r.identifier and "ann")),
    ("rate", Code.RATE_LIMITED, lambda r: replace(r, exhausted=True)),
    ("no JSON", Code.ACCOUNT_BAD_PARAMETER, lambda r: replace(r, body=r.body.replace(b'{"C', b"{C"))),
    ("field", Code.ACCOUNT_BAD_PARAMETER, lambda r: replace(r, body=r.body.replace(b"CheckItem", b"CheckItems"))),
)


class Edge:
    """The REST edge as the server sets it up, with a clock of the test's own under the rate limits."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def code(self, request: Request) -> int:
        limits = RateLimits(enabled=True, clock=lambda: 0.0)
        if request.exhausted:
            command = table.SERVICES["im_open_login_svc"].commands["account_check"]
            for number in (APP, DISABLED, EXPIRED):
                limits.check(number, command, cost=command.rate)
        server = self._server
        app = RestApp(server.services, table.SERVICES, server.auth, limits, server.metrics)
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "path": request.path,
            "method": request.method,
            "query_string": request.query().encode(),
            "headers": [(b"content-length", b"%d" % len(request.body))],
            "client": ("127.0.0.1", 1),
        }
        await app(scope, cast(Any, receive), send)
        assert sent[0]["status"] == 200
        return int(msgspec.json.decode(sent[1]["body"])["ErrorCode"])


@pytest_asyncio.fixture
async def edge(tmp_path: Path) -> AsyncIterator[Edge]:
    apps = tuple(BootstrapApp(number, KEY, "Flagship") for number in (APP, DISABLED, EXPIRED))
    server = await build(Settings(data_dir=prepare(tmp_path), bootstrap_apps=apps))
    try:
        for number, status in ((DISABLED, "disabled"), (EXPIRED, "expired")):
            await server.apps.edit(number, partial(msgspec.structs.replace, status=status))
        await server.accounts.ensure(APP, ["ann", "administrator"])
        await server.db.execute("UPDATE account SET invalid_before = $1", KICKED_AT)
        for user_id in ("ann", "administrator"):
            server.accounts._hints.changed((APP, user_id))
        yield Edge(server)
    finally:
        await server.close()


async def test_one_fault(edge: Edge) -> None:
    assert await edge.code(Request()) == 0
    for name, code, spoil in FAULTS:
        assert await edge.code(spoil(Request())) == code, name


async def test_the_earlier_of_two_faults_is_answered(edge: Edge) -> None:
    for (first, code, spoil), (second, _, also) in itertools.combinations(FAULTS, 2):
        request = also(spoil(Request()))
        assert await edge.code(request) == code, f"{first} and {second}"


async def test_all_faults_from_one_on(edge: Edge) -> None:
    for at, (first, code, _) in enumerate(FAULTS):
        request = Request()
        for _, _, spoil in FAULTS[at:]:
            request = spoil(request)
        assert await edge.code(request) == code, first


async def test_service_checks_come_last(edge: Edge) -> None:
    body = b'{"CheckItem":[' + b",".join([b'{"UserID":"u"}'] * 101) + b"]}"
    assert await edge.code(Request(body=body)) == Code.ACCOUNT_BAD_PARAMETER
    assert await edge.code(Request(body=body, exhausted=True)) == Code.RATE_LIMITED
