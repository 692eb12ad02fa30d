"""What searching costs among many, on both engines: printed, and held to what was promised. Slow: ``-m long``."""

from __future__ import annotations

import contextlib
import functools
import os
import random
import resource
import statistics
import time
from pathlib import Path

import msgspec
import pytest

from sodam.accounts.model import NICK
from sodam.accounts.service import Wanted
from sodam.search import building
from sodam.storage import Bulk, Database, Tx
from tests.contract.search_world import SearchWorld
from tests.contract.world import text_body

MESSAGES = int(os.environ.get("SODAM_TEST_SEARCHED", "1000000"))
WORDS = "the of and to in is you that it he was for on are as with his they at be this have from".split()  # noqa: SIM905
HANZI = [chr(0x4E00 + n) for n in range(1500)]
OFTEN = {"我们": 5, "什么": 20, "时候": 50, "东西": 100, "周末": 400}
"""Pairs that stand in one of so many messages."""
_GIN = "FROM pg_indexes WHERE tablename = 'search_doc' AND indexdef LIKE '%USING gin%'"
pytestmark = pytest.mark.long


async def fill_accounts(world: SearchWorld, many: int) -> None:
    for start in range(0, many, 1000):
        wanted = [
            Wanted(f"user{n:06}", {NICK: f"昵称{n:06} {'needle' if n % (many // 20) == 0 else 'hay'}"})
            for n in range(start, min(start + 1000, many))
        ]
        await world.accounts.import_accounts(world.app, wanted)


async def cost(world: SearchWorld, keyword: str, order: str, repeats: int = 60) -> tuple[float, int]:
    """Milliseconds of CPU for a page, of this process and of the database's own, and the number found."""
    total = 0
    before = await used(world.db)
    for _ in range(repeats):
        listed = await world.search.people.list(
            world.sdkappid,
            order,
            keyword,
            after="",
            limit=20,
            fits=lambda _: True,  # type: ignore[arg-type]
        )
        total = listed.total
    return (await used(world.db) - before) * 1000 / repeats, total


async def tidy(database: Database) -> None:
    """What PostgreSQL does by itself some time after so many rows came; that of the tests never does."""
    if database.engine == "postgres":
        for table in ("search_doc", "account"):
            await database.write(lambda tx, table=table: tx.execute(f"ANALYZE {table}"))  # type: ignore[misc]
        await database.fetch("SELECT gin_clean_pending_list(CAST('search_doc_grams' AS regclass))")


async def used(database: Database) -> float:
    """Seconds of CPU so far: of this process, which SQLite is in, and of PostgreSQL's that serve it."""
    served = 0
    if database.engine == "postgres":
        for row in await database.fetch("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"):
            with contextlib.suppress(FileNotFoundError):
                served += int(Path(f"/proc/{row[0]}/schedstat").read_text().split()[0])
    return time.process_time() + served / 1e9


async def test_accounts(database: Database) -> None:
    few = await SearchWorld.open(database, "")
    many = await SearchWorld.open(database, "")
    await fill_accounts(few, 1000)
    await fill_accounts(many, 100_000)
    await tidy(database)
    for keyword, order in (
        ("needle", "UserID"),
        ("needle", "-CreateTime"),
        ("NEED", "UserID"),
        ("昵称", "-UserID"),
        ("昵称", "-CreateTime"),
        ("昵称", "CreateTime"),
        ("hay", "CreateTime"),
        ("er0009", "UserID"),
        ("er0009", "-CreateTime"),
    ):
        await cost(few, keyword, order, 3)
        await cost(many, keyword, order, 3)
        small, found = await cost(few, keyword, order)
        large, among = await cost(many, keyword, order)
        print(f"{database.engine} {keyword} {order}: {small:.2f} ms of 1000 ({found}), {large:.2f} of 100000 ({among})")
        assert large < 2 * small + 0.1
    await few.close()
    await many.close()


def sentence(dice: random.Random, number: int) -> str:
    if number % 2:
        often = "".join(f"，{pair}" for pair, every in OFTEN.items() if dice.random() < 2 / every)
        return "".join(dice.choices(HANZI, k=dice.randint(6, 30))) + often + ("，西湖" if number % 1001 == 0 else "")
    rare = " xylophone" if number % 5000 == 0 else ""
    return " ".join(dice.choices(WORDS, k=dice.randint(4, 14))) + rare


