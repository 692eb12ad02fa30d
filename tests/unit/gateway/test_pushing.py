"""What a connection writes when notices reach it: frames as they are, made once, and at times a wish for a cookie."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from sodam.bus import Live, Topic
from sodam.bus.local import LocalBus
from sodam.gateway import frames
from sodam.gateway.budget import STRANGER_LIMIT
from sodam.gateway.connection import SYNC_NOTICES, Connection
from sodam.notices import Kind, Notice

ROOM = Topic("r", 1, "room")
Outlet = tuple[Connection, MagicMock]


@pytest.fixture
def outlets() -> list[Outlet]:
    """Connections with the InstIds 1 to 3."""
    found: list[Outlet] = []
    for instid in (1, 2, 3):
        session: Any = SimpleNamespace(instid=instid, platform=7)
        connection, transport = Connection(MagicMock(), session, "127.0.0.1"), MagicMock()
        transport.write_frame.return_value = transport.write.return_value = 0
        connection.transport = transport
        found.append((connection, transport))
    return found


def test_one_frame_for_all_but_the_sender(outlets: list[Outlet]) -> None:
    live, notice = Live(LocalBus()), Notice(b'{"Event":3}', Kind.GROUP)
    for connection, _ in outlets:
        live.add(ROOM, connection)
    assert live.wanted(ROOM, but=2)
    live.send(ROOM, notice, exclude=2)
    for connection, _ in outlets:
        connection.flush()
    (_, first), (_, sender), (_, third) = outlets
    assert first.write_frame.call_args.args[0] is third.write_frame.call_args.args[0] is notice.frame
    assert not sender.write_frame.called
    for connection, _ in outlets[:2]:
        live.remove(ROOM, connection)
    assert live.wanted(ROOM, but=2)
    assert not live.wanted(ROOM, but=3)


def test_several_messages_of_groups_are_one_frame_for_all_who_get_them(outlets: list[Outlet]) -> None:
    one, two, three = (Notice(b'{"Event":3,"n":%d}' % n, Kind.GROUP) for n in range(3))
    (first, *_), (second, *_), (third, *_) = outlets
    for notice in (one, two, three):
        first.deliver(notice)
        third.deliver(notice)
    second.deliver(one)
    second.deliver(three)
    sent = []
    for connection, transport in (*outlets, outlets[0]):
        connection.flush()
        sent.append(transport.write_frame.call_args.args[0])
        transport.reset_mock()
        if connection is third:  # again, the same and one more
            for notice in (one, two, three, one):
                first.deliver(notice)
    assert sent[0] == sent[2] == frames.wire_frame(frames.push([one, two, three]))
    assert sent[1] == frames.wire_frame(frames.push([one, three]))
    assert sent[3] == frames.wire_frame(frames.push([one, two, three, one]))
    for number in range(frames.MAX_EVENTS + 1):  # too many for one frame
        second.deliver(Notice(b'{"Event":3,"n":%d}' % number, Kind.GROUP))
    second.flush()
    (payloads,) = outlets[1][1].write.call_args.args
    assert b"".join(payloads).count(b'"Event":3') == frames.MAX_EVENTS + 1


@pytest.mark.parametrize(("kind", "asked"), [(Kind.GROUP, 0), (Kind.MESSAGE, 1)])
@pytest.mark.parametrize("together", [1, 4])
def test_messages_of_groups_need_no_new_cookie(outlets: list[Outlet], kind: Kind, asked: int, together: int) -> None:
    """A getmsg has nothing of them: five thousand in a live room are not to ask for one every few seconds."""
    connection, transport = outlets[0]
    for _ in range(SYNC_NOTICES // together + 1):
        for _ in range(together):
            connection.deliver(Notice(b'{"Event":9}', kind))
        connection.flush()
    written = [payload for call in transport.write.call_args_list for payload in call.args[0]]
    assert written.count(frames.SYNC) == asked


def test_who_reads_too_slowly_is_noticed(outlets: list[Outlet]) -> None:
    connection, transport = outlets[0]
    for waiting, cut in ((STRANGER_LIMIT, False), (STRANGER_LIMIT + 1, True)):
        transport.write_frame.return_value = waiting
        connection.deliver(Notice(b"{}", Kind.GROUP))
        connection.flush()
        assert transport.abort.called is cut
