"""Apps in both databases: every field comes back, keys, the limit of apps, erasing, retention, jobs."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
import structlog

from sodam import usersig
from sodam.apps import rules
from sodam.apps.keys import AppKeys, new_ecdsa
from sodam.apps.model import App
from sodam.apps.plans import AddOns, Overrides
from sodam.apps.service import AppService
from sodam.bus.local import LocalBus
from sodam.c2c import store_retention
from sodam.control import ControlError
from sodam.jobs import periodic as periodic_module
from sodam.jobs.model import Scope
from sodam.jobs.periodic import Periodic
from sodam.jobs.service import JobService, Run
from sodam.storage import Database, Tx
from sodam.storage.erase import app_tables, count, erase_some
from tests.support.rows import columns, insert
from tests.unit.apps.conftest import Clock


async def test_every_field_comes_back(apps: AppService) -> None:
    app, _ = await apps.create("one")
    values: dict[str, Any] = {
        "name": "two",
        "kind": "game",
        "introduction": "hello",
        "status": "disabled",
        "plan": "Pro",
        "expires_at": 5,
        "tags": {"a": "b"},
        "add_ons": AddOns(history_days=30, avchatrooms=True),
        "overrides": Overrides(accounts=None, friends=7),
        "auto_renew": True,
        "plan_changed_at": 6,
        "history_changed_at": 7,
        "created_by": 8,
        "deleting_at": 9,
        "expired_at": 10,
        "admins": frozenset(("administrator", "bob")),
        "settings": msgspec.structs.replace(app.settings, recall_seconds=9),
        "settings_version": 4,
        "section_versions": {"messages": 4, "friends": 2},
    }
    before, after = await apps.edit(app.sdkappid, lambda a: rules.replace(a, **values))
    assert before == app
    loaded = apps.get(app.sdkappid)
    assert loaded == after
    assert loaded is not None
    for name, value in values.items():
        assert getattr(loaded, name) == value, name
    assert loaded.version == app.version + 1


async def test_the_servers_days_of_history(database: Database, clock: Clock) -> None:
    """New apps begin with them, every plan allows as many, and an app's own number outlives the setting."""
    long = AppService(database, LocalBus(), clock, history_days=90)
    await long.start()
    app, _ = await long.create("one", plan="Trial")
    assert (app.settings.history_days, app.limits.max_history_days) == (90, 90)
    _, edited = await long.edit(app.sdkappid, lambda a: rules.settings(a, 1, {"history_days": 60}, 0, operator=True))
    _, edited = await long.edit(app.sdkappid, lambda a: rules.settings(a, 2, {"history_days": 90}, 0, operator=True))
    assert long.get(app.sdkappid) == edited
    await long.stop()
    short = AppService(database, LocalBus(), clock)
    await short.start()
    found = short.get(app.sdkappid)
    assert found is not None
    assert (found.settings.history_days, found.limits.max_history_days) == (90, 7)
    _, renamed = await short.edit(app.sdkappid, lambda a: rules.info(a, "two", None, None))
    assert renamed.settings.history_days == 90
    await short.stop()


async def test_edits_at_the_same_time_do_not_lose_each_other(apps: AppService) -> None:
    app, _ = await apps.create("one")

    def add(name: str) -> Any:
        return lambda a: rules.tags(a, {**a.tags, name: ""})

    await asyncio.gather(*(apps.edit(app.sdkappid, add(str(i))) for i in range(20)))
    loaded = apps.get(app.sdkappid)
    assert loaded is not None
    assert set(loaded.tags) == {str(i) for i in range(20)}
    assert loaded.version == app.version + 20


async def test_optimistic_locking(apps: AppService) -> None:
    app, _ = await apps.create("one")

    async def change(seconds: int) -> str:
        try:
            await apps.edit(app.sdkappid, lambda a: rules.settings(a, 1, {"friend_check": True}, seconds))
        except ControlError as error:
            return error.code
        return "ok"

    outcomes = sorted(await asyncio.gather(*(change(i) for i in range(5))))
    assert outcomes == ["FailedOperation.VersionConflict"] * 4 + ["ok"]


async def test_at_most(apps: AppService) -> None:
    for _ in range(3):
        await apps.create("x", most=3)
    with pytest.raises(ControlError, match=r"LimitExceeded\.Apps") as error:
        await apps.create("x", most=3)
    assert "delete" in error.value.cure


async def test_at_most_when_many_nodes_make_apps_at_once(database: Database, clock: Clock) -> None:
    nodes = [AppService(database, LocalBus(), clock) for _ in range(3)]
    made = await asyncio.gather(*(nodes[n % 3].create(f"x{n}", most=5) for n in range(24)), return_exceptions=True)
    refused = [result for result in made if isinstance(result, ControlError)]
    assert {error.code for error in refused} == {"LimitExceeded.Apps"}
    assert len(refused) == 24 - 5
    row = await database.fetch_one("SELECT COUNT(*) FROM app")
    assert row is not None
    assert row[0] == 5