PAIRS = (("a", "b"), ("c", "d"))
"""Who wrote the older half of the messages, who the later one."""


async def fill_messages(world: SearchWorld) -> None:
    """Straight into the table, then by the way that a search is switched on."""
    dice = random.Random(7)
    for one, other in PAIRS:
        await world.say(one, other, "hello")
    for start in range(0, MESSAGES, 5000):
        rows = [
            (n + 1, 1_800_000_000 + n, text_body(sentence(dice, n))) for n in range(start, min(start + 5000, MESSAGES))
        ]
        conv = "\x1f".join(PAIRS[start >= MESSAGES // 2])
        write = functools.partial(insert, app=world.sdkappid, conv=conv, rows=rows)
        await world.db.write(write, lane="long")
    begin = time.monotonic()
    if world.db.engine == "postgres":  # an index that is made at once takes a part of the time
        index = str((await world.db.scan(f"SELECT indexdef {_GIN}"))[0][0])
        await world.db.execute(f"DROP INDEX {(await world.db.scan(f'SELECT indexname {_GIN}'))[0][0]}")
    await world.search.building.again(world.app)
    if world.db.engine == "postgres":
        await world.db.write(lambda tx: tx.execute(index), lane="long")
    took = time.monotonic() - begin
    print(f"{world.db.engine}: {MESSAGES} messages indexed in {took:.0f} s", flush=True)


async def insert(tx: Tx, *, app: int, conv: str, rows: list[tuple[int, int, bytes]]) -> None:
    statement = Bulk(
        "INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, "
        "body, cloud, ord)",
        ("bigint", "text", *("bigint",) * 8, "bytea", "bytea", "bigint"),
    )
    await tx.bulk(statement, [(app, conv, at, n, n, n + 1, 0, at, 0, 0, body, b'""', n + 1) for n, at, body in rows])


async def test_messages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "PAGE", 5000)
    world = await SearchWorld.open(database, "abcd")
    await fill_messages(world)
    if database.engine == "postgres":
        await database.execute("ANALYZE search_doc")
        size = await database.scan("SELECT pg_total_relation_size('search_doc'), pg_total_relation_size('c2c_message')")
    else:
        size = await database.scan(
            "SELECT SUM(pgsize) FILTER (WHERE name LIKE 'search%'), SUM(pgsize) FILTER (WHERE name LIKE 'c2c_message%')"
            " FROM dbstat"
        )
    print(f"{database.engine}: index {size[0][0] / MESSAGES:.0f} bytes a message, messages {size[0][1] / MESSAGES:.0f}")
    often = [(f"pair in one of {every}", [pair]) for pair, every in OFTEN.items()]
    often += [("frequent word", ["with"]), ("one character", ["我"]), ("three of a word", ["wit"])]
    texts = [chr(0x4E00 + a) + chr(0x4E00 + b) for a, b in ((5, 9), (100, 300), (700, 12), (1400, 3))]
    slow: list[tuple[str, str, float]] = []
    for name, words in (("two characters", texts), ("two frequent", ["西湖"]), ("rare word", ["xylophone"]), *often):
        for who, peer, where in (
            ("a", "b", "an old conversation"),
            ("a", "", "all of who wrote long ago"),
            ("c", "d", "a new conversation"),
            ("c", "", "all of who writes now"),
        ):
            taken, total = [], 0
            before = await used(database)
            for number in range(20):
                begin = time.perf_counter()
                page = await world.page(who, words[number % len(words)], peer=peer, size=20)
                taken.append((time.perf_counter() - begin) * 1000)
                total = max(total, page.total)
            cpu = (await used(database) - before) * 1000 / 20
            median = statistics.median(taken)
            print(
                f"{database.engine} {name}, {where}: median {median:.1f} ms, most {max(taken):.1f}, "
                f"of processor time {cpu:.1f}, found {total}",
                flush=True,
            )
            slow += [(name, where, cpu)] if cpu >= 50 else []  # of a machine that is busy, the time says nothing
    assert not slow
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    page = await world.page("a", "the", peer="b", size=20)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{database.engine} frequent word: {page.total} counted, memory grew by {grown} KiB")
    assert grown < 64 * 1024
    assert msgspec.json.encode(page.total)
    await world.close()
