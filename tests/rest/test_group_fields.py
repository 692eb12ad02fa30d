"""Every field of every REST command about groups: good values with their effect, bad ones with their codes, what an
absent field stands for, other types of JSON, and the shape of each answer. The tables are ``fields_*.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import Any, Final

import pytest
import pytest_asyncio

from sodam.apps.group_fields import GroupField, GroupFieldRight, MemberField, MemberFieldRight
from sodam.rest import table
from tests.rest import (
    fields_changes,
    fields_communities,
    fields_groups,
    fields_members,
    fields_messages,
    fields_profiles,
    fields_rooms,
    fields_standing,
)
from tests.rest.conftest import Rest
from tests.rest.fields import ABSENT, Row, Scene, differs, judge, names_of, other_types, put
from tests.rest.test_group_lifecycle import override
from tests.support.relations import Host, host

__all__ = ["host"]
ROWS: Final[tuple[Row, ...]] = (
    *(*fields_groups.ROWS, *fields_profiles.ROWS, *fields_members.ROWS, *fields_standing.ROWS),
    *(*fields_communities.ROWS, *fields_rooms.ROWS, *fields_messages.ROWS, *fields_changes.ROWS),
)
SWITCHES: Final = {
    **dict.fromkeys(("community", "community_topics", "message_extension", "room_ban", "room_broadcast"), True),
    **dict.fromkeys(("room_online_members", "work_receipts", "public_receipts", "meeting_receipts"), True),
    "group_fields": (GroupField(name="Floor", rights=(GroupFieldRight(type="Public"),)),),
    "group_member_fields": (MemberField(name="Desk", rights=(MemberFieldRight(type="Public"),)),),
}


@pytest_asyncio.fixture
async def world(host: Host) -> Host:
    """An app that has all of it."""
    await host.configure(plan="Flagship", **SWITCHES)
    await override(host, groups_joined=100_000)
    return host


class Failures:
    """All that differ, rather than the first."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def of(self, what: str, work: Awaitable[Any]) -> None:
        try:
            await work
        except AssertionError as error:
            self.lines.append(f"{what}: {str(error).splitlines()[0][:400]}")

    def check(self) -> None:
        assert not self.lines, f"{len(self.lines)} differ:\n" + "\n".join(self.lines)


async def test_what_each_field_does(world: Host, engine: str) -> None:
    """On PostgreSQL the first value of each field: what differs between values is no matter of the engine."""
    failures = Failures()
    for row in ROWS:
        for field in row.fields:
            cases = [*field.good[: 1 if engine == "postgres" else None]]
            if field.absent is not None and not isinstance(field.absent, int):
                cases.append((ABSENT, field.absent))
            for value, see in cases:
                work = judge(world, Scene(world), row, put(row.base, field.name, value), see)
                await failures.of(f"{row.path} {field.name}={value!r:.60}", work)
    failures.check()


def _refused(row: Row) -> Iterator[tuple[str, Any, int]]:
    for field in row.fields:
        yield from ((field.name, value, code) for value, code in field.bad)
        yield from ((field.name, value, field.wrong) for value in other_types(row, field))
        if isinstance(field.absent, int):
            yield field.name, ABSENT, field.absent


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_refused(world: Host) -> None:
    """One scene for all: a call that is refused changes nothing."""
    failures = Failures()
    scene = Scene(world)

    async def refused(row: Row, name: str, value: Any, code: int) -> None:
        answer = await world(await scene.filled(row.path), await scene.filled(put(row.base, name, value)))
        assert (answer["ErrorCode"], answer["ActionStatus"]) == (code, "FAIL"), f"{answer}"

    for row in (*ROWS, *fields_changes.REFUSED_ONLY):
        for name, value, code in _refused(row):
            await failures.of(f"{row.path} {name}={value!r:.60}, {code} expected", refused(row, name, value, code))
    failures.check()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_shapes_of_answers(world: Host) -> None:
    failures = Failures()
    for row in ROWS:
        scene = Scene(world)
        answer = await world(await scene.filled(row.path), await scene.filled(row.base))
        envelope = {"ActionStatus": str, "ErrorCode": int, "ErrorInfo": str, "ErrorDisplay?": str}
        lines = differs(row.answer | envelope, answer)
        if answer["ErrorCode"] or lines:
            failures.lines.append(f"{row.path}: {lines} {answer!r:.200}")
    failures.check()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_digits_as_text_are_numbers(world: Host) -> None:
    """Some SDKs write every value as text."""
    failures = Failures()
    for row in ROWS:
        for field in row.fields:
            numbers = [value for value, _ in field.good if type(value) is int]
            if numbers and not field.loose:
                see = next(see for value, see in field.good if value == numbers[0])
                work = judge(world, Scene(world), row, put(row.base, field.name, str(numbers[0])), see)
                await failures.of(f"{row.path} {field.name}", work)
    failures.check()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_commands_are_read_by_get_as_well(rest: Rest) -> None:
    """One SDK asks for the list of groups without a body; others send a body with GET."""
    made = {"Type": "Public", "GroupId": "one", "Name": "One"}
    assert (await rest("group_open_http_svc/create_group", made, method="GET"))["ErrorCode"] == 0
    listed = await rest("group_open_http_svc/get_appid_group_list", b"", method="GET")
    assert (listed["ErrorCode"], listed["GroupIdList"]) == (0, [{"GroupId": "one"}])


def test_no_field_is_missing_in_the_tables() -> None:
    """Whatever a request may have is in a table."""
    known: dict[str, set[str]] = {}
    for row in (*ROWS, *fields_changes.REFUSED_ONLY):
        known.setdefault(row.path, set()).update(field.name for field in row.fields)
    services = ("group_open_", "million_group_open_", "openim_msg_ext_http_svc/group_", "openim/modify_group_msg")
    lacking = {
        command.path: missing
        for command in table.commands()
        if command.path.startswith(services) and (missing := names_of(command) - known.get(command.path, set()))
    }
    assert not lacking, "\n".join(f"{path}: {sorted(names)}" for path, names in lacking.items())
