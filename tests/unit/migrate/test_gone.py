"""A group that the source dismisses while it is being read is not reported as missing at the target."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from sodam.migrate import refresh_groups
from sodam.migrate.model import Run
from sodam.migrate.remote import Remote, RemoteError
from sodam.migrate.store import Journal

INFO = "group_open_http_svc/get_group_info"
ATTRIBUTES = "group_open_attr_http_svc/get_group_attr"
GONE = {"GroupId": "made", "ErrorCode": 10010, "ErrorInfo": "there is no group 'made'"}


class Server:
    """Knows one group, or none."""

    def __init__(self, *, info: Mapping[str, Any]) -> None:
        self.info = info
        self.calls: list[str] = []

    async def call(self, command: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append(command)
        if command == INFO:
            return {"GroupInfo": [self.info]}
        if command == ATTRIBUTES:
            raise RemoteError(command, 10010, "there is no group 'made'")
        return {}


async def test_a_group_that_goes_while_it_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "migrate.db")
    room = {"GroupId": "made", "Type": "AVChatRoom", "Name": "room"}
    source, target = Server(info=room), Server(info=GONE)
    run = Run(cast(Remote, source), cast(Remote, target), journal)
    await refresh_groups.group(run, "made")
    assert [(kind, code) for kind, code, *_ in journal.refusals()] == [("attributes", 10010)]
    source.info, target.info = GONE, room
    await refresh_groups.group(run, "made")
    assert target.calls[-1] == "group_open_http_svc/destroy_group"
    assert journal.refusals() == []
    journal.close()
