"""A client's message without a coroutine: from its frame to the message log, and from the commit to its answer.

``take`` asks what ``running.run`` and the handler of ``openim.sendmsg`` ask, by the same functions, and says no before
anything is done where one of them would refuse, wait or do more than store and deliver; then they do it. Answered
ones are counted some at a time (``answered.py``). See ``c2c/fast_path.py`` for the rules of messages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Final, Protocol

import msgspec

from sodam.c2c.draft import of_text
from sodam.c2c.sending import Sending
from sodam.errors import ApiError
from sodam.gateway import running
from sodam.gateway.answered import Answered, request_of
from sodam.gateway.commands import openim
from sodam.gateway.frames import Head
from sodam.gateway.limits import has_own_rate
from sodam.gateway.session import MAX_IN_FLIGHT, State
from sodam.messages.model import Source
from sodam.messages.outgoing import plain_text
from sodam.observability import requests
from sodam.presence.devices import opt_platform
from sodam.wire import whole_characters

COMMAND: Final = openim.service.commands["sendmsg"]
_SERVCMD: Final = "openim.sendmsg"
LOOKS: Final = b'"openim.sendmsg"'
"""In what may be such a message."""
_OPEN: Final = State.OPEN
assert not has_own_rate(COMMAND.path)
_ANSWER: Final = (
    b'{"head":{"servcmd":"openim.sendmsg","seq":%d},"body":{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,'
    b'"MsgTime":%d,"MsgSeq":%d,"MsgKey":"%d_%d_%d","MsgId":"%d-%d-%d","ConversationSeq":%d}}'
)
"""What ``frames.answer`` makes of a ``SendMsgAnswer``."""


class _Frame(msgspec.Struct, gc=False):
    """Head and body in one: whatever is not of these types goes the long way, which reads them one after the other."""

    head: Head
    body: openim.SendMsg


_decode: Final = msgspec.json.Decoder(_Frame, strict=False).decode


class Client(running.Client, Protocol):
    source: Source | None
    """Where its messages come from, once that was asked."""


class FastPath:
    """The asker of all messages that take it (``c2c.sending.Asker``)."""

    def __init__(self, node: running.Node, gathering: Callable[[bool], None]) -> None:
        """``gathering`` as an asker has it."""
        self._node = node
        self.gathering = gathering
        self._apps = node.services.apps
        self._fast = node.services.c2c.fast
        self._limits = node.limits
        self._answered = Answered(node)

    def take(self, client: Client, data: bytes) -> bool:
        """Whether what came is a message that is on its way now; its answer comes when it is on disk."""
        session, fast = client.session, self._fast
        app = self._apps.get(session.sdkappid)
        if session.state is not _OPEN or session.in_flight >= MAX_IN_FLIGHT or app is None or requests.traced():
            return False
        try:
            if not data.isascii():
                data.decode()  # as ``decode_request`` does; half characters are made whole in all of the frame
            frame = _decode(whole_characters(data))
        except (ValueError, RecursionError):
            return False
        request, user = frame.body, session.user_id
        if frame.head.servcmd != _SERVCMD:
            return False
        pair = fast.pair(app, user, request.To_Account)
        if pair is None:
            return False
        body = bytes(request.MsgBody)
        if (
            not (request.From_Account and request.From_Account != user)
            and (text := plain_text(request, body)) is not None
        ):
            source = client.source or self._source(client)
            message = of_text(
                pair, request.MsgSeq or 0, request.MsgRandom, request.MsgClientTime or 0, body, text, source
            )
        else:
            try:
                platform = opt_platform(session.platform)
                message, online_only = openim.drafted(app, user, request, platform, client.client_ip, pair.conv)
            except (ApiError, ValueError, RecursionError):
                return False
            if online_only:
                return False
            message.tiny_id, message.nick, message.image = pair.tiny_id, pair.nick, pair.image
        sending = Sending(
            message, session.instid, True, False, False, None, False, None, None, 0,
            self, pair, pair.topics, client, frame.head.seq, perf_counter(),
        )  # fmt: skip
        if not fast.admits(app, sending):
            return False
        if not self._limits.admits(client.rate):
            fast.forget(sending)
            return False
        session.in_flight += 1
        fast.append(sending)
        return True

    def _source(self, client: Client) -> Source:
        client.source = source = Source(opt_platform(client.session.platform), client.client_ip)
        return source

    def stored(self, sendings: Sequence[Sending]) -> None:
        for sending in sendings:
            m, client = sending.message, sending.connection
            seq, random, at = m.msg_seq, m.msg_random, m.msg_time
            client.session.in_flight -= 1
            client.send(_ANSWER % (sending.number, at, seq, seq, random, at, m.tiny_id, at, random, m.seq))
        self._answered.add(sendings)

    def failed(self, sendings: Sequence[Sending]) -> None:
        for sending in sendings:
            head, took = Head(_SERVCMD, sending.number), perf_counter() - sending.started
            request, sender = request_of(sending), sending.message.sender
            running.fail(self._node, sending.connection, COMMAND, head, sender, request, took)
