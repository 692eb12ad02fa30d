"""One-to-one messages through the gateway without sockets: what the server's own code costs, in one process.

    .venv/bin/python -m bench.inprocess                    # CPU microseconds a message, five rounds
    .venv/bin/python -m bench.inprocess --calls            # calls of Python functions and of built-in ones a message
    .venv/bin/python -m bench.inprocess --profile          # and in which functions they are
    .venv/bin/python -m bench.inprocess --postgres         # on a PostgreSQL of its own, whose CPU is shown too
    .venv/bin/python -m bench.inprocess --cold             # one message at a time, the processor's caches swept before
    PYTHONPATH=OTHER/src .venv/bin/python -m bench.inprocess   # the same of another tree

Messages go as bytes to connections whose transport counts what it is given: decoding, rules, the log on a real SQLite
file with full durability, answers and pushes. Sockets, kernel and WebSocket frames of the way in are left out, so that
a busy machine changes little: compare two trees by runs in turn. ``--window 1 --users 2`` has no batches.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop

from bench import procstat
from bench.load.driver import TEXT
from bench.targets.postgres import postgres
from sodam import usersig
from sodam.apps import rules
from sodam.gateway.hub import Hub
from sodam.outbox.model import Entry
from sodam.outbox.service import Outbox
from sodam.server import build
from sodam.services import Services
from sodam.settings import BootstrapApp, Settings
from sodam.webhooks.model import TOPIC

_APP, _KEY = 1400000000, "k" * 64
_MESSAGE = (
    b'{"head":{"ver":"v4","platform":7,"sdkappid":%d,"contenttype":"json","reqtime":1790000000,"a2":"%b",'
    b'"tinyid":"144115188075855872","status_instid":1,"servcmd":"openim.sendmsg","seq":%d},"body":{'
    b'"From_Account":"u%d","To_Account":"u%d","MsgSeq":%d,"MsgRandom":%d,"MsgBody":[{"MsgType":"TIMTextElem",'
    b'"MsgContent":{"Text":"' + TEXT.encode() + b'"}}],"CloudCustomData":"","MsgClientTime":1790000000,'
    b'"IsNeedReadReceipt":0,"SupportMessageExtension":0,"IsRelayMsg":0}}'
)
_A2 = b"x" * 160
"""As long as a real one; the session is signed in, so that nobody opens it."""


class _Wire:
    """A transport that takes everything and counts the messages pushed and answered."""

    def __init__(self, seen: Callable[[], None]) -> None:
        self._seen = seen
        self.received = 0
        self.answered = 0
        self.failed = b""

    def write(self, payloads: list[bytes]) -> int:
        for payload in payloads:
            self._see(payload)
        return 0

    def write_frame(self, frame: bytes) -> int:
        self._see(frame)
        return 0

    def _see(self, data: bytes) -> None:
        answers = data.count(b'"MsgId"')
        self.answered += answers
        self.received += data.count(b'"ConversationSeq"') - answers
        if not answers and b"msg_push" not in data and b'"ErrorCode":0' not in data:
            self.failed = data
        self._seen()

    def ping(self) -> None:
        return

    def waiting(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        self.failed = reason.encode()

    def abort(self) -> None:
        self.failed = b"aborted"

    def signed_in(self, signed_in: bool) -> None:
        return


class _Turns:
    """Who was written to since: they write again in the next turn of the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._dirty: set[_User] = set()
        self.window = 1
        self.missing = 0
        """Users who have not sent and received all."""
        self.done = asyncio.Event()

    def seen(self, user: _User) -> None:
        if not self._dirty:
            self._loop.call_soon(self._write)
        self._dirty.add(user)

    def _write(self) -> None:
        dirty, self._dirty = self._dirty, set()
        for user in dirty:
            user.turn()
        if not self.missing:
            self.done.set()


