"""What operators look for by a part of a name is found alike on both engines: A to Z in either case, other letters in
their own alone. Groups: test_group_listing."""

from __future__ import annotations

from pathlib import Path

from sodam.audit.model import Filter
from sodam.audit.service import AuditLog, by_server
from sodam.observability.loops import Loops
from sodam.officials import store as officials
from sodam.officials.model import Official
from sodam.storage import Database
from sodam.troubleshooting.model import Search
from sodam.troubleshooting.service import TroubleshootingLog

APP = 1_400_000_001
NAMES = ("News", "NEWS of Ärzte", "news_of ärzte", "NÄHE", "nähe", "50%!")


async def test_official_accounts(database: Database) -> None:
    for number, name in enumerate(NAMES):
        one = Official(app=APP, account=f"@TOA#_{'aB'[number % 2]}{number}", owner="ann", name=name)
        await database.write(lambda tx, one=one: officials.insert(tx, one))  # type: ignore[misc]

    async def found(prefix: str) -> list[int]:
        return sorted(int(one.account[-1]) for one in await officials.page(database, APP, "", prefix, 100))

    assert await found("news") == await found("NEWS") == [0, 1, 2]
    assert (await found("news_"), await found("nÄ"), await found("Nä")) == ([2], [3], [4])
    assert (await found("50%!"), await found("%")) == ([5], [])
    assert await found("@toa#_b") == [1, 3, 5]


async def test_the_audit_log(database: Database) -> None:
    log = AuditLog(database)
    for number, name in enumerate(NAMES):
        await log.add(by_server(number + 1, f"Chat:Do{number}", name))

    async def found(**wanted: str) -> list[str]:
        return [one.resource for one in await log.search(Filter(**wanted), before=0, limit=10)]  # type: ignore[arg-type]

    assert await found(keyword=" nEWS ") == [NAMES[2], NAMES[1], NAMES[0]]
    assert (await found(keyword="ÄRZ"), await found(keyword="ärz")) == ([NAMES[1]], [NAMES[2]])
    assert await found(action="chat:do3") == [NAMES[3]]


async def test_the_troubleshooting_log(database: Database, tmp_path: Path) -> None:
    """UserIDs are looked for as they are: another case is another user."""
    log = TroubleshootingLog(database, tmp_path, Loops(), "one")
    for peer in ("bob", "Bob", "bob +2", "BOB +2", "bo_ +2", "bo% +2"):
        log.note(APP, "command", "c", "0", failed=True, peer=peer)

    async def found(peer: str) -> list[str]:
        return sorted(e.peer for _, e in await log.search(APP, Search(since=0, until=1 << 50, peer=peer)))

    assert (await found("bob"), await found("BOB")) == (["bob", "bob +2"], ["BOB +2"])
    assert (await found("bo_"), await found("bo%"), await found("b")) == (["bo_ +2"], ["bo% +2"], [])
    await log.stop()
