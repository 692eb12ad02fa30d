"""Sodam with one large topic: every session is in it, and what is written to user ``u0`` goes to all of them.

Groups bring topics of their own; this measures what lies under them, from the log to the sockets: the one change is
that the notice of a message to ``u0`` is sent once more, to the topic.
"""

from __future__ import annotations

import os

import uvloop

from bench.workloads.fanout import FAN
from sodam.bus import Kick, Live, Topic, of_user
from sodam.notices import Notice
from sodam.server import Server
from sodam.serving import bind, run
from sodam.settings import load

_SDKAPPID = 1400000001
_ALL = Topic("g", _SDKAPPID, "all")


class _Fan:
    """Takes the place of a device of ``u0``."""

    instid = 1
    platform = 7
    login = 0
    client_ip = "127.0.0.1"

    def __init__(self, live: Live) -> None:
        self._live = live

    def deliver(self, notice: Notice) -> None:
        self._live.send(_ALL, notice)

    def kicked(self, kick: Kick) -> None:
        raise AssertionError(kick)


def gather(server: Server) -> None:
    """Have everybody who signs in join the topic."""
    live = server.live
    live.add(of_user(_SDKAPPID, f"u{FAN}"), _Fan(live))

    def watch(topic: Topic, online: bool) -> None:
        if online:
            for session in live.local(topic):
                live.add(_ALL, session)

    live.watch("u", watch)


if __name__ == "__main__":
    settings = load({}, os.environ)
    uvloop.run(run(settings, bind(settings), gather))