async def test_keys(apps: AppService, clock: Clock) -> None:
    keys = AppKeys(apps, clock)
    app, first = await apps.create("one")
    second = await keys.add(app.sdkappid)
    with pytest.raises(ControlError, match=r"LimitExceeded\.Keys"):
        await keys.add(app.sdkappid)

    def verifies(secret: str) -> bool:
        now = int(clock())
        token = usersig.generate(app.sdkappid, secret, "bob", now=now)
        current = apps.get(app.sdkappid)
        assert current is not None
        try:
            usersig.verify(token, keys=current.keys, sdkappid=app.sdkappid, user_id="bob", now=now)
        except Exception:
            return False
        return True

    assert verifies(first.secret)
    assert verifies(second.secret)
    await keys.withdraw(app.sdkappid, first.key_id)
    assert not verifies(first.secret)
    assert verifies(second.secret)
    with pytest.raises(ControlError, match="LastKey"):
        await keys.withdraw(app.sdkappid, second.key_id)
    with pytest.raises(ControlError, match="ResourceNotFound"):
        await keys.withdraw(app.sdkappid, 99)


async def test_move_from_ecdsa_to_hmac(apps: AppService, clock: Clock) -> None:
    keys = AppKeys(apps, clock)
    old = new_ecdsa(1, 0)
    app, _ = await apps.create("old", key=old)
    now = int(clock())
    token = usersig.generate_v1(app.sdkappid, old.secret, "bob", now=now)

    def check(text: str) -> None:
        current = apps.get(app.sdkappid)
        assert current is not None
        usersig.verify(text, keys=current.keys, sdkappid=app.sdkappid, user_id="bob", now=now)

    check(token)
    made = await keys.move_to_hmac(app.sdkappid)
    check(token)
    check(usersig.generate(app.sdkappid, made.secret, "bob", now=now))
    with pytest.raises(ControlError, match="AlreadyHmac"):
        await keys.move_to_hmac(app.sdkappid)
    await keys.withdraw(app.sdkappid, 1)
    with pytest.raises(Exception, match="70015"):
        check(token)


async def test_erasing_knows_every_table(database: Database, apps: AppService) -> None:
    tables = {table.name: table for table in await app_tables(database)}
    assert {"app", "app_key", "app_admin", "account", "c2c_message", "c2c_head", "friend", "plan_order"} <= set(tables)
    assert not {"job", "audit_event", "cam_user"} & set(tables)
    assert list(tables)[-1] == "app"
    app, _ = await apps.create("one")
    other, _ = await apps.create("two")
    for sdkappid in (app.sdkappid, other.sdkappid):
        for i in range(25):
            await database.execute("INSERT INTO account_deleted VALUES ($1, $2, 0)", sdkappid, f"u{i}")
    table = tables["account_deleted"]
    assert await count(database, table, app.sdkappid) == 25
    sizes = []
    while size := await database.write(lambda tx: erase_some(tx, table, app.sdkappid, 10)):
        sizes.append(size)
    assert sizes == [10, 10, 5]
    assert await count(database, table, other.sdkappid) == 25


async def test_retention(database: Database, apps: AppService) -> None:
    app, _ = await apps.create("one")

    heads, messages = await columns(database, "c2c_head"), await columns(database, "c2c_message")

    async def fill(tx: Tx) -> None:
        for number in range(5):
            conv = f"a{number}\x1fb"
            await insert(tx, "c2c_head", heads, app=app.sdkappid, conv=conv, last_seq=900)
            for seq in range(1, 901):
                await insert(tx, "c2c_message", messages, app=app.sdkappid, conv=conv, msg_time=seq, seq=seq)

    await database.write(fill)
    await database.execute(
        "INSERT INTO c2c_change (app, conv, message) SELECT app, conv, id FROM c2c_message WHERE app = $1"
        " AND msg_time IN (1, 900)",
        app.sdkappid,
    )
    assert await store_retention.purge(database, app.sdkappid, 801) == 5 * 800
    row = await database.fetch_one("SELECT COUNT(*), MIN(msg_time) FROM c2c_message WHERE app = $1", app.sdkappid)
    assert row is not None
    assert tuple(row) == (500, 801)
    changes = await database.fetch_one("SELECT COUNT(*) FROM c2c_change WHERE app = $1", app.sdkappid)
    assert changes is not None
    assert changes[0] == 5
    assert await store_retention.purge(database, app.sdkappid, 801) == 0


