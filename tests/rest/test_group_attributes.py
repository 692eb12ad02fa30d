"""Attributes and counters of groups over REST (rest-groups.md 2.24 to 2.31), on both engines."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.rest.test_group_lifecycle import code, create, ok
from tests.support.relations import Host, host

__all__ = ["host"]


@pytest_asyncio.fixture
async def group(host: Host) -> Host:
    await create(host, Owner_Account="u1")
    return host


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


async def attributes(host: Host) -> dict[str, str]:
    found = await ok(host, "get_group_attr", GroupId="team-7")
    other = await host("group_open_attr_http_svc/get_group_attr", {"GroupId": "team-7"})
    assert other["GroupAttrAry"] == found["GroupAttrAry"]
    return {item["key"]: item["value"] for item in found["GroupAttrAry"]}


async def write(host: Host, command: str, given: Any) -> int:
    """The code; writes in one second are few, so that a refusal for the rate is asked again."""
    while (got := await code(host, command, GroupId="team-7", GroupAttr=given)) == 10049:
        pass
    return got


async def test_writing_and_deleting(group: Host) -> None:
    assert await attributes(group) == {}
    assert await write(group, "modify_group_attr", pairs(mic="ann", title="Q&A")) == 0
    assert await write(group, "modify_group_attr", pairs(mic="bob")) == 0
    assert await attributes(group) == {"mic": "bob", "title": "Q&A"}
    assert await write(group, "delete_group_attr", [{"key": "mic"}, {"key": "none"}]) == 10050
    assert await attributes(group) == {"mic": "bob", "title": "Q&A"}, "all or none"
    assert await write(group, "delete_group_attr", [{"key": "mic"}]) == 0
    assert await write(group, "set_group_attr", pairs(only="this")) == 0
    assert await attributes(group) == {"only": "this"}
    assert await write(group, "clear_group_attr", []) == 0
    assert await attributes(group) == {}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (pairs(**{"k" * 33: "v"}), 10045),
        (pairs(k="v" * 4001), 10046),
        (pairs(**{f"k{n}": "v" for n in range(17)}), 10047),
        (pairs(**{f"k{n}": "v" * 3300 for n in range(5)}), 10048),
        (pairs(**{"": "v"}), 10004),
        ([], 10004),
        (pairs(**{"k" * 32: "v" * 4000}), 0),
        (pairs(**{f"k{n}": "v" * 1000 for n in range(16)}), 0),
    ],
)
async def test_sizes(group: Host, given: list[dict[str, str]], expected: int) -> None:
    assert await write(group, "set_group_attr", given) == expected
    assert await code(group, "get_group_attr", GroupId="gone") == 10010


async def test_sizes_hold_for_the_whole(group: Host) -> None:
    assert await write(group, "set_group_attr", pairs(**{f"k{n}": "v" for n in range(16)})) == 0
    assert await write(group, "modify_group_attr", pairs(more="v")) == 10047
    assert await write(group, "modify_group_attr", pairs(k1="w")) == 0


async def test_five_writes_a_second(group: Host) -> None:
    codes = [await code(group, "modify_group_attr", GroupId="team-7", GroupAttr=pairs(k=str(n))) for n in range(40)]
    # Forty writes may take some seconds, not eight: some are refused, and what is refused is not written.
    assert set(codes) == {0, 10049}
    last = max(n for n, got in enumerate(codes) if got == 0)
    assert await attributes(group) == {"k": str(last)}


async def counters(host: Host, **more: Any) -> dict[str, int]:
    found = await ok(host, "get_group_counter", GroupId="team-7", **more)
    return {item["Key"]: item["Value"] for item in found["GroupCounter"]}


async def test_counters(group: Host) -> None:
    async def update(mode: str | None, **values: int) -> dict[str, int]:
        given = [{"Key": key, "Value": value} for key, value in values.items()]
        body = {"Mode": mode} if mode else {}
        found = await ok(group, "update_group_counter", GroupId="team-7", GroupCounter=given, **body)
        return {item["Key"]: item["Value"] for item in found["GroupCounter"]}

    assert await update("Increase", like=5) == {"like": 5}
    assert await update("Increase", like=7, gift=1) == {"like": 12, "gift": 1}
    assert await update("Decrease", gift=3) == {"gift": -2}
    assert await update(None, like=2**63 - 1) == {"like": 2**63 - 1}
    over = [{"Key": "like", "Value": 1}]
    assert await code(group, "update_group_counter", GroupId="team-7", GroupCounter=over, Mode="Increase") == 10004
    assert await counters(group) == {"gift": -2, "like": 2**63 - 1}
    assert await counters(group, GroupCounterKeys=["gift", "none"]) == {"gift": -2}
    many = [{"Key": f"k{n}", "Value": n} for n in range(19)]
    assert await code(group, "update_group_counter", GroupId="team-7", GroupCounter=many) == 10063
    assert await code(group, "update_group_counter", GroupId="team-7", GroupCounter=many[:18]) == 0
    long = [{"Key": "k" * 129, "Value": 1}]
    assert await code(group, "update_group_counter", GroupId="team-7", GroupCounter=long) == 10004
    await ok(group, "delete_group_counter", GroupId="team-7", GroupCounterKeys=["like", "none"])
    assert "like" not in await counters(group)
    await ok(group, "delete_group_counter", GroupId="team-7")
    assert await counters(group) == {}
    await group.configure(plan="Pro")
    for command, more in (
        ("get_group_counter", {}),
        ("delete_group_counter", {}),
        ("update_group_counter", {"GroupCounter": over}),
    ):
        assert await code(group, command, GroupId="team-7", **more) == 10059, command


async def test_nothing_is_left_for_the_next_group_of_the_id(group: Host) -> None:
    await write(group, "set_group_attr", pairs(k="v"))
    await ok(group, "update_group_counter", GroupId="team-7", GroupCounter=[{"Key": "like", "Value": 1}])
    await ok(group, "destroy_group", GroupId="team-7")
    await create(group, Owner_Account="u1")
    assert (await attributes(group), await counters(group)) == ({}, {})
