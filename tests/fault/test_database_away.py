"""PostgreSQL hangs, dies and comes back under a running server, which says so, waits for nobody and ends when told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sodam.errors import Code
from tests.gateway.raw_client import RawClient, Refused
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.forkserver import constants
from tests.support.nats import Nats
from tests.support.postgres import Postgres
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

DRAIN_SECONDS = 60
"""Whoever waited for a database that stays away would not end at all."""
SOON = constants(**{"sodam.storage.pools.ANSWER_SECONDS": 2})
RETRY = {Code.ACCOUNT_INTERNAL, Code.MSG_INTERNAL, Code.C2C_INTERNAL, Code.SERVER_TIMEOUT, Code.PROFILE_INTERNAL}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One of these tests' own: they stop it."""
    server = Postgres()
    yield server
    server.stop()


class Away:
    """A way in which the database goes and comes back."""

    def __init__(self, postgres: Postgres, kind: str) -> None:
        self.kind = kind
        self._go = {"paused": postgres.pause, "dead": postgres.crash}[kind]
        self._back = {"paused": postgres.resume, "dead": postgres.start}[kind]
        self.away = False

    def go(self) -> None:
        self._go()
        self.away = True

    def back(self) -> None:
        if self.away:
            self._back()
            self.away = False


@pytest.fixture(params=["paused", "dead"])
def database(postgres: Postgres, request: pytest.FixtureRequest, server_factory: ServerFactory) -> Iterator[Away]:
    away = Away(postgres, request.param)
    yield away
    away.back()


def message(number: int) -> dict[str, Any]:
    return {
        "From_Account": "administrator",
        "To_Account": "ann",
        "MsgRandom": number,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{number}"}}],
    }


def outages(server: ServerProcess) -> list[str]:
    return [line["event"] for line in server.log_lines() if "database" in str(line.get("event", ""))]


def assert_quiet(server: ServerProcess) -> None:
    """An outage is told in a few lines, and without a traceback."""
    # Explanation here, the log is not judged a second time at the end of the test.
    server.allow_errors("the database does not answer")
    tracebacks = [line for line in server.log_lines() if "Traceback" in str(line)]
    assert not tracebacks, "\n".join(f"{line.get('event')}: {str(line)[-400:]}" for line in tracebacks)
    assert outages(server).count("the database does not answer") <= 2, outages(server)


async def test_it_goes_and_comes_back(server_factory: ServerFactory, database: Away, http: httpx.AsyncClient) -> None:
    server = server_factory("postgres", env=SOON)
    await server.rest("im_open_login_svc/account_import", {"UserID": "ann"})
    assert (await server.rest("openim/sendmsg", message(1), client=http))["ErrorCode"] == 0
    database.go()
    ready = await http.get(f"{server.url}/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["the database does not answer"])
    assert (await http.get(f"{server.url}/livez")).status_code == 200

    async def known() -> bool:
        return "the database does not answer" in outages(server)

    await eventually(known, True, what="the outage is noticed")
    calls: list[tuple[str, dict[str, Any]]] = [("openim/sendmsg", message(n)) for n in range(2, 60)]
    calls += [("profile/portrait_get", {"To_Account": ["bob"], "TagList": []})]
    calls += [("im_open_login_svc/account_import", {"UserID": "bob"})]
    async with asyncio.timeout(60):  # nobody waits for a database that is known to be away: sixty would for minutes
        codes = {(await server.rest(*call, client=http))["ErrorCode"] for call in calls}
    assert codes <= RETRY, codes
    async with RawClient(server, "cat") as client:
        with pytest.raises(ConnectionError):  # a refusal would keep the SDK offline; a lost socket brings it back
            await client.sign_in()
    database.back()

    async def again() -> bool:
        return (await http.get(f"{server.url}/readyz")).status_code == 200

    await eventually(again, True, what="ready again")
    assert (await server.rest("openim/sendmsg", message(100), client=http))["ErrorCode"] == 0
    assert outages(server)[-1] == "the database answers again"
    assert_quiet(server)


async def test_calls_under_way_are_answered(
    server_factory: ServerFactory, database: Away, http: httpx.AsyncClient
) -> None:
    """Those that wait for the database when it goes get a code that means "try again", not a time-out of their own."""
    server = server_factory("postgres", env=SOON)
    await server.rest("im_open_login_svc/account_import", {"UserID": "ann"})
    async with RawClient(server, "bob") as bob:
        await bob.sign_in()
        await bob.send_text("ann", "before")
        database.go()
        answers = await asyncio.gather(*(server.rest("openim/sendmsg", message(n), client=http) for n in range(20)))
        assert {answer["ErrorCode"] for answer in answers} <= RETRY
        with pytest.raises(Refused) as refused:
            await bob.send_text("ann", "meanwhile")
        assert refused.value.code in RETRY
        database.back()

        async def stored() -> bool:
            try:
                await bob.send_text("ann", "after")
            except Refused:
                return False
            return True

        await eventually(stored, True, what="messages are stored again")
    assert_quiet(server)


@pytest.mark.parametrize("bus", ["with NATS", "NATS dead", "no NATS"])
async def test_sigterm_while_it_is_away(
    server_factory: ServerFactory, database: Away, http: httpx.AsyncClient, bus: str, request: pytest.FixtureRequest
) -> None:
    """With open sockets, calls under way and a job at work: the end comes in time, with code 0 and no traceback."""
    env = {"SODAM_ROOT_PASSWORD": PASSWORD} | SOON
    server = server_factory("postgres", nats=bus != "no NATS", env=env)
    if bus == "NATS dead":
        nats: Nats = request.getfixturevalue("nats_server")
        nats.stop()
        server.allow_errors("the bus")
    async with RawClient(server, "bob") as bob, ConsoleClient(server.url) as root:
        await bob.sign_in()
        await root.login()
        content = "[" + ",".join(f'{{"UserID":"user{n}"}}' for n in range(20_000)) + "]"
        await root.call("im/ImportAccounts", SDKAppID=server.sdkappid, Format="json", Content=content)
        database.go()
        calls = [asyncio.create_task(server.rest("openim/sendmsg", message(n), client=http)) for n in range(20)]
        sending = asyncio.create_task(bob.send_text("administrator", "x"))
        await asyncio.sleep(0.3)
        begin = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert time.monotonic() - begin < DRAIN_SECONDS
        await asyncio.gather(*calls, sending, return_exceptions=True)
    assert_quiet(server)
    assert "left unfinished" not in server.log.read_text()
