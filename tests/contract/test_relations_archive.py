"""Export and import, and the check that finds and repairs what is inconsistent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from sodam.apps.model import App, FriendField
from sodam.cli.relations import import_file
from sodam.relations.archive import UserLine
from sodam.relations.repair import OneSided, Report
from tests.support.relations import APP, SOURCE, Host, host, hosting

__all__ = ["host"]
FIELDS = (FriendField(name="Rank"),)


def app_of(host: Host) -> App:
    app = host.server.apps.get(APP)
    assert app is not None
    return app


async def exported(host: Host, *users: str) -> list[dict[str, Any]]:
    archive = host.relations.archive
    lines = [line async for line in archive.export(APP, list(users) or None)]
    return [msgspec.json.decode(msgspec.json.encode(line)) for line in lines]


async def fill(host: Host) -> None:
    await host.configure(friend_fields=FIELDS)
    entry = {
        "To_Account": "u2",
        "AddSource": SOURCE,
        "Remark": "Two",
        "RemarkTime": 1600000001,
        "AddTime": 1600000000,
        "AddWording": "hi",
        "GroupName": ["work", "golf"],
        "CustomItem": [{"Tag": "Tag_SNS_Custom_Rank", "Value": "A"}],
    }
    await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": [entry]})
    await host.add("u1", "u3")
    await host.codes("sns/black_list_add", {"From_Account": "u1", "To_Account": ["u4", "u5"]})
    await host.accounts("u1", AllowType="AllowType_Type_NeedConfirm")
    await host.add("u6", "u1", AddWording="please")
    await host.codes("follow/follow_add", {"From_Account": "u1", "FollowItem": [{"To_Account": "u7"}]})
    await host.codes("follow/follow_add", {"From_Account": "u7", "FollowItem": [{"To_Account": "u1"}]})


async def test_there_and_back(host: Host, tmp_path: Path) -> None:
    await fill(host)
    lines = await exported(host)
    assert [line["UserID"] for line in lines] == ["u1", "u3", "u7"]
    assert lines[0]["Friends"][0] == {
        "To_Account": "u2",
        "AddTime": 1600000000,
        "AddSource": SOURCE,
        "Remark": "Two",
        "RemarkTime": 1600000001,
        "AddWording": "hi",
        "GroupName": ["work", "golf"],
        "CustomItem": {"Tag_SNS_Custom_Rank": "A"},
    }
    assert await exported(host, "u3", "u9") == [lines[1], {"UserID": "u9"}]
    file = tmp_path / "relations.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    async with hosting(tmp_path / "second", None, [f"u{n}" for n in range(1, 10)]) as second:
        await second.configure(friend_fields=FIELDS)
        done = await import_file(second.server, app_of(second), file)
        assert (done.lines, done.users, done.refused) == (3, 3, [])
        assert done.entries == {"Groups": 2, "Friends": 3, "BlackList": 2, "Pendencies": 1, "Following": 2}
        assert await exported(second) == lines
        info = await second.ok("follow/follow_get_info", {"From_Account": "u1", "To_Account": ["u1"]})
        assert info["FollowInfo"][0]["MutualFollowingCount"] == 1
        assert (await check(second)).found == {"one-sided": 1}
        again = await import_file(second.server, app_of(second), file)
        assert again.refused == []
        assert await exported(second) == lines, "again is no harm"


async def test_import_refuses_parts(host: Host, tmp_path: Path) -> None:
    await host.configure("Trial")
    await host.accounts(*(f"f{n:02}" for n in range(25)))
    friends = [{"To_Account": f"f{n:02}", "AddTime": n, "AddSource": SOURCE} for n in range(21)]
    friends += [
        {"To_Account": "ghost", "AddTime": 1},
        {"To_Account": "u1", "AddTime": 1},
        {"To_Account": "f00", "AddTime": 5, "AddSource": "bad"},
        {"To_Account": "f00", "AddTime": 5, "CustomItem": {"Tag_SNS_Custom_None": "x"}},
    ]
    line = {
        "UserID": "u1",
        "Groups": [f"g{n}" for n in range(33)],
        "Friends": friends,
        "BlackList": [{"To_Account": "ghost", "AddBlackTimeStamp": 1}],
        "Pendencies": [{"From_Account": "u2", "AddTime": 1}],
        "Following": [{"To_Account": "ghost", "FollowTimeMillis": 1}],
    }
    texts = [msgspec.json.encode(line), b"{broken", b"", msgspec.json.encode({"UserID": "nobody"}), b'{"UserID": 5}']
    file = tmp_path / "relations.jsonl"
    file.write_bytes(b"\n".join(texts))
    done = await import_file(host.server, app_of(host), file)
    assert (done.lines, done.users) == (4, 1)
    refused = [(number, part, other) for number, _, part, other, _ in done.refused]
    assert refused == [
        (1, "Groups", "g32"),
        (1, "Friends", "f20"),
        (1, "Friends", "ghost"),
        (1, "Friends", "u1"),
        (1, "Friends", "f00"),
        (1, "Friends", "f00"),
        (1, "BlackList", "ghost"),
        (1, "Pendencies", "u2"),
        (1, "Following", "ghost"),
        (2, "", ""),
        (4, "", ""),
        (5, "", ""),
    ]
    assert len(await host.friends("u1")) == 20


async def check(host: Host, *, repair: bool = False, one_sided: OneSided = "keep") -> Report:
    return await host.relations.repair.check(app_of(host), repair=repair, one_sided=one_sided)


async def test_nothing_is_wrong(host: Host) -> None:
    await fill(host)
    await host.codes("sns/friend_delete", {"From_Account": "u1", "To_Account": ["u2"]})
    await host.configure(deleted_id_days=0)
    await host.codes("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "u7"}, {"UserID": "u5"}]})
    report = await check(host)
    assert report.found == {}
    assert report.rows == {"friend": 2, "blacklist": 1, "pendency": 1}


async def test_finds_and_repairs(host: Host) -> None:
    await fill(host)
    execute = host.server.db.execute
    await execute("DELETE FROM account WHERE user_id IN ('u4', 'u7')")
    host.server.accounts._held.clear()
    await execute("UPDATE relation_owner SET friends = 9 WHERE user_id = 'u3'")
    await execute("DELETE FROM relation_owner WHERE user_id = 'u6'")
    await execute("UPDATE friend SET groups = groups + 8 WHERE owner = 'u1' AND peer = 'u2'")
    await host.codes("follow/follow_add", {"From_Account": "u2", "FollowItem": [{"To_Account": "u3"}]})
    await execute("UPDATE follow SET mutual = 1 WHERE owner = 'u2'")
    await execute("UPDATE pendency SET asked_at = 5 WHERE owner = 'u1'")
    host.relations._core.cache.hints.clear()
    found = await check(host)
    assert found.found == {"orphan": 3, "count": 2, "group": 1, "mutual": 1, "expired": 1, "one-sided": 1}
    assert found.wrong == 8
    assert (await check(host)).found == found.found, "looking changes nothing"
    repaired = await check(host, repair=True)
    assert repaired.repaired >= 8
    left = await check(host)
    assert left.found == {"one-sided": 1}
    assert await host.friends("u3") == ["u1"]
    blacklist = await host.ok("sns/black_list_get", {"From_Account": "u1", "StartIndex": 0, "MaxLimited": 10})
    assert [item["To_Account"] for item in blacklist["BlackListItem"]] == ["u5"]
    groups = await host.ok("sns/group_get", {"From_Account": "u1", "NeedFriend": "Need_Friend_Type_Yes"})
    assert [(g["GroupName"], g["To_Account"]) for g in groups["ResultItem"]] == [("work", ["u2"]), ("golf", ["u2"])]


@pytest.mark.parametrize(("how", "relation"), [("complete", "BothWay"), ("remove", "NoRelation"), ("keep", "AWithB")])
async def test_one_sided_pairs(host: Host, how: OneSided, relation: str) -> None:
    await host.add("u1", "u2", AddType="Add_Type_Single")
    await host.add("u1", "u3")
    report = await check(host, one_sided=how)
    assert (report.found, report.wrong) == ({"one-sided": 1}, 0)
    assert report.repaired == (how != "keep")
    assert await host.relation("u1", "u2") == relation
    assert await host.relation("u1", "u3") == "BothWay"
    assert (await check(host)).found == ({"one-sided": 1} if how == "keep" else {})


async def test_export_of_a_long_list(host: Host) -> None:
    ids = [f"n{n:04}" for n in range(2100)]
    await host.accounts(*ids)
    for at in range(0, 2100, 700):
        await host.add("u1", *ids[at : at + 700])
    [line] = await exported(host, "u1")
    assert [friend["To_Account"] for friend in line["Friends"]] == ids
    assert len(await exported(host)) == 2101
    assert await host.relations.archive.put(app_of(host), msgspec.convert(line, UserLine)) == []
