"""The troubleshooting log on each engine: what is found, what is kept, and what goes with apps and users."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodam.accounts.events import AccountsDeleted
from sodam.observability.loops import Loops
from sodam.storage import Database
from sodam.troubleshooting import service
from sodam.troubleshooting.events import event_of, peer_of, user_of
from sodam.troubleshooting.model import FAILURES_PER_SECOND, KEPT_DAYS, PER_SECOND, WAITING, Search
from sodam.troubleshooting.service import TroubleshootingLog
from tests.contract.world import START, Clock

APP, OTHER = 1_400_000_001, 1_400_000_002
SEND = "openim/sendmsg"


class Sent:
    From_Account = "ann"
    To_Account = "bob"


class Node:
    """A log of one process."""

    def __init__(self, database: Database, directory: Path, name: str, clock: Clock) -> None:
        self.clock = clock
        self.log = TroubleshootingLog(database, directory, Loops(), name, clock)

    async def codes(self, app: int = APP, **wanted: object) -> list[str]:
        search = Search(since=0, until=int(self.clock() * 1000), **wanted)  # type: ignore[arg-type]
        return [event.code for _, event in await self.log.search(app, search)]


def wrong(log: TroubleshootingLog, code: int, user: str = "ann", app: int = APP) -> None:
    log.command(app, "im_open_status/wslogin", code, user, reason="because")


async def test_both_nodes_write_and_one_search_sees_all(database: Database, tmp_path: Path) -> None:
    clock = Clock()
    one = Node(database, tmp_path, "one", clock)
    # SQLite belongs to one process.
    two = Node(database, tmp_path, "two", clock) if database.engine == "postgres" else one
    wrong(one.log, 70001)
    clock.now += 1
    wrong(two.log, 70009)
    clock.now += 1
    two.log.command(APP, SEND, 20007, "administrator", Sent(), reason="blocked")
    one.log.command(APP, SEND, 0, "administrator", Sent())
    one.log.command(APP, "group_open_http_svc/get_group_info", 0, "administrator")  # reading is not kept
    one.log.note(APP, "push", "apns/gone", "Unregistered", failed=True, peer="b_b")
    one.log.note(APP, "push", "apns/gone", "Unregistered", failed=True, peer="bxb")
    one.log.note(APP, "c2c_message", "openim/batchsendmsg", "0", failed=False, peer="b_b +3")
    wrong(one.log, 70003, app=OTHER)
    await two.log.flush()
    assert sorted(await one.codes()) == ["0", "0", "20007", "70001", "70009", "Unregistered", "Unregistered"]
    assert await one.codes(event="login") == ["70009", "70001"]
    assert await one.codes(user_id="ann", peer="bob", failed=True) == ["20007"]
    assert sorted(await one.codes(peer="b_b")) == ["0", "Unregistered"]
    assert await one.codes(code="70001") == ["70001"]
    assert await one.codes(OTHER) == ["70003"]
    search = Search(since=START * 1000 + 1000, until=START * 1000 + 1999)
    ((_, event),) = await one.log.search(APP, search)
    assert (event.node, event.code, event.reason, event.failed) == (two.log._node, "70009", "because", 1)
    pages, before = [], (0, 0)
    while page := await one.log.search(APP, Search(since=0, until=2**52, before=before, limit=2)):
        pages += [number for number, _ in page]
        before = (page[-1][1].at, page[-1][0])
    assert len(pages) == len(set(pages)) == 7
    for node in {one.log, two.log}:
        await node.stop()


async def test_space_is_bounded(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "KEPT", 3)
    node = Node(database, tmp_path, "one", Clock())
    log, clock = node.log, node.clock
    for _ in range(PER_SECOND + 7):
        log.command(APP, SEND, 0, "administrator", Sent())
    for _ in range(FAILURES_PER_SECOND + 5):
        wrong(log, 70009)
    assert await log.omitted(APP, 0, 2**52) == 0  # not written yet
    found = await node.codes(limit=1000)
    assert (found.count("0"), found.count("70009")) == (PER_SECOND, FAILURES_PER_SECOND)
    assert await log.omitted(APP, 0, 2**52) == 12
    clock.now += 1
    wrong(log, 70001)
    await log.flush()
    await log.purge([APP])
    assert sorted(await node.codes(limit=1000)) == ["0", "0", "0", "70001", "70009", "70009"]
    clock.now += KEPT_DAYS * 86_400 + 1
    await log.purge([APP])
    assert await node.codes() == []
    # In memory, too: while nothing can be written, what is too much is counted.
    for second in range(WAITING // FAILURES_PER_SECOND + 3):
        clock.now = START + 10 * 86_400 + second
        for _ in range(FAILURES_PER_SECOND):
            wrong(log, 70009)
    assert len(log._waiting) == WAITING
    await log.flush()
    assert await log.omitted(APP, 0, 2**52) == 3 * FAILURES_PER_SECOND
    await log.stop()


async def test_goes_with_app_and_account(database: Database, tmp_path: Path) -> None:
    node = Node(database, tmp_path, "one", Clock())
    log = node.log
    database.events.subscribe(AccountsDeleted, log.forget_accounts)
    wrong(log, 1, "ann")
    wrong(log, 2, "bob")
    log.command(APP, SEND, 3, "administrator", Sent())
    wrong(log, 4, "ann", OTHER)
    await log.flush()

    async def delete_bob(tx: object) -> None:
        tx.emit(AccountsDeleted(app=APP, user_ids=["bob"]))  # type: ignore[attr-defined]

    await database.write(delete_bob)
    assert await node.codes() == ["1"]
    wrong(log, 5)
    await log.erase_app(APP)
    assert (await node.codes(), await node.codes(OTHER)) == ([], ["4"])
    await log.stop()


def test_names_of_commands_and_requests() -> None:
    expected = {
        "im_open_status/wslogin": ("login", True),
        "openim/sendmsg": ("c2c_message", True),
        "group_open_http_svc/send_group_msg": ("group_message", True),
        "group_open_http_svc/get_group_info": ("group", False),
        "group_open_http_svc/create_group": ("group", True),
        "sns/friend_add": ("relation", True),
        "sns/friend_get": ("relation", False),
        "openim/getmsg": ("other", False),
        "nonsense": ("other", False),
    }
    assert {command: event_of(command) for command in expected} == expected
    assert (user_of(Sent(), "administrator"), peer_of(Sent())) == ("ann", "bob")
    assert (user_of(None, "administrator"), peer_of(None)) == ("administrator", "")

    class Many:
        To_Account = ("a", "b", "c")

    assert peer_of(Many()) == "a +2"
