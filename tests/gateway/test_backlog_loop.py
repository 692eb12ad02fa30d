"""A page of what was missed costs the same however much that is: the event loop is never held up over it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sodam.bus import Topic
from sodam.c2c.draft import of_content
from sodam.gateway.catchup import Round
from sodam.gateway.commands.openim_sync import GetMsg, getmsg
from sodam.gateway.table import commands
from sodam.messages import outgoing
from sodam.notices import Notice
from sodam.server import build
from sodam.settings import BootstrapApp, Settings
from sodam.wire import Call, success
from tests.support.server import Engine

APP = 1400000008
COUNT = int(os.environ.get("SODAM_BACKLOG") or 3000)
HOLD = 0.05
PEERS = 40


class Client:
    """Takes the place of a connection that nobody is signed in over."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    @asynccontextmanager
    async def page_turn(self, user: Topic) -> AsyncIterator[None]:
        yield

    def begin_round(self) -> Round:
        return Round([])

    def send_first(self, notices: list[Notice]) -> None:
        self.notices += notices


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """asyncio's own loop, whose turns can be measured."""
    return asyncio.DefaultEventLoopPolicy()


@contextlib.contextmanager
def longest_turn() -> Iterator[list[float]]:
    """The longest that one callback of the loop computed, in seconds of its thread: what others do does not count."""
    longest = [0.0]
    run = asyncio.events.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        start = time.thread_time()
        run(handle)
        longest[0] = max(longest[0], time.thread_time() - start)

    gc.collect()
    gc.freeze()  # as a server does: all that this process has loaded is none of a collection's business
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asyncio.events.Handle, "_run", timed)
            yield longest
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("count", "size"),
    [
        pytest.param(COUNT, 11_000, id="large"),
        pytest.param(4 * COUNT, 20, id="small"),
        pytest.param(20_000, 11_000, id="20000", marks=pytest.mark.long),
        pytest.param(200_000, 20, id="200000", marks=pytest.mark.long),
    ],
)
async def test_no_page_holds_the_loop(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest, count: int, size: int
) -> None:
    url: str | None = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    server = await build(
        Settings(data_dir=tmp_path, database_url=url, bootstrap_apps=(BootstrapApp(APP, "9f" * 32, "Flagship"),))
    )
    try:
        app = server.apps.get(APP)
        assert app is not None
        senders = [f"sender{n}" for n in range(PEERS)]
        await server.accounts.ensure(APP, ["bob", *senders])
        service = server.services.c2c
        start = await service.histories.position()
        for first in range(0, count, 500):
            contents = [
                outgoing.Content(
                    seq=n + 1,
                    random=n,
                    body=b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"%b"}}]' % (b"x" * size),
                    cloud=b'""',
                    flags=0,
                )
                for n in range(first, min(first + 500, count))
            ]
            await asyncio.gather(
                *(
                    service.send(app, of_content(app, senders[content.seq % PEERS], "bob", content), checked=False)
                    for content in contents
                )
            )
        command = commands()["openim.getmsg"]

        async def ask(cookie: str) -> Any:
            call = Call(server.services, app, "bob", admin=False)
            call.connection = Client()
            answer = await getmsg(call, GetMsg(cookie))
            return answer, len(success(command, call, answer))

        pages = found = largest = 0
        cookie = ".".join(map(str, start[:3]))
        seen: set[int] = set()
        with longest_turn() as longest:
            while True:
                answer, length = await asyncio.create_task(ask(cookie))
                pages, largest = pages + 1, max(largest, length)
                found += len(answer.MsgList)
                seen.update(message.MsgRandom for message in answer.MsgList)
                cookie = answer.Cookie
                if answer.SyncFlag == 2:
                    break
            for invented in ("0.0.0", "1.1.1.1.1", f"{(1 << 40) - 1}.0.0"):
                await asyncio.create_task(ask(invented))
        print(f"{engine}: {count} messages, {pages} pages of at most {largest} bytes, longest turn {longest[0]:.4f} s")
        assert (found, len(seen)) == (count, count)
        assert longest[0] < HOLD
    finally:
        await server.close()
