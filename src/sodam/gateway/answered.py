"""Clients' messages that were stored and answered, counted some at a time.

To count one alone costs more than to store it: metrics, statistics and the troubleshooting log are each a dozen calls
away. So they gather, and are counted when there are enough of them, or when one of the three is about to be read or
written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Final, Protocol

from sodam.c2c.sending import Sending
from sodam.gateway.commands import openim
from sodam.gateway.troubles import report_command
from sodam.observability.metrics import Metrics
from sodam.services import Services

_PATH: Final = openim.service.commands["sendmsg"].path
TOGETHER: Final = 64
"""Messages that are counted at once, at the least."""


class _Node(Protocol):
    @property
    def services(self) -> Services: ...
    @property
    def metrics(self) -> Metrics: ...


class Answered:
    def __init__(self, node: _Node) -> None:
        self._services = services = node.services
        self._metrics = node.metrics
        self._batches: list[tuple[float, Sequence[Sending]]] = []
        self._waiting = 0
        node.metrics.gathered_by(self.count)
        services.statistics.gathered_by(self.count)
        services.troubleshooting.gathered_by(self.count)

    def add(self, sendings: Sequence[Sending]) -> None:
        """These were answered now, each through its ``connection``."""
        self._batches.append((perf_counter(), sendings))
        self._waiting += len(sendings)
        if self._waiting >= TOGETHER:
            self.count()

    def count(self) -> None:
        """Count what waits."""
        batches, self._batches, self._waiting = self._batches, [], 0
        if not batches:
            return
        took = [at - sending.started for at, sendings in batches for sending in sendings]
        self._metrics.clients(_PATH, took)
        counts: dict[tuple[int, int, int], int] = {}
        key = (-1, -1, -1)
        count = 0
        for _, sendings in batches:
            for sending in sendings:
                m = sending.message
                # Messages are stored at their own time; statistics need the minute.
                mine = (m.app, sending.connection.session.platform, m.msg_time // 60 * 60)
                if mine != key:
                    counts[key] = count
                    key, count = mine, counts.get(mine, 0)
                count += 1
        counts[key] = count
        counts.pop((-1, -1, -1), None)
        apps: dict[int, int] = {}
        for (app, platform, minute), times in counts.items():
            self._services.statistics.command(app, _PATH, platform, 0, times, minute)
            apps[app] = apps.get(app, 0) + times
        self._tell(batches, apps)

    def _tell(self, batches: Sequence[tuple[float, Sequence[Sending]]], apps: Mapping[int, int]) -> None:
        """The troubleshooting log takes so many of a second and app, and counts the others."""
        services = self._services
        rooms = {app: services.troubleshooting.room(app, _PATH, count) for app, count in apps.items()}
        if not any(rooms.values()):
            return
        now = perf_counter()
        for at, sendings in batches:
            for sending in sendings:
                app, sender = sending.message.app, sending.message.sender
                if rooms[app]:
                    rooms[app] -= 1
                    request = request_of(sending)
                    report_command(services, sending.connection, _PATH, 0, sender, request, ago=now - at)


def request_of(sending: Sending) -> openim.SendMsg:
    """What was asked, as far as the troubleshooting log names it."""
    m = sending.message
    return openim.SendMsg(To_Account=m.recipient, From_Account=m.sender, MsgRandom=m.msg_random)
