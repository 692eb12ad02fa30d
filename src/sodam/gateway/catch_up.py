"""What a client missed, and which of the events held back for it meanwhile are told by the answer already.

The SDK adds 1 to its unread number for every message pushed and takes the numbers of ``getmsg`` as they are
(docs/protocol.md section 6). So one moment must part them: messages up to the conversation's sequence in the list
that gave the numbers stand in the answer, later ones are pushed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from sodam.apps.model import App
from sodam.messages import events, missed, reads
from sodam.messages.model import Head, Message
from sodam.messages.service import DAY, MessageService, Position

MAX_MESSAGES = 5000
"""Messages of one answer, the newest; older ones are in the history."""
MAX_READ_MARKS = 20
_ARRIVED = b'{"Event":9,'


class _Place(msgspec.Struct, gc=False):
    From_Account: str
    To_Account: str
    MsgSeq: int
    MsgRandom: int
    MsgTime: int
    MsgLifeTime: int = 1


class _Arrived(msgspec.Struct, gc=False):
    C2cMsgArray: list[_Place]


_decode = msgspec.json.Decoder(_Arrived).decode


def _peer(owner: str, message: Message | _Place) -> str:
    sender, recipient = (
        (message.sender, message.recipient)
        if isinstance(message, Message)
        else (message.From_Account, message.To_Account)
    )
    return recipient if sender == owner else sender


async def messages_since(
    messages: MessageService, app: App, owner: str, since: Position, ends: Mapping[str, int]
) -> list[Message]:
    """What reached ``owner`` after ``since``, up to the sequences ``ends`` of the conversations, oldest first."""
    found = await messages.since(app, owner, since, MAX_MESSAGES)
    return [message for message in found if message.seq <= ends.get(_peer(owner, message), message.seq)]


async def notices_since(
    messages: MessageService, app: App, owner: str, since: Position, heads: Sequence[Head]
) -> list[bytes]:
    """Events that a device missed besides messages: recalls and edits, and what was read, by the peer or elsewhere.

    Read marks say the same however often they are told, so that those of the newest conversations all go.
    """
    notices = [missed.event(message) for message in await messages.changed_since(app, owner, since)]
    recent = [head for head in heads if head.last_time >= since.time - DAY][:MAX_READ_MARKS]
    for head in recent:
        if head.read_time and not head.unread:
            notices.append(events.self_read(owner, head.peer, head.read_time))
        if head.peer_read_time:
            notices.append(events.peer_read(head.peer, owner, head.peer_read_time))
    return notices


async def told_already(
    messages: MessageService,
    app: App,
    owner: str,
    held: Sequence[bytes] | None,
    before: int,
    ends: Mapping[str, int],
    notices: Sequence[bytes],
) -> set[int]:
    """The indices of the events ``held`` that the client must not be told again.

    The first ``before`` were held when the look-up began. Events may be added while this waits; all are seen.
    """
    if held is None:
        return set()
    await messages.settle()
    known = set(notices)
    stale: set[int] = set()
    at = 0
    while at < len(held):
        event = held[at]
        if event in known:
            stale.add(at)
        elif event.startswith(_ARRIVED):
            place = _decode(event).C2cMsgArray[0]
            if place.MsgLifeTime and (at < before or await _within(messages, app, owner, place, ends)):
                stale.add(at)
        at += 1
    return stale


async def _within(messages: MessageService, app: App, owner: str, place: _Place, ends: Mapping[str, int]) -> bool:
    end = ends.get(_peer(owner, place))
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
