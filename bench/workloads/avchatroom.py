"""A live room of 5 000 who are online on one server: what a delivery of its messages costs."""

from __future__ import annotations

from bench.load.driver import ChatSession
from bench.load.errors import LoadError
from bench.load.sodam import SodamDriver
from bench.load.websocket import WebSocketSession
from bench.plan import Figure
from bench.workloads.base import FAN_OUT, Bench
from bench.workloads.fanout import Room

_SIZE = 5000
_AT_ONCE = 50
_ROOM = "bench-room"
_MOST_A_SECOND = 35
"""Rooms drop what is above 40."""


class AVChatRoom:
    """One sender; the next message goes when the one before has reached all. The floor has everybody in one topic."""

    name = "avchatroom"
    title = "a live room of 5000"
    kinds = FAN_OUT

    async def run(self, bench: Bench) -> list[Figure]:
        count = bench.scaled(_SIZE, _SIZE // 10)
        room = _LiveRoom if bench.job.address.kind == "sodam" else _Floor
        return [await room(bench, count, bench.meter()).run(self.name)]


class _Floor(Room):
    what = "a live room of {}"
    pause = 1 / _MOST_A_SECOND


class _LiveRoom(_Floor):
    async def gather(self, sessions: list[ChatSession]) -> None:
        driver = self._bench.driver
        assert isinstance(driver, SodamDriver)
        await driver.make_room(_ROOM)
        for start in range(0, len(sessions), _AT_ONCE):
            for session in sessions[start : start + _AT_ONCE]:
                assert isinstance(session, WebSocketSession)
                await session.enter(_ROOM)
        if any(session.failures for session in sessions):
            raise LoadError("not everybody could enter")

    def say(self, sender: ChatSession, number: int) -> None:
        assert isinstance(sender, WebSocketSession)
        sender.send_to_group(_ROOM, number)
