"""What a client missed, and which of the events held back for it meanwhile are told by the answer already.

The SDK adds 1 to its unread number for every message pushed and takes the numbers of ``getmsg`` as they are
(docs/protocol.md section 6). So one moment must part them: messages up to the conversation's sequence in the list
that gave the numbers stand in the answer, later ones are pushed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sodam.apps.model import App
from sodam.messages import events, missed, reads
from sodam.messages.model import Head, Message
from sodam.messages.service import DAY, MessageService, Position

MAX_MESSAGES = 5000
"""Messages of one answer, the newest; older ones are in the history."""
MAX_READ_MARKS = 20
_ARRIVED = b'{"Event":9,'


class Held(msgspec.Struct, gc=False):
    """A message as its event tells it."""

    From_Account: str
    To_Account: str
    MsgSeq: int
    MsgRandom: int
    MsgTime: int
    MsgLifeTime: int = 1
    SendMsgControl: events.Control | None = None


class _Arrived(msgspec.Struct, gc=False):
    C2cMsgArray: list[Held]


_decode = msgspec.json.Decoder(_Arrived).decode


def _peer(owner: str, message: Message | Held) -> str:
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


async def held_within(
    messages: MessageService,
    app: App,
    owner: str,
    held: Sequence[bytes] | None,
    before: int,
    ends: Mapping[str, int],
) -> dict[int, Held]:
    """By their index, the messages among the events ``held`` that the moment of ``ends`` includes.

    The first ``before`` were held when the look-up began. Events may be added while this waits; all are seen.
    """
    if held is None:
        return {}
    await messages.settle()
    found: dict[int, Held] = {}
    at = 0
    while at < len(held):
        event = held[at]
        if event.startswith(_ARRIVED):
            message = _decode(event).C2cMsgArray[0]
            if message.MsgLifeTime and (at < before or await _within(messages, app, owner, message, ends)):
                found[at] = message
        at += 1
    return found


def unread_to_tell(owner: str, heads: Sequence[Head], pushed: Iterable[Held]) -> dict[str, int]:
    """Unread numbers without the messages that are ``pushed`` behind them: the client adds those by itself."""
    unread = {head.peer: head.unread for head in heads}
    for message in pushed:
        peer = message.From_Account
        counts = peer != owner and not (message.SendMsgControl and message.SendMsgControl.NoUnread)
        if counts and unread.get(peer):
            unread[peer] -= 1
    return {peer: count for peer, count in unread.items() if count}


async def _within(messages: MessageService, app: App, owner: str, place: Held, ends: Mapping[str, int]) -> bool:
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
