"""Pushes to many: tags and attributes, conditions, progress, revoking, a kill in the middle. On each engine."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import time
from typing import Any

import msgspec
import pytest

from sodam.errors import ApiError, Code
from sodam.jobs.service import JobService
from sodam.messages.offline_push import OfflinePushInfo, Wish
from sodam.push import store_audience
from sodam.push import tasks as tasks_module
from sodam.push.audience import Condition
from sodam.push.model import Filter
from sodam.push.tasks import What
from sodam.storage import Database
from tests.contract.pushing import Pushing, apple, authority, pushing
from tests.contract.world import text_body
from tests.support.seeds import SEED
from tests.support.vendors import VendorServer, replying

__all__ = ["apple", "authority", "pushing"]
WISH = Wish(OfflinePushInfo(Title="Sale", Desc="Starts at noon"))


async def size(database: Database) -> int:
    """Bytes that the database takes."""
    if database.engine == "sqlite":
        rows = await database.scan("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    else:
        rows = await database.scan("SELECT pg_database_size(current_database())")
    return int(rows[0][0])


async def done(pushing: Pushing, task: str) -> Any:
    async with asyncio.timeout(60):
        while not (found := (await pushing.push.tasks.reports(pushing.app, [task]))[task]).ended_at:
            await asyncio.sleep(0.02)
    return found


async def refused(awaitable: Any) -> Code:
    with pytest.raises(ApiError) as caught:
        await awaitable
    return caught.value.code


async def test_marks_and_conditions(pushing: Pushing) -> None:
    app, marks = pushing.app, pushing.push.marks
    await marks.set_names(app, {"0": "tier", "1": "city"})
    await marks.set_attrs(app, {"a": {"tier": "gold", "city": "Porto"}, "b": {"tier": "gold"}, "c": {"city": "Porto"}})
    await marks.add_tags(app, {"a": ["x", "y"], "b": ["x"], "c": ["z"]})
    assert await marks.attrs(app, ["a", "nobody"]) == {"a": {"tier": "gold", "city": "Porto"}, "nobody": {}}
    assert await marks.tags(app, ["a", "nobody"]) == {"a": ["x", "y"], "nobody": []}

    async def of(**condition: Any) -> str:
        wanted = await marks.filter(app, Condition(**condition))
        users, following = await pushing.push.tasks._page(app, wanted, "")
        assert following == ""
        if not wanted.only_not:
            assert await pushing.push.tasks.audience(app, wanted) == len(users)
        return "".join(users)

    assert await of() == "abc"
    assert await of(TagsOr=["x", "z"]) == "abc"
    assert await of(TagsAnd=["x", "y"]) == "a"
    assert await of(TagsOr=["x"], TagsNot=["y"]) == "b"
    assert await of(TagsNot=["x"]) == "c"
    assert await of(TagsOr=["z", "y"], TagsAnd=["x"]) == "a"
    assert await of(AttrsAnd={"tier": "gold", "city": "Porto"}) == "a"
    assert await of(AttrsOr={"tier": "gold", "city": "Porto"}) == "abc"
    assert await of(AttrsOr={"city": "Porto"}, AttrsAnd={"tier": "gold"}) == "a"

    assert await refused(marks.filter(app, Condition(TagsOr=["x"], AttrsOr={"tier": "1"}))) is Code.PUSH_CONDITION_MIXED
    assert await refused(marks.filter(app, Condition(TagsOr=["x"], TagsAnd=["x"]))) is Code.PUSH_TAG_IN_BOTH
    assert await refused(marks.filter(app, Condition(TagsOr=[""]))) is Code.PUSH_TAG_EMPTY
    assert await refused(marks.filter(app, Condition(TagsOr=["t" * 51]))) is Code.PUSH_TAG_ILLEGAL
    assert await refused(marks.filter(app, Condition(TagsOr=list("abcdefghijk")))) is Code.PUSH_TOO_MANY_TAGS
    assert await refused(marks.filter(app, Condition(AttrsOr={"no": "1"}))) is Code.PUSH_ATTRIBUTE_INVALID
    assert await refused(marks.add_tags(app, {"a": ["t" * 51]})) is Code.PUSH_TAG_TOO_LONG
    assert await refused(marks.add_tags(app, {"nobody": ["t"]})) is Code.MSG_ACCOUNT_NOT_FOUND
    assert await refused(marks.add_tags(app, {f"{n}": ["t"] for n in range(101)})) is Code.PUSH_TOO_MANY_ACCOUNTS
    assert await refused(marks.set_names(app, {"2": "tier"})) is Code.PUSH_ATTRIBUTE_INVALID

    for round_ in range(9):
        await marks.add_tags(app, {"b": [f"{round_} {n}" for n in range(10)]})
    both = [marks.add_tags(app, {"b": [f"{name} {n}" for n in range(9)]}) for name in "pq"]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(outcome, ApiError) for outcome in outcomes) == 1, "100 tags a user, also of two at once"
    await marks.remove_tags(app, {"a": ["x"]})
    await marks.clear_tags(app, ["b"])
    await marks.remove_attrs(app, {"a": ["tier"]})
    assert await marks.tags(app, ["a", "b"]) == {"a": ["y"], "b": []}
    assert await marks.attrs(app, ["a"]) == {"a": {"city": "Porto"}}
    await pushing.world.accounts.delete(pushing.world.app, ["c"])
    assert (await marks.tags(app, ["c"]), await marks.attrs(app, ["c"])) == ({"c": []}, {"c": {}})


async def test_a_push_to_all(pushing: Pushing, apple: VendorServer) -> None:
    one = await pushing.apns(apple.url)
    await pushing.device(one, "b", "tb", 100_001)
    await pushing.device(one, "c", "tc", 100_002)
    online = pushing.world.device("c")
    tasks, app = pushing.push.tasks, pushing.world.app
    what = What("a", 5, Filter(), body=text_body("noon").decode(), wish=WISH)
    first = await tasks.create(app, what, limited=True)
    assert await tasks.create(app, what, limited=True) == first
    other = msgspec.structs.replace(what, random=6)
    assert await refused(tasks.create(app, other, limited=True)) is Code.PUSH_TOO_FREQUENT
    assert first.startswith(f"{pushing.app}_")
    assert first.endswith("_5")
    report = await done(pushing, first)
    assert (report.total, report.done, report.devices) == (3, 3, 2)
    await pushing.quiet()
    assert sorted(asked.path for asked in apple.asked) == ["/3/device/tb", "/3/device/tc"]
    assert apple.asked[0].json["aps"]["alert"] == {"title": "Sale", "body": "Starts at noon"}
    assert online.texts() == ["noon"]

    pushing.world.clock.now += 2
    stored = msgspec.structs.replace(what, random=7, stored=True, wish=None)
    await done(pushing, await tasks.create(app, stored, limited=False))
    heads = await pushing.world.c2c.histories.heads(app, "b", 10)
    assert [head.peer for head in heads] == ["a"], "kept for who was away, and nothing of the push to those online"

    apple.asked.clear()
    await tasks.revoke(app, first, OfflinePushInfo(Title="Taken back", Desc="-"), limited=True)
    assert await refused(tasks.revoke(app, first, OfflinePushInfo(), limited=False)) is Code.PUSH_ALREADY_REVOKED
    assert await refused(tasks.revoke(app, "no", OfflinePushInfo(), limited=False)) is Code.PUSH_TASK_NOT_FOUND
    await done(pushing, f"{first}_revoke")
    await pushing.quiet()
    assert {asked.headers["apns-collapse-id"] for asked in apple.asked} == {f"task {first}"[:64]}
    pushing.world.clock.now += 86_401
    assert await refused(tasks.revoke(app, first, OfflinePushInfo(), limited=False)) is Code.PUSH_REVOKE_EXPIRED


async def test_a_kill_repeats_at_most_one_page(pushing: Pushing, apple: VendorServer, monkeypatch: Any) -> None:
    """The job dies behind its third page's delivery and before its note; another takes it over."""
    monkeypatch.setattr(tasks_module, "PAGE", 10)
    users = [f"u{n:03}" for n in range(60)]
    await pushing.world.accounts.ensure(pushing.app, users)
    one = await pushing.apns(apple.url)
    for user in users:
        await pushing.device(one, user, f"t-{user}", 1)
    tasks = pushing.push.tasks
    pages: list[int] = []
    deliver, killed = tasks._deliver, asyncio.Event()

    async def dying(app: Any, what: Any, task: str, page: int, receivers: Any) -> int:
        devices = await deliver(app, what, task, page, receivers)
        pages.append(page)
        if page == 2 and not killed.is_set():
            killed.set()
            await asyncio.sleep(3600)
        return devices

    monkeypatch.setattr(tasks, "_deliver", dying)
    task = await tasks.create(pushing.world.app, What("a", 1, Filter(), wish=WISH), limited=False)
    await asyncio.wait_for(killed.wait(), 60)
    await pushing.jobs.stop()
    pushing.jobs = JobService(pushing.world.db)
    tasks.register(pushing.jobs)
    await pushing.jobs.start()
    report = await done(pushing, task)
    await pushing.quiet()
    assert (report.done, sorted(pages)) == (63, [0, 1, 2, 2, 3, 4, 5, 6])
    assert len(apple.asked) == len({asked.path for asked in apple.asked}) == 60, "each device once"


