"""Random changes by six users, one after the other and at once, against a model of a page.

The model knows sets of pairs only; after every step all checks, counts, lists and standings must agree with it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.support.amounts import amounts
from tests.support.relations import APP, Host, hosting

USERS = [f"m{n}" for n in range(6)]
ASKING = {"m4", "m5"}
"""Who wants to be asked."""
Pair = tuple[str, str]
Step = tuple[str, str, str]


class Model:
    """(a, b) in friends: b is in a's list. In blocks: a blocks b. In asks: a's request waits for b."""

    def __init__(self) -> None:
        self.friends: set[Pair] = set()
        self.blocks: set[Pair] = set()
        self.asks: set[Pair] = set()
        self.checks: dict[Pair, tuple[str, str, tuple[bool, ...], bool]] = {}
        """Of what the server says: how it answers to checks; no part of the model."""

    def add(self, a: str, b: str, *, both: bool) -> int:
        asked = (b, a) in self.asks
        both = both or asked
        wanted = {(a, b), (b, a)} if both else {(a, b)}
        if wanted <= self.friends:
            return 30001
        if (a, b) in self.blocks:
            return 30515
        if (b, a) in self.blocks:
            return 30525
        if both and b in ASKING and not asked:
            self.asks.add((a, b))
            return 30539
        self.friends |= wanted
        if {(a, b), (b, a)} <= self.friends:
            self.asks -= {(a, b), (b, a)}
        return 0

    def delete(self, a: str, b: str, *, both: bool) -> int:
        gone = self.friends & ({(a, b), (b, a)} if both else {(a, b)})
        self.friends -= gone
        return 0 if gone else 31704

    def block(self, a: str, b: str) -> int:
        if (a, b) in self.blocks:
            return 30001
        self.blocks.add((a, b))
        for pairs in (self.friends, self.asks):
            pairs -= {(a, b), (b, a)}
        return 0

    def unblock(self, a: str, b: str) -> int:
        code = 0 if (a, b) in self.blocks else 30001
        self.blocks.discard((a, b))
        return code

    def answer(self, a: str, b: str, action: str) -> int:
        if (b, a) not in self.asks:
            return 30614
        self.asks.discard((b, a))
        if action != "Reject":
            self.friends.add((b, a))
        if action == "AgreeAndAdd":
            self.friends.add((a, b))
            self.asks.discard((a, b))
        return 0

    def apply(self, step: Step) -> int:
        kind, a, b = step
        calls: dict[str, Callable[[], int]] = {
            "add": lambda: self.add(a, b, both=True),
            "add_single": lambda: self.add(a, b, both=False),
            "delete": lambda: self.delete(a, b, both=False),
            "delete_both": lambda: self.delete(a, b, both=True),
            "block": lambda: self.block(a, b),
            "unblock": lambda: self.unblock(a, b),
            "Agree": lambda: self.answer(a, b, kind),
            "AgreeAndAdd": lambda: self.answer(a, b, kind),
            "Reject": lambda: self.answer(a, b, kind),
        }
        return calls[kind]()


KINDS = ["add", "add_single", "delete", "delete_both", "block", "unblock", "Agree", "AgreeAndAdd", "Reject"]
PAIRS = st.permutations(USERS).map(lambda order: (order[0], order[1]))
STEPS = st.tuples(st.sampled_from(KINDS), PAIRS).map(lambda step: (step[0], *step[1]))


async def perform(host: Host, step: Step) -> int:
    kind, a, b = step
    if kind in ("add", "add_single"):
        return (await host.add(a, b, AddType="Add_Type_Both" if kind == "add" else "Add_Type_Single"))[0]
    if kind in ("delete", "delete_both"):
        how = "Delete_Type_Both" if kind == "delete_both" else "Delete_Type_Single"
        body: dict[str, Any] = {"From_Account": a, "To_Account": [b], "DeleteType": how}
        return (await host.codes("sns/friend_delete", body))[0]
    if kind in ("block", "unblock"):
        command = "add" if kind == "block" else "delete"
        return (await host.codes(f"sns/black_list_{command}", {"From_Account": a, "To_Account": [b]}))[0]
    item = {"To_Account": b, "ResponseAction": f"Response_Action_{kind}"}
    return (await host.codes("sns/friend_response", {"From_Account": a, "ResponseFriendItem": [item]}, client=a))[0]


WORDS = {(False, False): "None", (True, False): "AWithB", (False, True): "BWithA", (True, True): "BothWay"}


async def observed(host: Host) -> Model:
    """What the server says, in the model's terms; its answers must not contradict each other."""
    found = Model()
    for a in USERS:
        others = [user_id for user_id in USERS if user_id != a]
        listed = await host.friends(a)
        found.friends |= {(a, b) for b in listed}
        body = {"From_Account": a, "StartIndex": 0, "MaxLimited": 100}
        blocked = [i["To_Account"] for i in (await host.ok("sns/black_list_get", body))["BlackListItem"]]
        found.blocks |= {(a, b) for b in blocked}
        items = (await host.ok("sns/pendency_get", {"From_Account": a}, client=a))["PendencyItem"]
        came = {i["To_Account"] for i in items if i["PendencyType"] == "Pendency_Type_ComeIn"}
        found.asks |= {(b, a) for b in came}
        sent = {(a, i["To_Account"]) for i in items if i["PendencyType"] == "Pendency_Type_SendOut"}
        owner = await host.relations._core.owner(APP, a)
        assert (owner.friends, owner.blocked, owner.pending) == (len(listed), len(blocked), len(came))
        body = {"From_Account": a, "To_Account": others, "CheckType": "CheckResult_Type_Both"}
        checks = (await host.ok("sns/friend_check", body))["InfoItem"]
        body = {"From_Account": a, "To_Account": others, "CheckType": "BlackCheckResult_Type_Both"}
        blacks = (await host.ok("sns/black_list_check", body))["BlackListCheckItem"]
        for b, check, black in zip(others, checks, blacks, strict=True):
            found.checks[(a, b)] = (
                check["Relation"].rsplit("_", 1)[1],
                black["Relation"].rsplit("_", 1)[1],
                await host.relations.standing(APP, a, b),
                (a, b) in sent,
            )
    return found


