"""What vendors said to a push to many: counted, whatever the number of devices. On each engine."""

from __future__ import annotations

import asyncio
from typing import Any

from sodam.messages.offline_push import OfflinePushInfo, Wish
from sodam.push import store_results
from sodam.push import tasks as tasks_module
from sodam.push.model import Answered, Filter
from sodam.push.store_results import MOST, Answer
from sodam.push.tasks import What
from sodam.storage import Database
from tests.contract.pushing import Pushing, apple, authority, pushing
from tests.support.vendors import Asked, Reply, VendorServer

__all__ = ["apple", "authority", "pushing"]
WISH = Wish(OfflinePushInfo(Title="Sale", Desc="Starts at noon"))


async def ended(pushing: Pushing, task: str) -> None:
    async with asyncio.timeout(60):
        while not (await pushing.push.tasks.reports(pushing.app, [task]))[task].ended_at:
            await asyncio.sleep(0.01)
    await pushing.quiet()
    await pushing.push.sending.flush()


async def test_each_answer_is_counted(pushing: Pushing, apple: VendorServer) -> None:
    """Five take it, three have lost the app, one of another app's certificate; a message's push counts nowhere."""
    one = await pushing.apns(apple.url)
    await pushing.world.accounts.ensure(pushing.app, [f"u{n}" for n in range(9)])
    for n in range(9):
        await pushing.device(one, f"u{n}", f"t{n}", 1)

    def answer(asked: Asked) -> Reply | None:
        token = int(asked.path.rpartition("t")[2])
        if token < 5:
            return 200, {}, b""
        return (410, {}, b'{"reason": "Unregistered"}') if token < 8 else (400, {}, b'{"reason": "BadTopic"}')

    apple.answer = answer
    tasks = pushing.push.tasks
    task = await tasks.create(pushing.world.app, What("a", 1, Filter(), wish=WISH), limited=False)
    await ended(pushing, task)
    found = (await tasks.results(pushing.app, [task, "other"]))[task]
    assert [(row.outcome, row.code, row.pushes) for row in found] == [
        ("ok", "", 5),
        ("gone", "Unregistered", 3),
        ("ours", "BadTopic", 1),
    ]
    assert {row.vendor for row in found} == {"apns_p8"}

    again = await tasks.create(pushing.world.app, What("a", 2, Filter(), wish=WISH), limited=False)
    await ended(pushing, again)
    both = await tasks.results(pushing.app, [task, again])
    assert both[task] == found, "each push has its own"
    assert [(row.outcome, row.pushes) for row in both[again]] == [("ok", 5), ("ours", 1)], "what is gone was forgotten"


async def test_what_is_kept_with_the_pushes(pushing: Pushing, database: Database, monkeypatch: Any) -> None:
    await database.write(lambda tx: store_results.add(tx, {Answer(pushing.app, "never", "fcm", "ok", ""): ("", 1)}))
    task = await pushing.push.tasks.create(pushing.world.app, What("a", 1, Filter(), wish=WISH), limited=False)
    kept = Answer(pushing.app, task, "fcm", "ok", "")
    await database.write(lambda tx: store_results.add(tx, {kept: ("", 2)}))
    await store_results.purge(database)
    assert await pushing.push.tasks.results(pushing.app, ["never", task]) == {task: [Answered("fcm", "ok", "", "", 2)]}
    monkeypatch.setattr(tasks_module, "KEPT_MS", 0)
    pushing.world.clock.now += 1
    assert await pushing.push.tasks.forget() == 1
    assert await pushing.push.tasks.results(pushing.app, [task]) == {}


async def test_two_processes_add_up_and_codes_are_bounded(pushing: Pushing, database: Database) -> None:
    """A vendor, or a browser's service that a user made up, may have a new code for each push."""

    def some(first: int) -> dict[Answer, tuple[str, int]]:
        codes = {
            Answer(pushing.app, "t", "webpush", "payload", f"{n:03}"): (f"no {n}", 1) for n in range(first, first + 60)
        }
        return codes | {Answer(pushing.app, "t", "apns", "ok", ""): ("", 10)}

    adding = [store_results.add] * 2
    await asyncio.gather(*(database.write(lambda tx, add=add: add(tx, some(0))) for add in adding))  # type: ignore[misc]
    for first in (60, 120, 180):
        await database.write(lambda tx, first=first: store_results.add(tx, some(first)))  # type: ignore[misc]
    found = (await pushing.push.tasks.results(pushing.app, ["t"]))["t"]
    assert sum(row.pushes for row in found if row.vendor == "apns") == 50
    assert sum(row.pushes for row in found if row.vendor == "webpush") == 60 * 5
    assert len(found) <= MOST + 1
    assert {row.code: row.pushes for row in found if row.code < "060" and row.code} == {f"{n:03}": 2 for n in range(60)}
    assert next(row.reason for row in found if row.code == "007") == "no 7"