async def test_whom_a_condition_is_for(pushing: Pushing, database: Database, monkeypatch: Any) -> None:
    """Whatever it asks for, its pages are whom it holds for, each once and in order, and its count is theirs."""
    chosen, app = random.Random(SEED), pushing.app
    tags, attrs = "pqrs", [(number, value) for number in (1, 2) for value in "uv"]
    held = {
        f"u{n:02}": (set(chosen.sample(tags, chosen.randrange(4))), {a: chosen.choice("uv") for a in (1, 2)})
        for n in range(60)
    }
    pairs = [(name, tag) for name, (some, _) in held.items() for tag in some]
    values = {(name, number): value for name, (_, of) in held.items() for number, value in of.items()}
    await database.write(lambda tx: store_audience.put_tags(tx, app, pairs))
    await database.write(lambda tx: store_audience.put_attrs(tx, app, values))
    monkeypatch.setattr(store_audience, "_WALKS", 2)
    for _ in range(40):
        wanted = Filter(
            tags_or=chosen.sample(tags, chosen.randrange(3)),
            tags_and=chosen.sample(tags, chosen.randrange(2)),
            tags_not=chosen.sample(tags, chosen.randrange(2)),
            attrs_or=chosen.sample(attrs, chosen.randrange(3)),
            attrs_and=chosen.sample(attrs, chosen.randrange(2)),
        )
        if not (wanted.tags_or or wanted.tags_and or wanted.attrs_or or wanted.attrs_and):
            continue

        def holds(some: set[str], of: dict[int, str], wanted: Filter = wanted) -> bool:
            return (
                (not wanted.tags_or or any(tag in some for tag in wanted.tags_or))
                and all(tag in some for tag in wanted.tags_and)
                and not any(tag in some for tag in wanted.tags_not)
                and (not wanted.attrs_or or any(of[number] == value for number, value in wanted.attrs_or))
                and all(of[number] == value for number, value in wanted.attrs_and)
            )

        expected = [name for name, of in held.items() if holds(*of)]
        found, after, pages = [], "", 0
        while True:
            users, after = await store_audience.page(database, app, wanted, after, 4)
            found, pages = found + users, pages + 1
            if not after:
                break
        assert found == expected, wanted
        assert pages <= 1 + 60 // 4
        assert await store_audience.count(database, app, wanted) == len(expected), wanted


