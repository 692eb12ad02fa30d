"""The messages that wait for the application, each once and in order, also across reconnects and lost pushes.

No sockets and no requests: `Client` feeds it with what comes, and asks it whether the server has to be asked for what
was missed (a *pull*).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence

from sodam_client.errors import SlowReaderError, SodamError
from sodam_client.models import Message
from sodam_client.position import Progress, mark, mark_of_sent, parse

_REMEMBERED = 20_000
"""How many marks are kept to recognise a second copy: far more than a catch-up overlaps with."""
_CONVERSATIONS = 50_000
"""How many conversations have their last place kept; of others, the next message costs a pull."""


class _Reached:
    """Stands in the queue behind the messages of a pull: with it, all of them were read."""

    __slots__ = ("cookie", "horizon")

    def __init__(self, cookie: str, horizon: int) -> None:
        self.cookie = cookie
        self.horizon = horizon


class Inbox:
    """A queue with a memory of what went through it.

    Pushes are hints: one may be lost, or overtaken. Every message carries its place in its conversation, so that a
    gap is seen; the message behind it is held back until the gap is filled from the server's store. What a pull
    brings comes before what was held.

    Nobody has to read it: until `get` is called for the first time the oldest message makes room, unless `resume` was
    given. Once there is a reader, a full queue is an error that the reader sees, since a gap must not be silent.
    """

    def __init__(self, owner: str, limit: int, resume: str | None = None) -> None:
        """`resume` is an earlier `position`. Raises ValueError when it is none of this owner's."""
        cookie, marks = parse(resume, owner) if resume else ("", ())
        self.cookie = cookie
        """Where the next pull begins; empty before the first answer."""
        self._owner = owner
        self._limit = limit
        self._progress = Progress(owner, cookie, marks)
        self._waiting: deque[Message | _Reached] = deque()
        self._count = 0
        self._seen: OrderedDict[bytes, None] = OrderedDict.fromkeys(marks)
        self._places: OrderedDict[str, int] = OrderedDict()
        self._own_places: dict[str, set[int]] = {}
        self._held: list[Message] | None = None
        self._covered = 0
        self._dropped = False
        self._has_reader = resume is not None
        self._error: SodamError | None = None
        self._wake = asyncio.Event()
        self._room = asyncio.Event()

    @property
    def position(self) -> str:
        """Where the reader stands: behind everything that `get` has returned. Empty before the first pull."""
        return self._progress.token()

    # -- what comes ------------------------------------------------------------------------------------------------

    def push(self, messages: Iterable[Message]) -> bool:
        """Take pushed messages. True: something before them was missed, and a pull is needed; they wait for it."""
        for message in messages:
            if self._held is not None:
                self._hold_one(message)
            elif self._is_behind_a_gap(message):
                self._held = [message]
                self._covered = 0
            else:
                self._deliver(message)
        return self._held is not None

    def hold(self) -> None:
        """A pull begins. Pushes from now on wait until `release`; what waits already is part of its answer."""
        if self._held is None:
            self._held = []
        self._covered = len(self._held)
        self._dropped = False

    def begin(self, messages: Iterable[Message], cookie: str, horizon: int) -> None:
        """Begin behind `messages`, which the answer to a first cookie repeats: none of them is delivered.

        `cookie` and `horizon` as for `missed`.
        """
        for message in messages:
            known = mark(message, self._owner)
            self._remember(known)
            self._progress.read(known, message.time)
            if message.place:
                self._reach(self._peer(message), message.place)
        self.cookie = cookie
        self._progress.reached(cookie, horizon)

    def missed(self, messages: Iterable[Message], cookie: str, horizon: int) -> None:
        """Take a page of a pull, oldest first, and the cookie behind it.

        Messages before `horizon` (unix seconds, the server's clock) will not come again with this cookie.
        """
        for message in messages:
            self._deliver(message, always=True)
        self.cookie = cookie
        if self._count:
            self._waiting.append(_Reached(cookie, horizon))
        else:
            self._waiting.clear()
            self._progress.reached(cookie, horizon)

    def release(self) -> bool:
        """The pull is complete: deliver what was held meanwhile. True: another one is needed."""
        held, self._held = self._held or [], None
        covered, self._covered = self._covered, 0
        for message in held[:covered]:  # whatever lies before them was part of the answer, or is not for us
            self._deliver(message)
        again = self.push(held[covered:])
        if self._dropped:
            self._held = self._held or []
        return again or self._dropped

    async def room(self) -> None:
        """Wait until the reader has worked off half of a full queue. Does not wait while nobody reads."""
        while self._has_reader and self._error is None and self._count > self._limit // 2:
            self._room.clear()
            await self._room.wait()

    # -- what we send ----------------------------------------------------------------------------------------------

    def sending(self, recipient: str, seq: int, random: int) -> None:
        """A message of ours is on its way: a copy that the server's store gives back is not delivered."""
        self._remember(mark_of_sent(recipient, seq, random))

    def sent(self, recipient: str, seq: int, random: int, time: int, place: int) -> None:
        """The server has stored a message of ours: it takes a place in the conversation, and nobody pushes it."""
        self._progress.read(mark_of_sent(recipient, seq, random), time)
        if place > self._places.get(recipient, place):
            self._own_places.setdefault(recipient, set()).add(place)
            self._reach(recipient, self._places[recipient])

    # -- the reader ------------------------------------------------------------------------------------------------

    def fail(self, error: SodamError) -> None:
        """Let the reader finish what is here and then raise `error`; the first error stays."""
        self._error = self._error or error
        self._wake.set()
        self._room.set()

    async def get(self) -> Message:
        """The next message. Raises what `fail` was given, once the queue is empty."""
        self._has_reader = True
        while True:
            while self._waiting:
                first = self._waiting.popleft()
                if isinstance(first, _Reached):
                    self._progress.reached(first.cookie, first.horizon)
                else:
                    self._took(first)
                    return first
            if self._error is not None:
                raise self._error
            self._wake.clear()
            await self._wake.wait()

    def _took(self, message: Message) -> None:
        self._count -= 1
        if self._count <= self._limit // 2:
            self._room.set()
        self._progress.read(mark(message, self._owner), message.time)
        while self._waiting and isinstance(self._waiting[0], _Reached):
            reached = self._waiting.popleft()
            assert isinstance(reached, _Reached)
            self._progress.reached(reached.cookie, reached.horizon)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _hold_one(self, message: Message) -> None:
        assert self._held is not None
        if len(self._held) >= self._limit:
            # The store has them: another pull will bring what is dropped here.
            self._dropped = True
            self._held.clear()
            self._covered = 0
        self._held.append(message)

    def _peer(self, message: Message) -> str:
        return message.recipient if message.sender == self._owner else message.sender

    def _is_behind_a_gap(self, message: Message) -> bool:
        if message.place <= 1 or mark(message, self._owner) in self._seen:
            return False
        last = self._places.get(self._peer(message))
        # After an account was deleted and made anew its conversations count from 1 again: a lower place is no gap.
        return last is None or message.place > last + 1

    def _deliver(self, message: Message, *, always: bool = False) -> None:
        """Queue a message unless it went through before. `always`: the queue's limit does not matter."""
        known = mark(message, self._owner)
        if known in self._seen or isinstance(self._error, SlowReaderError):
            return
        self._remember(known)
        if message.place:
            self._reach(self._peer(message), message.place)
        if self._count >= self._limit:
            if not self._has_reader:
                self._make_room()
            elif not always:
                self.fail(SlowReaderError(f"more than {self._limit} messages wait to be read"))
                return
        self._waiting.append(message)
        self._count += 1
        self._wake.set()

    def _reach(self, peer: str, place: int) -> None:
        """This conversation is known up to `place`, and as far as messages of ours follow."""
        if own := self._own_places.get(peer):
            while place + 1 in own:
                place += 1
            own = {later for later in own if later > place}
            if own:
                self._own_places[peer] = own
            else:
                del self._own_places[peer]
        self._places[peer] = place
        self._places.move_to_end(peer)
        if len(self._places) > _CONVERSATIONS:
            forgotten, _ = self._places.popitem(last=False)
            self._own_places.pop(forgotten, None)

    def _make_room(self) -> None:
        """Nobody reads: the oldest message counts as read."""
        while isinstance(first := self._waiting.popleft(), _Reached):
            self._progress.reached(first.cookie, first.horizon)
        self._took(first)

    def _remember(self, known: bytes) -> None:
        self._seen[known] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def newest(messages: Sequence[Message]) -> int:
    """The greatest time of some messages, 0 of none."""
    return max((message.time for message in messages), default=0)