async def agree(host: Host, model: Model) -> None:
    found = await observed(host)
    assert found.friends == model.friends
    assert found.blocks == model.blocks
    assert found.asks == model.asks
    for (a, b), (check, black, standing, sent) in found.checks.items():
        ways = WORDS[((a, b) in model.friends, (b, a) in model.friends)]
        assert check == ("NoRelation" if ways == "None" else ways)
        ways = WORDS[((a, b) in model.blocks, (b, a) in model.blocks)]
        assert black == ("NO" if ways == "None" else ways)
        both = {(a, b), (b, a)} <= model.friends
        assert standing == ((b, a) in model.blocks, (a, b) in model.blocks, both)
        assert sent == ((a, b) in model.asks)


async def clear(host: Host) -> None:
    """Back to the beginning, without making a server anew."""
    for table in ("relation_owner", "friend", "blacklist", "pendency"):
        await host.server.db.execute(f"DELETE FROM {table}")
    host.relations._core.cache.hints.clear()
    host.relations._core.cache._pages.clear()


@pytest.fixture
def running(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """Run a coroutine with a server that stays the same while hypothesis tries its examples."""
    url: str | None = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    with asyncio.Runner() as runner:
        opened = hosting(tmp_path, url, [u for u in USERS if u not in ASKING])
        host = runner.run(opened.__aenter__())
        runner.run(host.accounts(*sorted(ASKING), AllowType="AllowType_Type_NeedConfirm"))

        def run(fn: Callable[[Host], Coroutine[Any, Any, None]]) -> None:
            runner.run(clear(host))
            runner.run(fn(host))

        yield run
        runner.run(opened.__aexit__(None, None, None))


COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "print_blob": True,
}


EXAMPLES = amounts("SODAM_TEST_EXAMPLES", usual=25, long=1000)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_one_after_the_other(running: Any, examples: int) -> None:
    async def check(host: Host, steps: list[Step]) -> None:
        model = Model()
        for step in steps:
            assert await perform(host, step) == model.apply(step), step
        await agree(host, model)

    @settings(max_examples=examples, **COMMON)  # type: ignore[arg-type]
    @given(steps=st.lists(STEPS, min_size=5, max_size=60))
    def attempt(steps: list[Step]) -> None:
        running(lambda host: check(host, steps))

    attempt()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_at_once(running: Any, examples: int) -> None:
    """Calls at the same time leave what some order of them would have left, with that order's answers."""

    async def check(host: Host, before: list[Step], together: list[Step]) -> None:
        model = Model()
        for step in before:
            assert await perform(host, step) == model.apply(step), step
        codes = await asyncio.gather(*(perform(host, step) for step in together))
        note(f"answers: {codes}")
        found = await observed(host)
        for order in itertools.permutations(range(len(together))):
            trial = Model()
            trial.friends, trial.blocks, trial.asks = set(model.friends), set(model.blocks), set(model.asks)
            if all(trial.apply(together[n]) == codes[n] for n in order) and (
                (trial.friends, trial.blocks, trial.asks) == (found.friends, found.blocks, found.asks)
            ):
                await agree(host, trial)
                return
        raise AssertionError(f"no order of {together} gives {codes} and {vars(found)}")

    @settings(max_examples=examples, **COMMON)  # type: ignore[arg-type]
    @given(before=st.lists(STEPS, max_size=10), together=st.lists(STEPS, min_size=2, max_size=5))
    def attempt(before: list[Step], together: list[Step]) -> None:
        running(lambda host: check(host, before, together))

    attempt()
