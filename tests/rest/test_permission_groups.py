"""Permission groups of a community: what REST says of them, and what members may by them in it and in its topics."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from sodam.errors import ApiError
from sodam.groups import permissions as module
from sodam.groups.core import Operator
from sodam.groups.message import GroupMessage
from sodam.groups.model import Changes, MemberChanges
from sodam.groups.service import GroupService
from tests.rest.conftest import Rest
from tests.rest.test_topics import TEXT, call, code, ok

TOWN = "@TGS#_town"
NEWS = f"{TOWN}@TOPIC#_news"
TALK = f"{TOWN}@TOPIC#_talk"
MODS = "@PMG#_mods"
BODY = msgspec.json.encode([{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}])
_random = itertools.count(1)


@pytest_asyncio.fixture
async def town(rest: Rest) -> Rest:
    settings = msgspec.structs.replace(rest.app.settings, community=True, community_topics=True)
    await rest.configure(plan="Flagship", settings=settings)
    users = ["ann", "bob", "cid", "dan"]
    await rest("im_open_login_svc/multiaccount_import", {"Accounts": [*users, "out"]})
    made = {"Type": "Community", "Name": "Town", "GroupId": TOWN, "Owner_Account": "ann", "SupportTopic": 1}
    members = [{"Member_Account": "bob"}, {"Member_Account": "cid", "Role": "Admin"}, {"Member_Account": "dan"}]
    await ok(rest, "create_group", **made, EnablePermission=1, DefaultPermission=64, MemberList=members)
    for topic in (NEWS, TALK):
        await ok(rest, "create_topic", GroupId=TOWN, TopicId=topic, TopicName=topic[-4:])
    await ok(
        rest, "create_permission_group", GroupId=TOWN, PermissionGroupId=MODS, PermissionGroupName="Mods", Permission=0
    )
    return rest


async def refused(work: Awaitable[Any]) -> int:
    """The code of a refusal, 0 for none."""
    try:
        await work
    except ApiError as error:
        return int(error.code)
    return 0


class Client:
    """What a member does with its device."""

    def __init__(self, rest: Rest, user_id: str) -> None:
        self.rest, self.user_id = rest, user_id
        self.operator = Operator(user_id, admin=False)

    @property
    def groups(self) -> GroupService:
        return self.rest.server.services.groups

    async def say(self, topic: str, *, at_all: bool = False) -> int:
        message = GroupMessage(
            app=self.rest.app.sdkappid,
            group_id=topic,
            sender=self.user_id,
            random=next(_random),
            client_time=0,
            body=BODY,
        )
        message.extra.at_all = at_all
        return await refused(self.groups.sending.send(self.rest.app, message))

    async def recall(self, topic: str, seq: int) -> int:
        (got,) = await self.groups.changes.recall(self.rest.app, topic, [seq], revoker=self.user_id, as_member=True)
        return int(got)

    async def mute(self, place: str, who: str) -> int:
        changes = MemberChanges(mute_seconds=0)
        return await refused(self.groups.members.edit(self.rest.app, self.operator, place, who, changes))

    async def kick(self, who: str) -> int:
        return await refused(self.groups.members.remove(self.rest.app, self.operator, TOWN, [who], ""))

    async def ban(self, who: str) -> int:
        return await refused(self.groups.bans.ban(self.rest.app, self.operator, TOWN, [who], 60, ""))

    async def topic(self, topic: str) -> int:
        edit = self.groups.topics.edit(self.rest.app, self.operator, TOWN, topic, Changes(introduction="x"))
        return await refused(edit)

    async def profile(self) -> int:
        return await refused(self.groups.edit(self.rest.app, self.operator, TOWN, Changes(introduction="x")))

    async def history(self, topic: str) -> list[int]:
        page = await self.groups.histories.page(self.rest.app.sdkappid, self.user_id, topic, 0, 20)
        return [message.seq for message in page.messages]


async def test_what_rest_says_of_them(town: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"GroupId": TOWN, "PermissionGroupName": "Readers"}
    for expected, more in (
        (10015, {"PermissionGroupId": "mods"}),
        (10015, {"PermissionGroupId": "@PMG#_@PMG#cX"}),
        (10025, {"PermissionGroupId": MODS}),
        (10004, {"PermissionGroupName": "x" * 151}),
        (10004, {"PermissionGroupName": ""}),
        (10004, {"CustomString": "x" * 3001}),
        (10004, {"Permission": -1}),
        (10015, {"GroupId": NEWS}),
        (10010, {"GroupId": "@TGS#_no"}),
    ):
        assert await code(town, "create_permission_group", **{**made, **more}) == expected, more
    own = (await ok(town, "create_permission_group", **made, CustomString="c"))["PermissionGroupId"]
    assert own.startswith("@PMG#_@PMG#c")
    with monkeypatch.context() as patched:
        patched.setattr(module, "MAX_GROUPS", 2)
        assert await code(town, "create_permission_group", **made) == 10004
    await ok(town, "modify_permission_group", GroupId=TOWN, PermissionGroupId=MODS, Permission=544)
    page = await ok(town, "get_permission_group", GroupId=TOWN, Limit=1, Next="")
    (first,) = page["PermissionGroupInfoList"]
    assert first.pop("CreateTime") > 0
    assert first == {
        "ErrorCode": 0,
        "ErrorInfo": "",
        "PermissionGroupId": MODS,
        "PermissionGroupName": "Mods",
        "CustomString": "",
        "Permission": 544,
        "MemberCount": 0,
        "MemberNum": 0,
    }
    page = await ok(town, "get_permission_group", GroupId=TOWN, Limit=1, Next=page["Next"])
    assert ([one["PermissionGroupId"] for one in page["PermissionGroupInfoList"]], page["Next"]) == ([own], "")
    named = await ok(town, "get_permission_group", GroupId=TOWN, PermissionGroupIdList=[own, "@PMG#_no"])
    assert [one["ErrorCode"] for one in named["PermissionGroupInfoList"]] == [0, 110006]


async def test_their_members_and_topics(town: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [{"Member_Account": user} for user in ("bob", "cid", "out", "bob")]
    put = {"GroupId": TOWN, "PermissionGroupId": MODS}
    added = await ok(town, "add_permission_group_member", **put, MemberList=members)
    assert [one["Result"] for one in added["MemberList"]] == [0, 0, 10007, 0]
    again = await ok(town, "add_permission_group_member", **put, MemberList=members[:1])
    assert [one["Result"] for one in again["MemberList"]] == [10013]
    with monkeypatch.context() as patched:
        patched.setattr(module, "MAX_HOLDERS", 2)
        full = await ok(town, "add_permission_group_member", **put, MemberList=[{"Member_Account": "dan"}])
        assert [one["Result"] for one in full["MemberList"]] == [110012]
    pages = await ok(town, "get_permission_group_member_list", **put, Limit=1, Next="")
    rest = await ok(town, "get_permission_group_member_list", **put, Limit=1, Next=pages["Next"])
    assert [one["Member_Account"] for page in (pages, rest) for one in page["MemberList"]] == ["bob", "cid"]
    assert rest["Next"] == ""
    gone = await ok(town, "delete_permission_group_member", **put, MemberList=members)
    assert [one["Result"] for one in gone["MemberList"]] == [0, 0, 0, 0]
    wanted = [{"TopicId": NEWS, "Permission": 36}, {"TopicId": f"{TOWN}@TOPIC#_no", "Permission": 1}]

    async def topics(command: str, **body: Any) -> list[int]:
        answer = await ok(town, f"{command}_topic_permission_group", **put, **body)
        return [one["ErrorCode"] for one in answer["TopicPermissionResultList"]]

    assert await topics("set", TopicPermissionList=wanted) == [110011, 110013]
    assert await topics("add", TopicPermissionList=wanted) == [0, 110013]
    assert await topics("add", TopicPermissionList=wanted[:1]) == [110010]
    assert await topics("set", TopicPermissionList=[{"TopicId": NEWS, "Permission": 8}]) == [0]
    held = await ok(town, "get_topic_permission_group", **put)
    (one,) = held["TopicPermissionResultList"]
    assert (one["TopicId"], one["Permission"], one["ErrorCode"]) == (NEWS, 8, 0)
    assert await topics("get", TopicIdList=[NEWS, TALK]) == [0, 110011]
    assert await topics("delete", TopicIdList=[NEWS]) == [0]
    assert await topics("delete", TopicIdList=[NEWS]) == [110014]
    result = await ok(town, "destroy_permission_group", GroupId=TOWN, PermissionGroupIdList=[MODS, MODS[:-1]])
    assert [one["ErrorCode"] for one in result["PermissionGroupResultList"]] == [0, 110008]
    assert await code(town, "modify_permission_group", GroupId=TOWN, PermissionGroupId=MODS, Permission=1) == 110006


async def test_only_where_they_are_on(town: Rest) -> None:
    shown = await ok(
        town,
        "get_group_info",
        GroupIdList=[TOWN],
        ResponseFilter={"GroupBaseInfoFilter": ["EnablePermission", "DefaultPermission"]},
    )
    assert (shown["GroupInfo"][0]["EnablePermission"], shown["GroupInfo"][0]["DefaultPermission"]) == (1, 64)
    assert await code(town, "create_group", Type="Public", Name="x", EnablePermission=1) == 10004
    await ok(town, "create_group", Type="Public", Name="x", GroupId="plain", EnablePermission=0, DefaultPermission=0)
    assert await code(town, "get_permission_group", GroupId="plain") == 11000
    cid = Client(town, "cid")
    assert await cid.profile() == 10007, "an admin may nothing while permission groups decide"
    await ok(town, "modify_group_base_info", GroupId=TOWN, EnablePermission=0)
    assert await code(town, "get_permission_group", GroupId=TOWN) == 11000
    assert await cid.profile() == 0


async def test_what_members_may_by_them(town: Rest) -> None:
    ann, bob, cid, dan = (Client(town, user) for user in ("ann", "bob", "cid", "dan"))

    async def grant(mask: int, **in_topics: int) -> None:
        """bob's rights are these."""
        await ok(town, "modify_permission_group", GroupId=TOWN, PermissionGroupId=MODS, Permission=mask)
        put = {"GroupId": TOWN, "PermissionGroupId": MODS}
        await ok(town, "delete_topic_permission_group", **put, TopicIdList=[NEWS, TALK])
        given = [{"TopicId": {"news": NEWS, "talk": TALK}[name], "Permission": m} for name, m in in_topics.items()]
        if given:
            await ok(town, "add_topic_permission_group", **put, TopicPermissionList=given)

    await ok(
        town,
        "add_permission_group_member",
        GroupId=TOWN,
        PermissionGroupId=MODS,
        MemberList=[{"Member_Account": "bob"}],
    )
    assert [await who.say(NEWS) for who in (ann, bob, cid)] == [0, 0, 0]
    await ok(town, "modify_group_base_info", GroupId=TOWN, DefaultPermission=0)
    assert [await who.say(NEWS) for who in (ann, bob, cid)] == [0, 10007, 10007], "the owner needs no right"
    sent = {"GroupId": TOWN, "TopicId": NEWS, "From_Account": "bob", "Random": 1, "MsgBody": TEXT}
    assert await code(town, "send_group_msg", **sent) == 0, "the app may write in anyone's name"
    await grant(0, news=8)
    assert (await bob.say(NEWS), await bob.say(TALK), await dan.say(NEWS)) == (0, 10007, 10007)
    assert await bob.say(NEWS, at_all=True) == 10007
    await grant(0, news=8 | 64)
    assert await bob.say(NEWS, at_all=True) == 0
    await grant(64 | 128)
    assert (await bob.say(TALK, at_all=True), await bob.say(NEWS)) == (0, 0)
    await ok(town, "modify_topic", GroupId=TOWN, TopicId=TALK, MuteAllMember="On")
    assert await bob.say(TALK) == 10017
    await grant(64, talk=4)
    assert (await bob.say(TALK), await bob.mute(TALK, "dan"), await bob.mute(NEWS, "dan")) == (0, 0, 10007)
    await grant(32)
    assert (await bob.mute(NEWS, "cid"), await bob.mute(TOWN, "dan"), await bob.mute(TOWN, "ann")) == (0, 0, 10007)
    assert await bob.recall(NEWS, 1) == 10007
    await grant(0, news=32)
    assert (await bob.recall(NEWS, 1), await bob.recall(TALK, 1)) == (0, 0), "the second is one's own"
    assert (await bob.topic(NEWS), await bob.profile(), await bob.kick("dan"), await bob.ban("dan")) == (
        *(10007, 10007),
        *(10007, 10007),
    )
    await grant(0, news=1)
    assert (await bob.topic(NEWS), await bob.topic(TALK)) == (0, 10007)
    await grant(1 | 2 | 16)
    assert (await bob.profile(), await bob.topic(TALK), await bob.kick("ann")) == (0, 0, 10004)
    assert (await bob.kick("cid"), await bob.ban("dan"), await ann.ban("dan")) == (0, 10007, 0)
    await grant(1024)
    assert await bob.ban("dan") == 0