class _User:
    def __init__(self, hub: Hub, turns: _Turns, number: int) -> None:
        receiver = hub.accept("/binfo", f"sdkappid={_APP}", "127.0.0.1")
        assert receiver is not None
        self.number = number
        self.wire = _Wire(self._seen)
        self.receiver = receiver
        self.turns = turns
        self.sent = self.left = self.goal = 0
        receiver.opened(self.wire)

    def _seen(self) -> None:
        self.turns.seen(self)

    async def sign_in(self) -> None:
        signature = usersig.generate(_APP, _KEY, f"u{self.number}", now=int(time.time()))
        self.receiver.received(
            b'{"head":{"platform":7,"sdkappid":%d,"identifier":"u%d","usersig":"%b","servcmd":"im_open_status.wslogin",'
            b'"seq":1},"body":{}}' % (_APP, self.number, signature.encode())
        )

    def begin(self, goal: int) -> None:
        """Send and receive so many."""
        wire = self.wire
        wire.received = wire.answered = 0
        self.left = self.goal = goal
        self.write(self.turns.window)

    def turn(self) -> None:
        wire = self.wire
        room = self.turns.window - (self.goal - self.left - wire.answered)
        if room > 0 and self.left:
            self.write(room)
        elif self.goal and wire.answered >= self.goal and wire.received >= self.goal:
            self.goal = 0
            self.turns.missing -= 1

    def write(self, count: int) -> None:
        count = min(count, self.left)
        self.left -= count
        for _ in range(count):
            self.sent += 1
            number = self.sent
            self.receiver.received(_MESSAGE % (_APP, _A2, number, self.number, self.number ^ 1, number, number))


async def _users(hub: Hub, count: int) -> list[_User]:
    turns = _Turns()
    users = [_User(hub, turns, number) for number in range(count)]
    for user in users:
        await user.sign_in()
    while hub.services.live.sessions() < count:
        await asyncio.sleep(0.01)
    for user in users:
        for notice in user.receiver.catch_up.release():  # type: ignore[attr-defined]
            user.receiver.deliver(notice)  # type: ignore[attr-defined]
    await asyncio.sleep(0.1)
    return users


async def _round(users: list[_User], messages: int, window: int) -> None:
    """Each keeps ``window`` messages on the way, as ``c2c_loaded`` does."""
    turns = users[0].turns
    turns.window, turns.missing = window, len(users)
    turns.done.clear()
    for user in users:
        user.begin(messages // len(users))
    await turns.done.wait()
    failed = next((user.wire.failed for user in users if user.wire.failed), b"")
    assert not failed, failed


async def _cold(users: list[_User], messages: int) -> list[int]:
    """Nanoseconds from each message to its answer, where nothing of the way is in the processor's caches, as where
    little is to do."""
    swept, document = bytearray(24 << 20), json.dumps([{"a": n, "b": str(n) * 5} for n in range(3000)])
    took = []
    for at in range(messages):
        user = users[at * 7 % len(users)]
        bytes(swept)
        json.dumps(json.loads(document))
        user.turns.missing, user.wire.answered, user.left, user.goal = 2, 0, 1, 0
        begun = time.perf_counter_ns()
        user.write(1)
        while not user.wire.answered:
            await asyncio.sleep(0)
        took.append(time.perf_counter_ns() - begun)
    return took


async def _main(options: argparse.Namespace) -> None:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.dir)))
        os.chmod(folder, 0o755)  # PostgreSQL runs as another user
        database = stack.enter_context(postgres(folder)) if options.postgres else None
        settings = Settings(
            data_dir=folder / "data",
            database_url=None if database is None else database.url,
            bootstrap_apps=(BootstrapApp(_APP, _KEY, "Flagship"),),
            client_rate=1_000_000,
            statistics=not options.uncounted,
            troubleshooting=not options.uncounted,
        )
        server = await build(settings)
        try:
            users = await _users(server.hub, options.users)
            events = await _webhooks(server.services, options.webhooks, options.receiver) if options.webhooks else None
            await _round(users, min(options.messages, 4000), options.window)
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000)
            await _measured(users, options, events, () if database is None else (database.pid,))
        finally:
            await server.close()