async def wait_for_end(jobs: JobService, job_id: str) -> Any:
    async with asyncio.timeout(60):
        while (job := await jobs.get(job_id)).state in ("queued", "running"):
            await asyncio.sleep(0.01)
    return job


async def test_a_job_goes_on_where_it_was(database: Database, clock: Clock) -> None:
    """A worker that dies in the middle: another takes over after the lease, repeats nothing, leaves nothing out."""
    seen: list[int] = []
    dying = True

    async def runner(run: Run) -> None:
        at = run.position(int, 0)
        run.total = 10
        while at < 10:
            if dying and at == 4:
                await asyncio.sleep(3600)
            at += 1
            await run.step(
                lambda tx, n=at: tx.execute("INSERT INTO account_deleted VALUES (1, $1, 0)", f"{n}"),
                position=at,
                advance=1,
            )  # type: ignore[misc]
            seen.append(at)

    async def nothing(run: Run) -> None:
        return

    first = JobService(database, clock)
    first.register("count", runner)
    await first.start()
    job_id = await first.create("count", {}, about_app=5, uin=1, user_name="root")
    first.wake()
    async with asyncio.timeout(60):
        while len(seen) < 4:
            await asyncio.sleep(0.01)
    assert (await first.get(job_id)).done == 4
    # As kill -9: nothing is given back.
    assert first._loop is not None
    await first._loop.stop()
    for task in first._tasks:
        task.cancel()
    dying = False
    second = JobService(database, clock)
    second.register("count", runner)
    if database.engine == "postgres":
        await second.start()
        assert await second._take() is None  # the lease is not over
        clock.now += 31
        second.wake()
    else:
        await second.start()
    job = await wait_for_end(second, job_id)
    assert (job.state, job.done, job.total) == ("done", 10, 10)
    assert seen == list(range(1, 11))
    await second.stop()


async def test_cancel_and_failure(database: Database, clock: Clock) -> None:
    jobs = JobService(database, clock)

    async def endless(run: Run) -> None:
        while True:
            await run.step(lambda tx: tx.execute("SELECT 1"), position=0, advance=1)

    async def failing(run: Run) -> None:
        raise ControlError("FailedOperation", "no such thing")

    jobs.register("endless", endless)
    jobs.register("failing", failing)
    jobs.register("steady", endless, cancellable=False)
    await jobs.start()
    one = await jobs.create("endless", {}, about_app=0, uin=1, user_name="root")
    two = await jobs.create("failing", {}, about_app=7, uin=1, user_name="root", content=[b"x" * 300_000] * 2)
    jobs.wake()
    failed = await wait_for_end(jobs, two)
    assert (failed.state, failed.explanation.text) == ("failed", "no such thing")
    await jobs.cancel(one)
    assert (await wait_for_end(jobs, one)).state == "cancelled"
    three = await jobs.create("steady", {}, about_app=0, uin=1, user_name="root")
    with pytest.raises(ControlError, match="UnsupportedOperation"):
        await jobs.cancel(three)
    assert (await jobs.page(Scope(only=[7]), "", 0, 10))[0] == 1
    assert (await jobs.page(Scope(), "failed", 0, 10))[0] == 1
    assert (await jobs.page(Scope(only=[]), "", 0, 10))[0] == 0
    assert (await jobs.page(Scope(but=[7]), "", 0, 10))[0] == 2
    await jobs.stop()


async def test_periodic_work_runs_when_due_and_on_one_node(database: Database, clock: Clock) -> None:
    ran: list[str] = []

    def node(name: str) -> Periodic:
        periodic = Periodic(database, clock)

        async def work() -> None:
            ran.append(name)

        periodic.add("work", 60, work)
        return periodic

    one, two = node("one"), node("two")
    await one.tick()
    await two.tick()
    assert ran == ["one"]
    clock.now += 61
    await asyncio.gather(one.tick(), two.tick())
    assert len(ran) == 2


async def test_who_leaves_periodic_work_to_others_says_when_nobody_does_it(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = structlog.testing.CapturingLogger()
    monkeypatch.setattr(periodic_module, "log", log)
    works, leaves = Periodic(database, clock), Periodic(database, clock)
    for node in (works, leaves):
        node.add("work", 60, lambda: asyncio.sleep(0))
    await leaves.look()
    clock.now += 299
    await leaves.look()
    await works.tick()
    clock.now += 355
    await leaves.look()
    assert log.calls == []
    clock.now += 10
    await leaves.look()
    (said,) = log.calls
    assert said.method_name == "warning"


def test_an_app_is_not_in_the_way_of_its_own_comparison() -> None:
    keys = usersig.Keys(("k",), ())
    assert App(sdkappid=1, name="a", keys=keys) == App(sdkappid=1, name="a", keys=keys)
