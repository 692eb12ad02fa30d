"""Entries as a commit writes them: all of an app and topic in one row, which whoever does them sorts into lanes.

A row of the outbox costs its three indexes when it is written and again when it is forgotten, a bundle one for all that
it holds. Who commits a message waits for the bundle alone; the rest is the work of who delivers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from sodam.outbox.model import New, placed_body

MOST: Final = 64
"""Entries of a bundle: it is sorted as a whole, while messages wait."""
_NUMBERS: Final = 3
"""What ``places`` says of a message."""


class _Item(msgspec.Struct, array_like=True, gc=False):
    place: int
    """Among the messages of the commit; -1: it is of none."""
    conv: str
    body: bytes
    lane: str | None = None
    """None: the conversation."""
    seq: int = 0
    """In the conversation, where ``place`` does not say it."""


Placed = tuple[int, str, bytes]
"""Of a message that is being stored: its place among those of the commit, from 0, its conversation, and what its topic
says of it. The beginning of an ``_Item``."""
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(tuple[int, list[_Item]]).decode


class Bundle(NamedTuple):
    app: int
    topic: str
    entries: int
    first: int
    """With ``last``: of which messages of the commit it needs to know the numbers. -1: of none."""
    last: int
    body: bytes

    def places(self, numbers: Sequence[tuple[int, int, int]]) -> str:
        """``numbers``: of every message of the commit."""
        if self.first < 0:
            return ""
        return " ".join([f"{time} {number} {seq}" for time, number, seq in numbers[self.first : self.last + 1]])


def of_placed(app: int, topic: str, items: Sequence[Placed]) -> list[Bundle]:
    """``items`` in the order of their places."""
    if len(items) <= MOST:
        return [_of_placed(app, topic, items)]
    return [_of_placed(app, topic, items[at : at + MOST]) for at in range(0, len(items), MOST)]


def _of_placed(app: int, topic: str, items: Sequence[Placed]) -> Bundle:
    first = items[0][0]
    return Bundle(app, topic, len(items), first, items[-1][0], _encode((first, items)))


def of_new(entries: Sequence[New]) -> list[Bundle]:
    """Of entries that know their place, if they have one."""
    gathered: dict[tuple[int, str], list[tuple[int, str, bytes, str, int]]] = {}
    for app, topic, body, conv, seq, lane in entries:
        gathered.setdefault((app, topic), []).append((-1, conv, body, lane, seq))
    return [
        Bundle(app, topic, len(some), -1, -1, _encode((0, some)))
        for (app, topic), items in gathered.items()
        for some in (items[at : at + MOST] for at in range(0, len(items), MOST))
    ]


def unfold(app: int, topic: str, places: str, body: bytes) -> list[New]:
    """The entries of a bundle, in their order."""
    first, items = _decode(body)
    numbers = [int(number) for number in places.split(" ")] if places else []
    found = []
    for item in items:
        lane = item.conv if item.lane is None else item.lane
        if item.place < 0:
            found.append(New(app, topic, item.body, item.conv, item.seq, lane))
            continue
        at = (item.place - first) * _NUMBERS
        msg_time, msg_seq, seq = numbers[at : at + _NUMBERS]
        found.append(New(app, topic, placed_body(msg_time, msg_seq, item.body), item.conv, seq, lane))
    return found