class Counted(list[Any]):
    """Counts what it is given and keeps nothing: 10 000 requests of a vendor are 25 MiB of this process."""

    count = 0

    def append(self, one: Any) -> None:
        self.count += 1


@pytest.mark.long
async def test_many_accounts(pushing: Pushing, database: Database, apple: VendorServer, capsys: Any) -> None:
    """``SODAM_TEST_PUSH_ACCOUNTS`` accounts by tag, every hundredth with a device; memory does not grow with them."""
    count = int(os.environ.get("SODAM_TEST_PUSH_ACCOUNTS", "100000"))
    for start in range(0, count, 1000):
        names = [f"u{n:07}" for n in range(start, start + 1000)]
        await pushing.world.accounts.ensure(pushing.app, names)
        for some in range(0, 1000, 100):
            await pushing.push.marks.add_tags(pushing.app, {name: ["all"] for name in names[some : some + 100]})
    one = await pushing.apns(apple.url)
    apple.answer, apple.asked = replying(200), (asked := Counted())
    for n in range(0, count, 100):
        await pushing.device(one, f"u{n:07}", f"t{n}", 1)
    stored = await size(database)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    task = await pushing.push.tasks.create(
        pushing.world.app, What("a", 1, Filter(tags_or=["all"]), wish=WISH), limited=False
    )
    async with asyncio.timeout(3000):
        while not (await pushing.push.tasks.reports(pushing.app, [task]))[task].ended_at:
            await asyncio.sleep(0.5)
        walked = time.monotonic() - began
        while sum(await pushing.world.outbox.counts("push.device", pushing.app)):
            await asyncio.sleep(0.5)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    more = await size(database) - stored
    with capsys.disabled():
        print(
            f"\n{database.engine}: {count} accounts in {walked:.1f} s, {asked.count} pushes in "
            f"{time.monotonic() - began:.1f} s, {grown / 1024:.1f} MiB more at the peak, "
            f"{more / 2**20:.1f} MiB more in the database"
        )
    assert asked.count == count // 100
    assert grown < 40 * 1024


async def test_a_planned_push_is_called_off_or_begins(pushing: Pushing, apple: VendorServer) -> None:
    """It shows among those to come, nobody gets what was called off, and what has begun is no longer to come."""
    tasks, app, clock = pushing.push.tasks, pushing.apps.all()[0], pushing.world.clock
    await pushing.device(await pushing.apns(apple.url), "b", "tb")
    at = int(clock.now) + 3600
    first, second = [await tasks.plan(app, What("a", n, Filter(), wish=WISH), at + n) for n in (1, 2)]
    assert [(task, when) for task, _, when in await tasks.planned(pushing.app)] == [(first, at + 1), (second, at + 2)]
    assert await refused(tasks.revoke(app, f"{first}0", WISH.info, limited=False)) == Code.PUSH_TASK_NOT_FOUND
    await tasks.revoke(app, first, WISH.info, limited=False)
    assert await refused(tasks.revoke(app, first, WISH.info, limited=False)) == Code.PUSH_TASK_NOT_FOUND
    assert [task for task, _, _ in await tasks.planned(pushing.app)] == [second]
    clock.now = at + 3
    pushing.world.outbox.wake()
    async with asyncio.timeout(60):
        while second not in await tasks.reports(pushing.app, [first, second]):
            await asyncio.sleep(0.02)
    assert (await done(pushing, second)).devices == 1
    await pushing.quiet()
    assert await tasks.planned(pushing.app) == []
    assert (len(apple.asked), list(await tasks.reports(pushing.app, [first]))) == (1, [])
