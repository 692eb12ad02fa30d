"""Three users with two devices each live through anything, with pushes lost at random: after quiet, every device shows
what the server has, and unread is what a recount says. On both engines.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from sodam.bus import of_user
from sodam.bus.live import Kick
from sodam.c2c import catch_up, events
from sodam.c2c.model import MAX_UNREAD, Message, Place, Position
from sodam.errors import ApiError
from sodam.extensions.model import Item, Operation, Subject
from sodam.extensions.one_to_one import OneToOneMessages
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.messages.model import EXTENSIBLE, NO_UNREAD, RECALLED
from sodam.notices import Notice
from tests.contract.test_messages_recount import recount
from tests.contract.world import World, place, text_body, text_of
from tests.support.amounts import amounts
from tests.support.seeds import SEED

USERS = "abc"
REACTIONS = ("heart", "smile")
Key = tuple[str, str, str]
"""Sender, recipient, MsgKey."""
Id = tuple[str, int, int]
"""As clients name a message: TinyId, MsgClientTime, MsgRandom."""


class Device:
    """What a client keeps: it learns of changes by pushes, some of which are lost, and by what it missed."""

    platform = 7
    login = 0

    def __init__(self, life: Life, owner: str, instid: int) -> None:
        self.life = life
        self.owner = owner
        self.instid = instid
        self.online = False
        self.texts: dict[Key, tuple[int, str]] = {}
        self.recalled: set[Key] = set()
        self.pairs: dict[Id, dict[str, str]] = {}
        self.reactions: dict[Id, dict[str, int]] = {}
        self.position: Position | None = None

    def deliver(self, notice: Notice) -> None:
        if self.online and self.life.dice.random() > 0.2:
            self.take(notice)

    def kicked(self, kick: Kick) -> None:
        raise AssertionError(kick)

    async def connect(self) -> None:
        """As a reconnect does it: everything since the last time, then the pushes."""
        world = self.life.world
        if self.position is None:
            self.position = await world.c2c.histories.position()
            await self.open_everything()
        complete = False
        while not complete:
            missed = await catch_up.page_since(world.c2c.histories, world.app, self.owner, self.position)
            for message in missed.messages:
                self.show(message)
            for notice in missed.notices:
                self.take(notice)
            self.position, complete = missed.position, missed.complete
        self.online = True

    async def open_everything(self) -> None:
        """A new sign-in knows nothing and reads the histories."""
        truth = await self.life.truth(self.owner)
        for message in truth:
            self.show(message)
            subject = await self.life.subject(message)
            if subject is not None:
                self.pairs[_id(subject)], self.reactions[_id(subject)] = await self.life.additions(subject)

    def show(self, message: Message) -> None:
        wire = msgspec.json.decode(msgspec.json.encode(events.wire(message, viewer=self.owner)))
        self._message(wire)

    def take(self, notice: Notice) -> None:
        event = msgspec.json.decode(notice.body)
        for wire in event.get("C2cMsgArray", ()):
            self._message(wire)
        for item in event.get("C2cNotifyMsgArray", ()):
            for gone in item.get("WithdrawC2cMsgNotify", {}).get("C2cWithdrawInfoArray", ()):
                if gone["MsgSeq"]:  # otherwise it takes one off a number
                    self.recalled.add((gone["From_Account"], gone["To_Account"], gone["MsgKey"]))
        for one in event.get("C2cMsgModNotifys", ()):
            key = f"{one['MsgSeq']}_{one['MsgRandom']}_{one['MsgTime']}"
            self._text((one["From_Account"], one["To_Account"], key), one)
        if extended := event.get("MsgExtensionNotify"):
            info = extended["ExtensionC2cMsgInfo"]
            pairs = self.pairs.setdefault((extended["TinyId"], info["MsgClientTime"], info["MsgRandom"]), {})
            if "ClearKVInfo" in extended:
                pairs.clear()
            for one in [*extended.get("SetKVInfo", ()), *extended.get("DeleteKVInfo", ())]:
                pairs.update((pair["Key"], pair["Value"]) for pair in one["MsgKeyValue"])
        for one in event.get("MsgReactionNotifyList", ()):
            info = one["C2CMsgInfo"]
            counts = self.reactions.setdefault((info["TinyId"], info["MsgClientTime"], info["MsgRandom"]), {})
            counts.update((reaction["Reaction"], reaction["Count"]) for reaction in one["MsgReactionSummary"])

    def _message(self, wire: dict[str, Any]) -> None:
        key = (wire["From_Account"], wire["To_Account"], wire["MsgKey"])
        self._text(key, wire)
        if wire.get("MsgFlagBits"):
            self.recalled.add(key)

    def _text(self, key: Key, wire: dict[str, Any]) -> None:
        version = wire.get("MsgVersion", 0)
        if key not in self.texts or version > self.texts[key][0]:
            self.texts[key] = (version, wire["MsgBody"][0]["MsgContent"]["Text"])


def _id(subject: Subject) -> Id:
    return (str(subject.tiny_id), subject.client_time, subject.random)


def _alive(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in items if value}


class Life:
    def __init__(self, world: World, dice: random.Random) -> None:
        self.world = world
        self.dice = dice
        self.extensions, self.reactions = Extensions(world.db, world.clock), Reactions(world.db, world.live)
        self.messages = OneToOneMessages(world.c2c, self.extensions, self.reactions)
        self.sent: list[tuple[str, str, Place]] = []
        self.devices = [Device(self, user, number) for number, user in enumerate(USERS * 2, 1)]
        for device in self.devices:
            world.live.add(of_user(world.app.sdkappid, device.owner), device)

    async def subject(self, message: Message) -> Subject | None:
        with contextlib.suppress(ApiError):  # recalled
            return await self.messages.find(self.world.app, message.sender, message.recipient, message.place)
        return None

    async def additions(self, subject: Subject) -> tuple[dict[str, str], dict[str, int]]:
        """The pairs and reactions of a message, as the server has them."""
        pairs = (await self.extensions.page(subject, 0)).extensions
        found = await self.reactions.read(subject)
        return {one.key: one.value for one in pairs}, {one.id: len(one.users) for one in found}

    async def truth(self, owner: str) -> list[Message]:
        peers = [user for user in USERS if user != owner]
        histories = self.world.c2c.histories
        found = [await histories.history(self.world.app, owner, peer, limit=10_000) for peer in peers]
        return [message for some in found for message in some]

    async def step(self) -> None:
        world, dice = self.world, self.dice
        action = dice.random()
        if action < 0.35 or not self.sent:
            sender, recipient = dice.sample(USERS, 2)
            exclude = dice.choice([0, *(d.instid for d in self.devices if d.owner == sender)])
            flags = dice.choice([0, EXTENSIBLE, EXTENSIBLE, NO_UNREAD])
            message = world.draft(sender, recipient, f"text {dice.random()}", flags=flags)
            for device in self.devices:
                if device.instid == exclude and device.online:  # it shows what it sends
                    await world.c2c.send(world.app, message, exclude=exclude, checked=False)
                    device.show(message)
                    break
            else:
                await world.c2c.send(world.app, message, checked=False)
            self.sent.append((sender, recipient, message.place))
            return
        sender, recipient, where = dice.choice(self.sent[-20:])
        with contextlib.suppress(ApiError):  # recalled, reacted, changed or deleted before
            await self._change(action, sender, recipient, where)

    async def _change(self, action: float, sender: str, recipient: str, where: Place) -> None:
        world, app, dice = self.world, self.world.app, self.dice
        user = dice.choice([sender, recipient])
        if action < 0.42:
            await world.changes.withdraw(app, sender, recipient, where, revoker=sender, limit=False)
        elif action < 0.52:
            body = text_body(f"edited {dice.random()}")
            await world.changes.modify(app, sender, recipient, where, body=body)
        elif action < 0.57:
            await world.changes.delete_for(app, user, recipient if user == sender else sender, [where])
        elif action < 0.65:
            back = dice.choice([0, 1, 30])
            await world.changes.mark_read(app, recipient, sender, int(world.clock.now) - back)
        elif action < 0.76:
            device = dice.choice(self.devices)
            if device.online:
                device.online = False
            else:
                await device.connect()
        elif action < 0.78:
            number = dice.randrange(len(self.devices))
            old = self.devices[number]
            old.online = False
            world.live.remove(of_user(app.sdkappid, old.owner), old)
            new = self.devices[number] = Device(self, old.owner, old.instid)
            world.live.add(of_user(app.sdkappid, new.owner), new)
        else:
            subject = await self.messages.find(app, sender, recipient, where)
            if action < 0.9:
                operation = dice.choice([Operation.SET] * 4 + [Operation.DELETE, Operation.CLEAR])
                items = [] if operation == Operation.CLEAR else [Item(dice.choice("kl"), f"{dice.random()}", 0)]
                await self.extensions.change(subject, user, operation, items, versions=False)
            else:
                change = dice.choice([self.reactions.add, self.reactions.remove])
                await change(subject, user, dice.choice(REACTIONS))

    async def check(self, device: Device) -> None:
        """The device shows what its owner's histories say."""
        for message in await self.truth(device.owner):
            key = (message.sender, message.recipient, message.key)
            assert (key in device.recalled) == bool(message.flags & RECALLED), key
            if message.flags & RECALLED:
                continue
            assert device.texts[key] == (message.version, text_of(message)), key
            subject = await self.subject(message)
            assert subject is not None
            pairs, reactions = await self.additions(subject)
            assert _alive(device.pairs.get(_id(subject), {}).items()) == pairs, key
            assert _alive(device.reactions.get(_id(subject), {}).items()) == reactions, key


