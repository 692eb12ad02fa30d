"""The number on an icon is the one of the list and of REST, after whatever changes what is unread."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.groups.core import Operator
from sodam.groups.histories import shown_unread
from sodam.groups.message import Extra, GroupMessage
from sodam.groups.model import Changes, Newcomer, Wanted
from sodam.groups.types import TYPES
from sodam.messages.model import NO_UNREAD
from sodam.messages.offline_push import Wish
from sodam.push import quietly
from tests.contract.pushing import Pushing, apple, authority, pushing
from tests.contract.world import text_body
from tests.support.vendors import VendorServer

__all__ = ["apple", "authority", "pushing"]
TOPS = Operator("a", True)


class Talk:
    """a speaks in a group; b, whose phone is away, and c are members."""

    def __init__(self, pushing: Pushing, apple: VendorServer, group: str) -> None:
        self.pushing = pushing
        self.apple = apple
        self.group = group
        self.number = 0

    async def say(self, sender: str = "a", flags: int = 0, **extra: Any) -> int:
        self.number += 1
        message = GroupMessage(
            app=self.pushing.app, group_id=self.group, sender=sender, random=self.number, client_time=0, flags=flags,
            body=text_body("hi"), wish=Wish(text="hi"), extra=Extra(**extra),
        )  # fmt: skip
        return (await self.pushing.groups.sending.send(self.pushing.world.app, message)).seq

    async def icon(self, user: str = "b") -> int:
        """The number that the phone was sent last."""
        await self.pushing.quiet()
        sent = [asked for asked in self.apple.asked if asked.path.endswith(f"/t{user}")]
        return int([asked.json["aps"]["badge"] for asked in sent if "badge" in asked.json["aps"]][-1])

    async def listed(self, user: str = "b") -> int:
        """What list and REST make of what is stored."""
        groups, app = self.pushing.groups, self.pushing.app
        names = [name for name, _, _ in await groups.histories.listed(app, user, 100)]
        found = await groups.histories.details(app, user, names)
        in_groups = sum(shown_unread(group, standing) for group, standing, _ in found.values())
        return in_groups + await self.pushing.world.c2c.histories.unread(self.pushing.world.app, user)

    async def is_(self, expected: int, user: str = "b") -> None:
        assert (await self.icon(user), await self.listed(user)) == (expected, expected)


async def talking(pushing: Pushing, apple: VendorServer) -> Talk:
    one = await pushing.apns(apple.url)
    for number, user in enumerate("bc"):
        await pushing.device(one, user, f"t{user}", 100_000 + number)
    wanted = Wanted(
        kind=TYPES["Public"], group_id="", owner="a", max_members=0, changes=Changes(name="crew"),
        newcomers=(Newcomer("b"),),
    )  # fmt: skip
    return Talk(pushing, apple, await pushing.groups.create(pushing.world.app, TOPS, wanted))


async def test_a_groups_number_is_one(pushing: Pushing, apple: VendorServer) -> None:
    """After messages, some that count as none, a recall, a deletion for oneself, reading, a number that was set, a
    cleared history, a newcomer's first message, and beside what is unread one to one."""
    world, groups, app = pushing.world, pushing.groups, pushing.world.app
    talk = await talking(pushing, apple)
    is_ = talk.is_
    seqs = [await talk.say() for _ in range(4)]
    await is_(4)
    await talk.say(flags=NO_UNREAD)
    await talk.say(to=["b"])
    await talk.say(sender="b")
    await is_(4)
    await groups.changes.recall(app, talk.group, [seqs[0]], revoker="a", as_member=False)
    await is_(3)
    await groups.changes.delete_for(app, "b", talk.group, [seqs[1]])
    await is_(2)
    await talk.say()
    await is_(3)
    await pushing.send("one to one")
    await is_(4)
    await groups.changes.mark_read(app.sdkappid, "b", talk.group, seqs[2])
    await is_(3)
    group = await groups.get(app.sdkappid, talk.group)
    await groups.changes.set_unread(app, group, "b", 1)
    await is_(2)
    assert await groups.changes.clear_for(app.sdkappid, "b", talk.group)
    await is_(1)
    await groups.members.add(app, TOPS, talk.group, ["c"])
    await talk.say()
    await is_(2)
    await is_(1, "c")
    await world.changes.hide(app, "b", "a", clear=True)
    await is_(1)
    assert await groups.histories.hide(app.sdkappid, "b", talk.group, clear=False)
    await is_(0)