async def test_history_and_leaving(town: Rest) -> None:
    ann, new = Client(town, "ann"), Client(town, "out")
    for _ in range(3):
        assert await ann.say(NEWS) == 0
    groups, at = town.server.services.groups, town.server.services.groups._core.clock
    groups._core.clock = lambda: at() + 100
    member = [{"Member_Account": "out"}]
    await ok(town, "add_group_member", GroupId=TOWN, MemberList=member)
    put = {"GroupId": TOWN, "PermissionGroupId": MODS}
    await ok(town, "add_permission_group_member", **put, MemberList=member)
    assert await new.history(NEWS) == []
    await ok(town, "add_topic_permission_group", **put, TopicPermissionList=[{"TopicId": NEWS, "Permission": 16}])
    assert await new.history(NEWS) == [3, 2, 1]
    await ok(town, "modify_permission_group", **put, Permission=256)
    await ok(town, "delete_topic_permission_group", **put, TopicIdList=[NEWS])
    assert await new.history(NEWS) == [3, 2, 1]
    # Nothing is left behind, whatever goes.
    db, app = town.server.services.db, town.app.sdkappid

    async def rows(table: str) -> int:
        return int((await db.fetch(f"SELECT count(*) FROM {table} WHERE app = $1", app))[0][0])

    await ok(town, "delete_group_member", GroupId=TOWN, MemberToDel_Account=["out"])
    assert await rows("permission_member") == 0
    await ok(town, "add_permission_group_member", **put, MemberList=[{"Member_Account": "dan"}])
    assert await town.code("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "dan"}]}) == 0
    assert await rows("permission_member") == 0
    await ok(town, "add_topic_permission_group", **put, TopicPermissionList=[{"TopicId": NEWS, "Permission": 16}])
    await call(town, "destroy_topic", GroupId=TOWN, TopicIdList=[NEWS])
    assert (await rows("permission_topic"), await rows("permission_group")) == (0, 1)
    await ok(town, "destroy_group", GroupId=TOWN)
    assert await rows("permission_group") == 0
