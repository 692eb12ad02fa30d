"""A client's message without a coroutine: from its frame to the message log, and from the commit to its answer.

``take`` asks what ``running.run`` and the handler of ``openim.sendmsg`` ask, by the same functions, and says no before
anything is done where one of them would refuse, wait or do more than store and deliver; then they do it. Answers of a
batch are counted together. See ``c2c/fast_path.py`` for the rules of messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sodam.c2c.sending import Sending
from sodam.errors import ApiError
from sodam.gateway import running
from sodam.gateway.commands import openim
from sodam.gateway.frames import Head
from sodam.gateway.session import Run
from sodam.gateway.troubles import report_command
from sodam.observability import requests
from sodam.presence.devices import opt_platform

COMMAND: Final = openim.service.commands["sendmsg"]
_SERVCMD: Final = "openim.sendmsg"
_ANSWER: Final = (
    b'{"head":{"servcmd":"openim.sendmsg","seq":%d},"body":{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,'
    b'"MsgTime":%d,"MsgSeq":%d,"MsgKey":"%d_%d_%d","MsgId":"%d-%d-%d","ConversationSeq":%d}}'
)
"""What ``frames.answer`` makes of a ``SendMsgAnswer``."""


class FastPath:
    """The asker of all messages that take it (``c2c.sending.Asker``)."""

    def __init__(self, node: running.Node, gathering: Callable[[bool], None]) -> None:
        """``gathering`` as an asker has it."""
        self._node = node
        self.gathering = gathering
        self._apps = node.services.apps
        self._fast = node.services.c2c.fast

    def take(self, client: running.Client, action: Run) -> bool:
        """Whether the command is on its way; its answer comes when the message is on disk."""
        session, fast = client.session, self._fast
        app = self._apps.get(session.sdkappid)
        if app is None or action.command is not COMMAND or requests.traced():
            return False
        try:
            data = bytes(action.body)
            if not data.isascii():
                data.decode()  # as ``decode_request`` does; half characters are gone from the whole frame
            request = COMMAND.decode(data)
            pair = fast.pair(app, action.user_id, request.To_Account)
            if pair is None:
                return False
            platform = opt_platform(session.platform)
            message, online_only = openim.drafted(app, action.user_id, request, platform, client.client_ip, pair.conv)
        except (ApiError, ValueError, RecursionError):
            return False
        sending = Sending(message, action.instid)
        if online_only or not fast.admits(app, sending):
            return False
        try:
            self._node.limits.check(client.rate, app.sdkappid, action.user_id, COMMAND.path)
        except ApiError:  # which took nothing from what is left
            fast.forget(sending)
            return False
        sending.asker, sending.pair, sending.topics, sending.connection = self, pair, pair.topics, client
        sending.number, sending.started = action.head.seq, time.perf_counter()
        fast.append(sending)
        return True

    def stored(self, sendings: Sequence[Sending]) -> None:
        now = time.perf_counter()
        counts: dict[tuple[int, int], int] = {}
        for sending in sendings:
            m, client = sending.message, sending.connection
            session = client.session
            seq, random, at = m.msg_seq, m.msg_random, m.msg_time
            session.in_flight -= 1
            client.send(_ANSWER % (sending.number, at, seq, seq, random, at, m.tiny_id, at, random, m.seq))
            key = (m.app, session.platform)
            counts[key] = counts.get(key, 0) + 1
        self._node.metrics.clients(COMMAND.path, [now - sending.started for sending in sendings])
        apps: dict[int, int] = {}
        for (app, platform), count in counts.items():
            self._node.services.statistics.command(app, COMMAND.path, platform, 0, count)
            apps[app] = apps.get(app, 0) + count
        self._tell(sendings, apps)

    def _tell(self, sendings: Sequence[Sending], apps: Mapping[int, int]) -> None:
        """The troubleshooting log takes so many of a second and app, and counts the others."""
        services = self._node.services
        rooms = {app: services.troubleshooting.room(app, COMMAND.path, count) for app, count in apps.items()}
        if not any(rooms.values()):
            return
        for sending in sendings:
            app = sending.message.app
            if rooms[app]:
                rooms[app] -= 1
                report_command(services, sending.connection, COMMAND.path, 0, sending.message.sender, _request(sending))

    def failed(self, sendings: Sequence[Sending]) -> None:
        for sending in sendings:
            head, took = Head(_SERVCMD, sending.number), time.perf_counter() - sending.started
            request, sender = _request(sending), sending.message.sender
            running.fail(self._node, sending.connection, COMMAND, head, sender, request, took)


def _request(sending: Sending) -> openim.SendMsg:
    """What was asked, as far as the troubleshooting log names it."""
    m = sending.message
    return openim.SendMsg(To_Account=m.recipient, From_Account=m.sender, MsgRandom=m.msg_random)
