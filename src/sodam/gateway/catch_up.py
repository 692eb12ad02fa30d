"""What a client missed, and which of the events held back for it meanwhile are told by the answer already.

The SDK adds 1 to its unread number for every message pushed and takes the numbers of ``getmsg`` as they are
(docs/protocol.md section 6). So it must be certain of every message whether the numbers hold it: those of the answer
are in them, those pushed behind it are not. Nothing here reads more than a page, whatever the cookie says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from sodam.apps.model import App
from sodam.messages import events, missed, reads
from sodam.messages.model import Head, Message
from sodam.messages.service import DAY, MessageService, Position

MAX_READ_MARKS: Final = 20
_ARRIVED: Final = b'{"Event":9,'
_MAX_COOKIE: Final = 120
_MAX_SECOND: Final = 1 << 40
_MAX_ID: Final = 1 << 62


class Held(msgspec.Struct, gc=False):
    """A message as its event tells it."""

    From_Account: str
    To_Account: str
    MsgSeq: int
    MsgRandom: int
    MsgTime: int
    MsgLifeTime: int = 1
    SendMsgControl: events.Control | None = None

    @property
    def key(self) -> Key:
        return (self.From_Account, self.To_Account, self.MsgSeq, self.MsgRandom, self.MsgTime)


Key = tuple[str, str, int, int, int]


class _Arrived(msgspec.Struct, gc=False):
    C2cMsgArray: list[Held]


_decode = msgspec.json.Decoder(_Arrived).decode


def position_of(cookie: str) -> Position | None:
    """The position that a cookie names; None for what is none, as for a client that has no cookie yet.

    A client may write one itself: then it reads pages of its own history, which it may read anyway.
    """
    parts = cookie.split(".")
    if len(parts) not in (3, 5) or len(cookie) > _MAX_COOKIE or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    numbers = [int(part) for part in parts]
    limits = (_MAX_SECOND, _MAX_ID, _MAX_ID, _MAX_SECOND, _MAX_ID)
    return Position(*numbers) if all(n < limit for n, limit in zip(numbers, limits, strict=False)) else None


def cookie_of(position: Position) -> str:
    return ".".join(map(str, position if position.at_time else position[:3]))


class Missed(NamedTuple):
    """A page of what a device missed."""

    messages: list[Message]
    notices: list[bytes]
    """Recalls and edits."""
    position: Position
    """Up to where it reaches."""
    complete: bool


async def page_since(messages: MessageService, app: App, owner: str, since: Position, now: Position) -> Missed:
    """What reached ``owner`` after ``since``, oldest first. ``now`` is a position from before this was called."""
    changes = await messages.changed_since(app, owner, since)
    arrived = await messages.since(app, owner, since)
    complete = changes.complete and arrived.complete
    position = now if complete else Position(since.time, since.newest, changes.last, *arrived.last)
    return Missed(arrived.messages, [missed.event(message) for message in changes.messages], position, complete)


def read_marks(owner: str, heads: Sequence[Head], since: Position) -> list[bytes]:
    """What was read meanwhile, by the peers or elsewhere.

    Read marks say the same however often they are told, so that those of the newest conversations all go.
    """
    notices = []
    for head in [head for head in heads if head.last_time >= since.time - DAY][:MAX_READ_MARKS]:
        if head.read_time and not head.unread:
            notices.append(events.self_read(owner, head.peer, head.read_time))
        if head.peer_read_time:
            notices.append(events.peer_read(head.peer, owner, head.peer_read_time))
    return notices


def stored_messages(held: Sequence[bytes]) -> dict[int, Held]:
    """By their index, the messages among the events ``held``, but for those to devices online only."""
    found = {}
    for at, event in enumerate(held):
        if event.startswith(_ARRIVED):
            message = _decode(event).C2cMsgArray[0]
            if message.MsgLifeTime:
                found[at] = message
    return found


def told_by_pages(
    stored: Mapping[int, Held], page: Iterable[Message], before: int, since: Position
) -> tuple[set[int], dict[int, Held]]:
    """The indices of the held messages that this page, an earlier or a later one tells; and the others.

    The first ``before`` were held when the page was looked up, so that they were stored then: they stand in some page,
    unless their second is one that pages were past already.
    """
    keys = {(m.sender, m.recipient, m.msg_seq, m.msg_random, m.msg_time) for m in page}
    told = {at for at, m in stored.items() if m.key in keys or (at < before and m.MsgTime > since.at_time)}
    return told, {at: message for at, message in stored.items() if at not in told}


async def held_within(
    messages: MessageService, app: App, owner: str, stored: Mapping[int, Held], before: int, ends: Mapping[str, int]
) -> dict[int, Held]:
    """Those of the held messages that the unread numbers include: up to the sequences ``ends`` of the conversations.

    The first ``before`` were held when the look-up of these began.
    """
    return {
        at: message
        for at, message in stored.items()
        if at < before or await _within(messages, app, owner, message, ends)
    }


def unread_to_tell(
    owner: str, heads: Sequence[Head], pushed: Iterable[Held], page: Iterable[Message] = ()
) -> dict[str, int]:
    """Unread numbers without the messages that are ``pushed`` behind them: the client adds those by itself.

    Peers with messages in the page are named also with 0: the SDK would count those messages.
    """
    unread = {head.peer: head.unread for head in heads}
    for message in pushed:
        peer = message.From_Account
        counts = peer != owner and not (message.SendMsgControl and message.SendMsgControl.NoUnread)
        if counts and unread.get(peer):
            unread[peer] -= 1
    named = {message.sender for message in page}
    return {peer: count for peer, count in unread.items() if count or peer in named}


async def _within(messages: MessageService, app: App, owner: str, place: Held, ends: Mapping[str, int]) -> bool:
    end = ends.get(place.To_Account if place.From_Account == owner else place.From_Account)
    if end is None:
        return False  # a conversation that began since
    found = await reads.find(
        messages.db,
        app.sdkappid,
        place.From_Account,
        place.To_Account,
        (place.MsgTime, place.MsgSeq, place.MsgRandom),
    )
    return found is not None and found.seq <= end