class _Events:
    """What the outbox has still to do."""

    def __init__(self, outbox: Outbox, *, left: bool) -> None:
        self._outbox = outbox
        self._left = left

    async def done(self) -> None:
        while not self._left and any(await self._outbox.counts(TOPIC, _APP)):
            await asyncio.sleep(0.005)

    async def forget(self) -> None:
        if self._left:
            await self._outbox._db.write(lambda tx: tx.execute("DELETE FROM outbox_bundle"))


async def _webhooks(services: Services, stage: str, port: int) -> _Events:
    changes = {"url": f"http://127.0.0.1:{port}/hook", "commands": ("C2C.CallbackAfterSendMsg",)}
    await services.apps.edit(_APP, lambda app: rules.webhooks(app, app.settings_version, changes))
    outbox = services.outbox
    await services.push.deciding.pushes(_APP)  # as any first message's entry would: nobody is to be pushed anything

    async def nothing(entry: Entry) -> None:
        return

    if stage == "written":
        await outbox.stop()
    elif stage == "taken":
        outbox.consume(TOPIC, nothing)
    return _Events(outbox, left=stage == "written")


async def _measured(
    users: list[_User], options: argparse.Namespace, events: _Events | None, database: tuple[int, ...]
) -> None:
    if options.calls or options.profile:
        counts = await _counted(users, options)
        total = sum(counts.values()) / options.messages
        print(f"calls a message: {total:.1f}")
        if options.profile:
            for name, count in counts.most_common(70):
                print(f"{count / options.messages:8.2f}  {name}")
        return
    if options.cold:
        took = sorted(await _cold(users, options.messages // 40))
        quarter, half = took[len(took) // 4], took[len(took) // 2]
        print(f"microseconds a cold message: {half / 1000:.0f} (median), {quarter / 1000:.0f} (a quarter, at most)")
        return
    figures = []
    for _ in range(options.rounds):
        loop, all_, base = time.thread_time(), time.process_time(), procstat.cpu_seconds(database)
        await _round(users, options.messages, options.window)
        if events is not None:
            await events.done()
        used = procstat.cpu_seconds(database) - base
        figures.append((time.thread_time() - loop, time.process_time() - all_, used))
        if events is not None:
            await events.forget()
    loop, all_, base = (sorted(column)[len(column) // 2] for column in zip(*figures, strict=True))
    least = min(all_ for _, all_, _ in figures)
    scale = 1e6 / options.messages
    print(
        f"CPU microseconds a message: loop {loop * scale:.2f}, "
        f"all {all_ * scale:.2f} (median), {least * scale:.2f} (least)"
        + (f", of PostgreSQL {base * scale:.2f} beside" if database else "")
    )


async def _counted(users: list[_User], options: argparse.Namespace) -> collections.Counter[str]:
    """Calls on the loop's thread, by function; those of this file are left out."""
    counts: collections.Counter[str] = collections.Counter()

    def seen(frame: Any, event: str, argument: Any) -> None:
        code = frame.f_code
        if code.co_filename == __file__:
            return
        if event == "call":
            counts[f"{Path(code.co_filename).name}:{code.co_qualname}"] += 1
        elif event == "c_call":
            counts[f"  {argument.__qualname__} in {code.co_qualname}"] += 1

    sys.setprofile(seen)
    try:
        await _round(users, options.messages, options.window)
    finally:
        sys.setprofile(None)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.inprocess")
    parser.add_argument("--messages", type=int, default=40_000, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--window", type=int, default=10, help="messages that a user has on the way")
    parser.add_argument("--dir", default="/var/tmp")
    parser.add_argument("--webhooks", choices=("written", "taken", "sent"), help="up to which stage")
    parser.add_argument("--receiver", type=int, default=9, help="its port: python -m bench.targets.receiver PORT")
    parser.add_argument("--uncounted", action="store_true", help="without statistics and troubleshooting log")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own")
    parser.add_argument("--calls", action="store_true", help="count calls instead of measuring time")
    parser.add_argument(
        "--cold", action="store_true", help="one at a time with cold caches; a fortieth of the messages"
    )
    parser.add_argument("--profile", action="store_true", help="as --calls, and show which")
    uvloop.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