async def test_nothing_new_is_unread(pushing: Pushing, apple: VendorServer) -> None:
    """Deleting for oneself what was deleted, read, recalled, one's own or uncounted, setting the number that is there,
    clearing and hiding what is read, push no number."""
    talk = await talking(pushing, apple)
    groups, app = pushing.groups, pushing.world.app
    seqs = [await talk.say() for _ in range(4)]
    mine, silent = await talk.say(sender="b"), await talk.say(flags=NO_UNREAD)
    await talk.is_(4)
    group = await groups.get(app.sdkappid, talk.group)
    await groups.changes.mark_read(app.sdkappid, "b", talk.group, seqs[0])
    await groups.changes.recall(app, talk.group, [seqs[1]], revoker="a", as_member=False)
    await groups.changes.delete_for(app, "b", talk.group, [seqs[2]])
    await talk.is_(1)
    sent = len(apple.asked)
    for again in ([seqs[2]], seqs[:3], [mine, silent], [999]):
        await groups.changes.delete_for(app, "b", talk.group, again)
    await talk.is_(1)
    assert len(apple.asked) == sent
    for _ in range(2):  # the position moves behind the deleted message, once
        await groups.changes.set_unread(app, group, "b", 1)
    await talk.is_(1)
    assert len(apple.asked) == sent + 1
    await groups.changes.set_unread(app, group, "b", 0)
    await talk.is_(0)
    sent = len(apple.asked)
    await groups.changes.set_unread(app, group, "b", 0)
    assert await groups.changes.clear_for(app.sdkappid, "b", talk.group)
    assert await groups.histories.hide(app.sdkappid, "b", talk.group, clear=False)
    await talk.is_(0)
    assert len(apple.asked) == sent


async def test_what_was_unread_is_gone(pushing: Pushing, apple: VendorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a history that the app cleared for all, after leaving, a removal and the end of the group."""
    talk = await talking(pushing, apple)
    groups, app = pushing.groups, pushing.world.app
    await pushing.send("one to one")
    first, _ = await talk.say(), await talk.say()
    await talk.is_(3)
    await groups.changes.clear(app, talk.group, first)
    await talk.is_(2)
    await groups.changes.clear(app, talk.group, None)
    await talk.is_(1)
    sent = len(apple.asked)
    await groups.changes.clear(app, talk.group, None)
    await talk.is_(1)
    assert len(apple.asked) == sent, "nobody had anything unread"

    await talk.say()
    await talk.is_(2)
    await groups.members.quit(app, Operator("b", False), talk.group)
    await talk.is_(1)
    for end in ("removal", "dissolution"):
        await groups.members.add(app, TOPS, talk.group, ["b"])
        await talk.say()
        await talk.is_(2)
        if end == "removal":
            await groups.members.remove(app, TOPS, talk.group, ["b"], "")
        else:
            monkeypatch.setattr(quietly, "_FEW", 0)  # as of many
            await groups.destroy(app, TOPS, talk.group)
        await talk.is_(1)


async def test_a_number_that_is_set_is_the_one_that_is_shown(pushing: Pushing, apple: VendorServer) -> None:
    """Also where the member has deleted some of the messages for itself."""
    talk = await talking(pushing, apple)
    groups, app = pushing.groups, pushing.world.app
    seqs = [await talk.say() for _ in range(5)]
    await talk.is_(5)
    await groups.changes.delete_for(app, "b", talk.group, [seqs[2], seqs[4]])
    group = await groups.get(app.sdkappid, talk.group)
    for number, shown in ((2, 2), (1, 1), (3, 3), (0, 0), (9, 3)):
        await groups.changes.set_unread(app, group, "b", number)
        await talk.is_(shown)