@pytest.mark.parametrize("steps", amounts("SODAM_DEVICE_STEPS", usual=150, long=5000))
async def test_after_quiet_every_device_shows_the_same(world: World, steps: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    life = Life(world, random.Random(seed))
    for device in life.devices:
        await device.connect()
    for _ in range(steps // 3):
        await asyncio.gather(*(life.step() for _ in range(3)))
        world.clock.now += life.dice.choice([0, 0, 1, 5, 30])
    for device in life.devices:
        await device.connect()
    for device in life.devices:
        await life.check(device)
    for owner in USERS:
        for peer in USERS:
            if peer != owner:
                assert await world.unread(owner, peer) == min(MAX_UNREAD, await recount(world, owner, peer)), (
                    owner,
                    peer,
                )
    assert len(life.sent) > steps // 10


async def test_a_device_that_missed_something_is_found(world: World) -> None:
    life = Life(world, random.Random(1))
    sent = await world.send("a", "b", flags=EXTENSIBLE)
    device = next(one for one in life.devices if one.owner == "b")
    await device.connect()
    device.online = False
    subject = await life.messages.find(world.app, "a", "b", place(sent))

    async def extend() -> None:
        await life.extensions.change(subject, "a", Operation.SET, [Item("k", "v", 0)], versions=True)

    for change in (
        extend,
        lambda: life.reactions.add(subject, "a", REACTIONS[0]),
        lambda: world.changes.modify(world.app, "a", "b", place(sent), body=text_body("new")),
        lambda: world.changes.withdraw(world.app, "a", "b", place(sent), revoker="a", limit=False),
        lambda: world.send("a", "b"),
    ):
        await life.check(device)
        await change()
        with pytest.raises((AssertionError, KeyError)):
            await life.check(device)
        await device.connect()
        device.online = False
    await life.check(device)
