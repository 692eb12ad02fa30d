"""Messages that grow (rest-messages.md 3): sent with their first piece, edited with every further one.

Each piece is on disk before it is answered, so that whoever comes later reads what there is, and a killed server leaves
what it had. A message ends with its last piece, or by itself when none came for 15 s: the node that took the last one
sees to it, and after a crash any other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec
import structlog

from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.c2c.changes import Changes
from sodam.c2c.draft import draft
from sodam.c2c.modify import EditConflict
from sodam.c2c.service import C2CService
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.groups.changes import EditConflict as GroupEditConflict
from sodam.groups.message import GroupMessage
from sodam.groups.service import GroupService
from sodam.groups.types import Operation, Role, check
from sodam.messages import growing
from sodam.messages.growing import Growing
from sodam.messages.model import GROUP, GROWS, ONE_TO_ONE, Source, msg_key
from sodam.messages.offline_push import wish_of
from sodam.storage import Database
from sodam.streams import store
from sodam.streams.store import Stream

log = structlog.get_logger(__name__)
GAP_SECONDS: Final = 15.0
"""Without a piece, after which a message has ended."""
PIECES_A_SECOND: Final = 5
_TRIES: Final = 5
_SWEEP: Final = 100


class Begun(NamedTuple):
    id: str
    msg_time: int
    msg_seq: int
    key: str = ""
    msg_id: str = ""


class Wanted(msgspec.Struct, kw_only=True):
    """A call as the edge has checked it."""

    sender: str
    receiver: str
    """A user or a group."""
    random: int
    content: growing.StreamContent
    seq: int = 0
    cloud: bytes
    flags: int = 0
    sync: bool = True
    source: Source

    @property
    def first(self) -> Growing:
        """The message with its first piece. The same call again makes the same one, which is stored once."""
        same = msgspec.json.encode([self.sender, self.receiver, self.seq, self.random, self.content])
        name = hashlib.blake2b(same, digest_size=12).hexdigest()
        return Growing(f"st-{name}", self.content.CompatibleText or "").grown(self.content.Chunks)


class Streams:
    def __init__(
        self,
        db: Database,
        apps: AppService,
        c2c: C2CService,
        changes: Changes,
        groups: GroupService,
        *,
        limited: bool,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._c2c = c2c
        self._changes = changes
        self._groups = groups
        self._limited = limited
        self._clock = clock
        self._ends: dict[tuple[int, str], asyncio.TimerHandle] = {}
        self._paces: dict[tuple[int, str], deque[float]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        for timer in self._ends.values():
            timer.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def to_user(self, app: App, wanted: Wanted) -> Begun:
        """The first piece, or a further one, of a one-to-one message.

        Raises ApiError 20003, 20022, 20023, 20028, 60007, 80001, 90010, 90012, 93000.
        """
        if wanted.content.StreamMsgID:
            return await self._more(app, wanted, ONE_TO_ONE)
        first = wanted.first
        message = draft(
            app,
            wanted.sender,
            wanted.receiver,
            seq=wanted.seq,
            random=wanted.random,
            body=first.body,
            cloud=wanted.cloud,
            flags=wanted.flags | GROWS,
        )
        message.source, message.wish = wanted.source, wish_of(None, first.compatible or first.text, "", "")
        sent = await self._c2c.send(app, message, sync=wanted.sync, checked=False)
        begun = Begun(first.id, sent.msg_time, sent.msg_seq, sent.key, sent.msg_id)
        await self._begin(app, wanted, ONE_TO_ONE, begun, first)
        return begun

    async def to_group(self, app: App, wanted: Wanted) -> Begun:
        """The same of a group's message; MsgKey and MsgId are empty.

        Raises ApiError 10004, 10007, 10010, 10015, 10017, 20022, 20023, 20028, 60007, 80001, 90010, 93000.
        """
        if wanted.content.StreamMsgID:
            return await self._more(app, wanted, GROUP)
        group = await self._groups.get(app.sdkappid, wanted.receiver)
        check(group.type, Operation.CHANGE, Role.AppAdmin)
        first = wanted.first
        message = GroupMessage(
            app=app.sdkappid,
            group_id=wanted.receiver,
            sender=wanted.sender,
            random=wanted.random,
            client_time=0,
            body=first.body,
            cloud=wanted.cloud,
            flags=wanted.flags | GROWS,
            wish=wish_of(None, first.compatible or first.text, "", ""),
            source=wanted.source,
        )
        sent = await self._groups.sending.send(app, message, as_member=False)
        begun = Begun(first.id, sent.msg_time, sent.seq)
        await self._begin(app, wanted, GROUP, begun, first)
        return begun

    async def _begin(self, app: App, wanted: Wanted, kind: int, begun: Begun, first: Growing) -> None:
        """Have it grow. One that a callback swallowed or replaced, or that was sent before, has no row of this name."""
        if first.ended:
            return
        await store.put(
            self._db,
            Stream(
                *(app.sdkappid, first.id, kind, wanted.sender, wanted.receiver),
                *(begun.msg_time, begun.msg_seq, wanted.random, int(self._clock() * 1000)),
            ),
        )
        self._wait((app.sdkappid, first.id))

    async def _more(self, app: App, wanted: Wanted, kind: int) -> Begun:
        stream_id = wanted.content.StreamMsgID or ""
        key = (app.sdkappid, stream_id)
        self._pace(key)
        now = int(self._clock() * 1000)
        known = "\0" not in stream_id
        stream = await store.touch(self._db, *key, now, now - int(GAP_SECONDS * 1000)) if known else None
        if stream is None or (stream.type, stream.sender, stream.receiver) != (kind, wanted.sender, wanted.receiver):
            raise ApiError(Code.MSG_FORMAT, "StreamMsgID names no message that still grows between these two")
        grown = await self._edit(app, stream, lambda growing: growing.grown(wanted.content.Chunks))
        if grown is None or grown.ended:
            await self._forget(stream)
        else:
            self._wait(key)
        if grown is None:
            raise ApiError(Code.MSG_FORMAT, "the message was edited to be another")
        if kind == GROUP:
            return Begun(stream_id, stream.msg_time, stream.msg_seq)
        message_key = msg_key(stream.msg_seq, stream.msg_random, stream.msg_time)
        tiny_id = await self._c2c.histories.tiny_id(app, stream.sender)
        return Begun(
            stream_id, stream.msg_time, stream.msg_seq, message_key, f"{tiny_id}-{stream.msg_time}-{stream.msg_random}"
        )

    async def _edit(self, app: App, stream: Stream, change: Callable[[Growing], Growing]) -> Growing | None:
        """Replace the content; what it is now, None where it is no longer a message of this kind."""
        for _ in range(_TRIES):
            try:
                edit = self._edit_one_to_one if stream.type == ONE_TO_ONE else self._edit_group
                return await edit(app, stream, change)
            except (EditConflict, GroupEditConflict):
                continue  # another edit came first
        raise ApiError(Code.C2C_EDIT_CONFLICT)

    async def _edit_one_to_one(self, app: App, stream: Stream, change: Callable[[Growing], Growing]) -> Growing | None:
        ids, place = (stream.sender, stream.receiver), (stream.msg_time, stream.msg_seq, stream.msg_random)
        stored = await self._c2c.histories.find(app, *ids, place)
        now = growing.of_body(stored.body)
        if now is None or now.id != stream.id:
            return None
        grown = change(now)
        await self._changes.modify(
            app, *ids, place, body=grown.body, version=stored.version, max_bytes=growing.MAX_BYTES * 2
        )
        return grown

    async def _edit_group(self, app: App, stream: Stream, change: Callable[[Growing], Growing]) -> Growing | None:
        page = await self._groups.histories.read(app.sdkappid, stream.receiver, stream.msg_seq, 1)
        stored = next((m for m in page.messages if m.seq == stream.msg_seq), None)
        if stored is None:
            raise ApiError(Code.C2C_MESSAGE_NOT_FOUND)
        now = growing.of_body(stored.body)
        if now is None or now.id != stream.id:
            return None
        grown = change(now)
        await self._groups.changes.modify(
            app,
            stream.receiver,
            stream.msg_seq,
            editor=stream.sender,
            body=grown.body,
            version=stored.version,
            as_member=False,
            max_bytes=growing.MAX_BYTES * 2,
        )
        return grown

    # The end that comes by itself

    def _pace(self, key: tuple[int, str]) -> None:
        if not self._limited:
            return
        now = asyncio.get_running_loop().time()
        recent = self._paces.get(key)
        if recent is None:
            recent = self._paces[key] = deque(maxlen=PIECES_A_SECOND)
        if len(recent) == PIECES_A_SECOND and now - recent[0] < 1:
            raise ApiError(Code.RATE_LIMITED, f"more than {PIECES_A_SECOND} pieces of a message within a second")
        recent.append(now)
        if key not in self._ends:  # of another node, or of nobody
            self._wait(key)

    def _wait(self, key: tuple[int, str]) -> None:
        if timer := self._ends.get(key):
            timer.cancel()
        self._ends[key] = asyncio.get_running_loop().call_later(GAP_SECONDS + 0.1, self._due, key)

    def _due(self, key: tuple[int, str]) -> None:
        self._ends.pop(key, None)
        self._paces.pop(key, None)
        task = asyncio.create_task(self._end_late(*key))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end_late(self, app: int, stream_id: str) -> None:
        try:
            stream = await store.find(self._db, app, stream_id)
            if stream is not None and stream.grown_at <= (self._clock() - GAP_SECONDS) * 1000:
                await self._end(stream)
        except Exception as error:
            log.warning("a message that grew no more was left open", error=repr(error))

    async def sweep(self) -> int:
        """Periodic work: end what has not grown for long, and whose node did not see to it; how many."""
        before = int((self._clock() - GAP_SECONDS) * 1000)
        found = await store.still(self._db, before, _SWEEP)
        for stream in found:
            await self._end(stream)
        return len(found)

    async def _end(self, stream: Stream) -> None:
        app = self._apps.get(stream.app)
        if app is not None:
            try:
                await self._edit(app, stream, lambda growing: msgspec.structs.replace(growing, ended=True))
            except ApiError as error:
                log.debug("a message that grew is gone", code=int(error.code))
        await self._forget(stream)

    async def _forget(self, stream: Stream) -> None:
        key = (stream.app, stream.id)
        self._paces.pop(key, None)
        if timer := self._ends.pop(key, None):
            timer.cancel()
        await store.forget(self._db, *key)
