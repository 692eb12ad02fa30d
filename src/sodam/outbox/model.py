"""An entry of the outbox, and how often and how much at a time it is tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Protocol


class Entry(NamedTuple):
    """One thing to be done by the consumer of its topic."""

    id: int
    app: int
    topic: str
    body: bytes
    conv: str
    """With ``seq``: the place of a stored message; empty for anything else."""
    seq: int
    tries: int
    """How often it was tried before."""
    lane: str = ""
    """Entries of one app, topic and lane are done one after the other, in the order in which they were written; the
    empty lane has no order."""


class New(NamedTuple):
    """An entry that is still to be written. Its fields are those of ``Entry``."""

    app: int
    topic: str
    body: bytes = b""
    conv: str = ""
    seq: int = 0
    lane: str = ""


def placed_body(msg_time: int, msg_seq: int, body: bytes) -> bytes:
    """The body of a stored message's entry: its MsgTime and MsgSeq, each with a blank, and what its topic added."""
    return b"%d %d %b" % (msg_time, msg_seq, body)


Consumer = Callable[[Entry], Awaitable[None]]


class Failed(Exception):
    """What a consumer may raise to say more than that it failed."""

    def __init__(self, reason: str, *, final: bool = False, body: bytes | None = None, after: int = 0) -> None:
        super().__init__(reason)
        self.final = final
        """It is not tried again: the entry is set aside as dead."""
        self.body = body
        """What the entry's body is from now on; None: as it was."""
        self.after = after
        """Milliseconds before which it is not tried again, whatever the schedule says."""


class Schedule(NamedTuple):
    """When a failed entry is tried again: after each of ``pauses``, then ``more`` times after the last one again."""

    pauses: tuple[int, ...]
    """Milliseconds."""
    more: int = 0

    @property
    def tries(self) -> int:
        return 1 + len(self.pauses) + self.more

    def pause(self, tries: int) -> int | None:
        """Milliseconds to the next try of an entry that was tried so often; None: that was the last one."""
        if tries >= self.tries:
            return None
        return self.pauses[min(tries, len(self.pauses)) - 1]


DAY: Final = Schedule((*(1000 << n for n in range(12)), 3_600_000), 20)
"""1 s, 2 s, 4 s ... to an hour, for about a day."""


class Gate(Protocol):
    """How much of an app's entries a topic takes now: the outbox asks before it takes any."""

    def room(self, app: int) -> int:
        """How many lanes of the app this node may work on at a time; 0: none for now."""
        ...

    def opens(self, app: int) -> int:
        """Unix milliseconds at which a closed gate opens."""
        ...


class Open:
    """The gate that only limits."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once

    def room(self, app: int) -> int:
        return self._at_once

    def opens(self, app: int) -> int:
        return 0


Prepare = Callable[[list[Entry]], Awaitable[list[Entry]]]
"""Is given entries that were taken together, before their consumer has any: what it needs to know of each can be asked
for all at once. It answers with the same entries in the same order, whose bodies may be others, here alone. Where it
raises they are given to the consumer as they are."""


class Topic(NamedTuple):
    consumer: Consumer
    schedule: Schedule
    gate: Gate
    prepare: Prepare | None = None
    gentle: bool = False
