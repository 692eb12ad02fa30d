"""What messages ask, what deletion leaves, and what a node may keep."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from sodam.relations.cache import Changed, RelationCache
from sodam.relations.model import Owner, Standing
from tests.support.relations import APP, Host, host

__all__ = ["host"]
NOTHING = Standing(blocked_by_recipient=False, blocked_by_sender=False, friend=False)


async def test_standing(host: Host) -> None:
    relations = host.relations
    assert relations.peek_standing(APP, "u1", "u2") is None
    assert await relations.standing(APP, "u1", "u2") == NOTHING
    assert relations.peek_standing(APP, "u1", "u2") == relations.peek_standing(APP, "u2", "u1") == NOTHING
    await host.add("u1", "u2", AddType="Add_Type_Single")
    assert relations.peek_standing(APP, "u1", "u2") is None, "forgotten with the change"
    assert await relations.standing(APP, "u2", "u1") == NOTHING, "one-way is no friendship for messages"
    await host.add("u1", "u2")
    friends = Standing(blocked_by_recipient=False, blocked_by_sender=False, friend=True)
    assert await relations.standing(APP, "u2", "u1") == friends
    await host.codes("sns/black_list_add", {"From_Account": "u2", "To_Account": ["u1"]})
    blocked = Standing(blocked_by_recipient=True, blocked_by_sender=False, friend=False)
    blocking = Standing(blocked_by_recipient=False, blocked_by_sender=True, friend=False)
    assert await relations.standing(APP, "u1", "u2") == blocked
    assert relations.peek_standing(APP, "u2", "u1") == blocking
    await host.codes("sns/black_list_delete", {"From_Account": "u2", "To_Account": ["u1"]})
    assert await relations.standing(APP, "u1", "u2") == NOTHING


async def test_messages_obey(host: Host) -> None:
    """console.md section 3: blocked looks sent or is 20007; a stranger is 20009 where the app wants friends."""

    numbers = itertools.count(1)

    async def send(sender: str, to: str) -> int:
        text = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]
        body = {"From_Account": sender, "To_Account": to, "MsgSeq": 1, "MsgRandom": next(numbers), "MsgBody": text}
        code: int = (await host("openim/sendmsg", body, client=sender))["ErrorCode"]
        return code

    two = host.device("u2")
    await host.codes("sns/black_list_add", {"From_Account": "u2", "To_Account": ["u1"]})
    two.events.clear()
    assert await send("u1", "u2") == 0
    assert two.events == []
    assert await send("u2", "u1") == 0
    two.events.clear()
    await host.configure(blacklist_check=False)
    assert await send("u1", "u2") == 20007
    await host.codes("sns/black_list_delete", {"From_Account": "u2", "To_Account": ["u1"]})
    assert await send("u1", "u2") == 0
    assert [event["Event"] for event in two.events] == [7, 9], "unblocking and the message"
    await host.configure(friend_check=True)
    assert await send("u1", "u2") == 20009
    await host.add("u1", "u2")
    assert await send("u1", "u2") == 0


async def test_deletion_leaves_nothing(host: Host) -> None:
    await host.accounts("gone", "ask", "also")
    await host.accounts("ask", AllowType="AllowType_Type_NeedConfirm")
    await host.add("gone", "u1", "u2", GroupName="g")
    await host.add("u3", "gone", GroupName="mine", AddType="Add_Type_Single")
    await host.add("gone", "also")
    assert await host.add("gone", "ask") == [30539]
    await host.accounts("gone", AllowType="AllowType_Type_NeedConfirm")
    assert await host.add("u4", "gone") == [30539]
    await host.codes("sns/black_list_add", {"From_Account": "u5", "To_Account": ["gone"]})
    await host.codes("sns/black_list_add", {"From_Account": "gone", "To_Account": ["u6"]})
    for a, b in (("gone", "u1"), ("u1", "gone"), ("u2", "gone"), ("gone", "u3"), ("gone", "also")):
        await host.codes("follow/follow_add", {"From_Account": a, "FollowItem": [{"To_Account": b}]})
    devices = {user_id: host.device(user_id) for user_id in ("u1", "u3", "u4", "u5", "u6")}
    await host.friends("u1")
    assert (await host.relations.standing(APP, "gone", "u5")).blocked_by_recipient
    await host.configure(deleted_id_days=0)
    items = [{"UserID": "gone"}, {"UserID": "also"}]
    assert await host.codes("im_open_login_svc/account_delete", {"DeleteItem": items}) == [0, 0]
    for user_id in ("u1", "u2", "u3"):
        assert await host.friends(user_id) == []
    assert [i["FriendNumber"] for i in (await host.ok("sns/group_get", {"From_Account": "u3"}))["ResultItem"]] == [0]
    blacklist = await host.ok("sns/black_list_get", {"From_Account": "u5", "StartIndex": 0, "MaxLimited": 10})
    assert blacklist["BlackListItem"] == []
    for user_id in ("u4", "ask"):
        assert (await host.ok("sns/pendency_get", {"From_Account": user_id}, client=user_id))["PendencyItem"] == []
    info = await host.ok("follow/follow_get_info", {"From_Account": "u1", "To_Account": ["u1", "u2", "u3"]})
    counts = [(i["FollowerCount"], i["FollowingCount"], i["MutualFollowingCount"]) for i in info["FollowInfo"]]
    assert counts == [(0, 0, 0)] * 3
    assert devices["u1"].heard() == [{"PushType": 2, "FriendDel_Account": ["gone"]}]
    assert devices["u3"].heard() == [{"PushType": 2, "FriendDel_Account": ["gone"]}]
    assert devices["u4"].heard() == [{"PushType": 4, "FrienPencydDel_Account": ["gone"]}]
    assert devices["u5"].heard() == [{"PushType": 8, "BlackListDel_Account": ["gone"]}]
    assert devices["u6"].heard() == []
    assert host.relations.peek_standing(APP, "gone", "u5") is None
    await host.accounts("gone")
    assert await host.friends("gone") == []
    assert await host.relations.standing(APP, "gone", "u5") == NOTHING
    for table in ("friend", "blacklist", "pendency", "follow"):
        assert await host.server.db.fetch(f"SELECT owner, peer FROM {table} WHERE app = $1", APP) == []


class FakeBus:
    """A bus of two nodes that may be cut."""

    clustered = True

    def __init__(self) -> None:
        self.handlers: list[Callable[[bytes], None]] = []
        self.sent: list[bytes] = []
        self.up = True

    def connected(self) -> bool:
        return self.up

    def publish(self, subject: str, data: bytes) -> None:
        assert subject == "relations"
        self.sent.append(data)

    def subscribe(self, subject: str, handler: Callable[[bytes], None]) -> Any:
        self.handlers.append(handler)

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        self.reconnected = callback

    async def close(self) -> None:
        return


def test_cache_across_nodes() -> None:
    here, there = FakeBus(), FakeBus()
    now = [0.0]
    a, b = RelationCache(here, lambda: now[0]), RelationCache(there, lambda: now[0])

    def fill() -> None:
        for pair in (("u1", "u2"), ("u1", "u3"), ("u4", "u5")):
            b.pairs.keep((1, *pair), 0, b.pairs.loading((1, *pair)))
        b.owners.keep((1, "u1"), Owner("u1"), b.owners.loading((1, "u1")))

    def held() -> int:
        return sum(b.peek_standing(1, x, y) is not None for x, y in (("u1", "u2"), ("u3", "u1"), ("u4", "u5")))

    fill()
    assert held() == 3
    assert b.owner(1, "u1") is not None
    a.hints.changed(Changed(1, ["u1"], [("u2", "u1")]))
    there.handlers[0](here.sent.pop())
    assert held() == 2
    assert b.owner(1, "u1") is None
    fill()
    a.hints.changed(Changed(1, [], [], ["u1"]))
    there.handlers[0](here.sent.pop())
    assert held() == 1
    fill()
    there.up = False
    assert (held(), b.owner(1, "u1")) == (0, None), "not trusted without the bus"
    there.up = True
    there.reconnected()
    assert held() == 0, "forgotten: announcements may have been lost"
    fill()
    now[0] = 31.0
    assert held() == 0, "nothing is believed for longer than 30 seconds"
    # A change that is announced while a read is under way wins over what was read.
    ticket = b.pairs.loading((1, "u1", "u2"))
    a.hints.changed(Changed(1, [], [("u1", "u2")]))
    there.handlers[0](here.sent.pop())
    b.pairs.keep((1, "u1", "u2"), 0, ticket)
    assert b.peek_standing(1, "u1", "u2") is None


def test_pages_are_bounded() -> None:
    cache = RelationCache(FakeBus(), page_bytes=1000)
    for n in range(20):
        pages = cache.pages(1, f"u{n}", "friends", (1, 1))
        cache.keep_page(pages, (0, True, True), b"x" * 300)
        assert cache.page_bytes <= 1000
    assert cache.pages(1, "u19", "friends", (1, 1)).made
    assert not cache.pages(1, "u19", "friends", (2, 1)).made, "another version"
    assert not cache.pages(1, "u0", "friends", (1, 1)).made
    cache.keep_page(cache.pages(1, "big", "friends", (1, 1)), 0, b"x" * 2000)
    assert cache.page_bytes == 0
