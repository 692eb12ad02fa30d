"""Following a source whose clock is ahead: what is still to come by the target's clock is written again, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest_asyncio

from sodam.migrate.follow import _LATER, Follower
from sodam.migrate.hints import HISTORY
from sodam.migrate.messages import PAIR, place
from sodam.migrate.model import Run
from sodam.migrate.remote import Remote
from sodam.migrate.store import DONE, Hint, Journal

TOPIC = place("@TGS#_city", "@TGS#_city@TOPIC#_food")
GROUP = "group_open_http_svc"
NOW = 1_800_000_000


class Server:
    """One history, and what REST takes of it: as the documents have it, times that ascend and are past."""

    def __init__(self) -> None:
        self.now = NOW
        self.history: list[dict[str, Any]] = []
        self.imports = 0

    def say(self, second: int, words: str, **more: Any) -> None:
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]
        number = len(self.history) + 1
        one = {"From_Account": "ann", "MsgRandom": number, "MsgTimeStamp": second, "MsgBody": body, "IsPlaceMsg": 0}
        self.history.append(one | {"MsgSeq": number} | more)

    async def call(self, command: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if command == f"{GROUP}/group_msg_get_simple":
            high = body.get("ReqMsgSeq", len(self.history))
            found = [m for m in reversed(self.history) if m["MsgSeq"] <= high][: body["ReqMsgNumber"]]
            return {"RspMsgList": found}
        assert command == f"{GROUP}/import_group_msg", command
        self.imports += 1
        return {"ImportMsgResult": [{"Result": self._take(item)} for item in body["MsgList"]]}

    def _take(self, item: Mapping[str, Any]) -> int:
        newest = self.history[-1]["MsgTimeStamp"] if self.history else 0
        if not newest <= item["SendTime"] <= self.now or item["MsgBody"] == "bad":
            return 10004
        self.say(item["SendTime"], "", MsgBody=item["MsgBody"], MsgRandom=item["Random"])
        return 0

    def words(self) -> list[str]:
        return [m["MsgBody"][0]["MsgContent"]["Text"] for m in self.history]


class Pair:
    def __init__(self, journal: Journal) -> None:
        self.source, self.target, self.journal = Server(), Server(), journal
        self.time = 0.0
        run = Run(cast(Remote, self.source), cast(Remote, self.target), journal)
        self.follower = Follower(run, lambda: self.time)
        self.task = asyncio.create_task(self.follower.keep_up())

    def hear(self) -> None:
        self.journal.hint([Hint(HISTORY, TOPIC, len(self.source.history))])
        self.follower.wake()

    def pass_(self, seconds: float) -> None:
        """By the follower's clock; the target's stands."""
        self.time += seconds
        self.follower.wake()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.002)


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    assert PAIR in TOPIC, "nothing is counted as unread there"
    journal = Journal(tmp_path / "work.db")
    journal.add("account", ["ann"])
    journal.put("account", ["ann"], DONE)
    made = Pair(journal)
    yield made
    made.task.cancel()
    await asyncio.gather(made.task, return_exceptions=True)
    journal.close()


async def test_it_is_written_again(pair: Pair) -> None:
    source, target = pair.source, pair.target
    for number in range(25):  # more than a page
        source.say(NOW + (0 if number < 5 else 3), str(number))
    pair.hear()
    await pair.until(lambda: target.imports == 1 and not pair.journal.hints(HISTORY, 1))
    assert target.words() == [str(number) for number in range(5)], "what stands behind the refused ones waits with them"
    target.now += 3
    pair.pass_(_LATER[0])
    await pair.until(lambda: len(target.history) == 25)
    pair.follower.end()
    await asyncio.wait_for(pair.task, 60)
    assert target.words() == source.words()
    assert pair.journal.refusals() == [], "what was taken in the end was not refused"


async def test_the_end_waits_for_it(pair: Pair) -> None:
    pair.source.say(NOW + 3, "late")
    pair.hear()
    await pair.until(lambda: pair.target.imports == 1 and not pair.journal.hints(HISTORY, 1))
    pair.follower.end()
    pair.target.now += 3
    pair.pass_(_LATER[0])
    await asyncio.wait_for(pair.task, 60)
    assert pair.target.words() == ["late"]


async def test_what_is_never_taken_holds_nothing_up(pair: Pair) -> None:
    """It is given up and reported; what comes behind it is taken over."""
    pair.source.say(NOW, "", MsgBody="bad")
    pair.hear()
    for tries, seconds in enumerate(_LATER, 1):
        await pair.until(lambda tries=tries: pair.target.imports == tries and not pair.journal.hints(HISTORY, 1))
        pair.pass_(seconds)
    await pair.until(lambda: pair.target.imports == len(_LATER) + 1)
    pair.source.say(NOW, "next")
    pair.hear()
    await pair.until(lambda: pair.target.words() == ["next"])
    pair.follower.end()
    await asyncio.wait_for(pair.task, 60)
    assert [(kind, code) for kind, code, *_ in pair.journal.refusals()] == [("message", 10004)]
