"""A message service of the test's own: real storage, a clock to turn, devices that remember what they were told."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live, of_user
from sodam.bus.live import Kick
from sodam.bus.local import LocalBus
from sodam.c2c.changes import Changes
from sodam.c2c.draft import of_content
from sodam.c2c.model import Head, Message, conversation
from sodam.c2c.service import C2CService, Sent
from sodam.messages import outgoing
from sodam.notices import Notice
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.storage import Database

START = 1_800_000_000
_apps = itertools.count(1_500_000_000)
_instids = itertools.count(1)


class Clock:
    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Device:
    """A signed-in device: it keeps the events that it gets."""

    platform = 7
    login = 0
    client_ip = ""

    def __init__(self) -> None:
        self.instid = next(_instids)
        self.events: list[dict[str, Any]] = []

    def deliver(self, notice: Notice) -> None:
        self.events.append(msgspec.json.decode(notice.body))

    def kicked(self, kick: Kick) -> None:
        raise AssertionError(kick)

    def take(self) -> list[dict[str, Any]]:
        events, self.events = self.events, []
        return events

    def texts(self) -> list[str]:
        """The texts of the messages that came, in order."""
        return [
            message["MsgBody"][0]["MsgContent"]["Text"]
            for event in self.take()
            if event["Event"] == 9
            for message in event["C2cMsgArray"]
        ]


def text_body(text: str) -> bytes:
    return msgspec.json.encode([{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}])


def text_of(message: Message) -> str:
    return str(msgspec.json.decode(message.body)[0]["MsgContent"]["Text"])


class World:
    """One app on a database; ``open`` again on the same database is a restart."""

    def __init__(self, db: Database, app: App, accounts: AccountService, live: Live, clock: Clock) -> None:
        self.db = db
        self.app = app
        self.accounts = accounts
        self.live = live
        self.clock = clock
        self.bus = LocalBus()
        self.outbox = Outbox(db, Loops(), clock)
        self.c2c = C2CService(db, self.bus, live, accounts, self.outbox, clock=clock)
        self.changes = Changes(self.c2c)
        self._numbers = itertools.count(1)

    @classmethod
    async def open(cls, db: Database, users: str = "abc", clock: Clock | None = None) -> World:
        bus = LocalBus()
        live = Live(bus)
        apps = AppService(db, bus)
        app, _ = await apps.create("test", sdkappid=next(_apps), plan="Flagship")
        accounts = AccountService(db, bus, apps)
        await accounts.ensure(app.sdkappid, list(users))
        world = cls(db, app, accounts, live, clock or Clock())
        db.events.subscribe(AccountsDeleted, world.changes.forget_accounts)
        await world.c2c.start()
        return world

    async def restarted(self) -> World:
        """The same state with a service that remembers nothing."""
        await self.c2c.drain()
        world = World(self.db, self.app, self.accounts, self.live, self.clock)
        world._numbers = self._numbers
        await world.c2c.start()
        return world

    async def pin(self, owner: str, peer: str, *, pinned: bool) -> None:
        at = int(self.clock.now) if pinned else 0
        await self.db.write(lambda tx: self.changes.put_pins(tx, self.app.sdkappid, owner, [peer], at))

    def device(self, user_id: str) -> Device:
        device = Device()
        self.live.add(of_user(self.app.sdkappid, user_id), device)
        return device

    def draft(
        self,
        sender: str,
        recipient: str,
        text: str = "hi",
        *,
        seq: int | None = None,
        random: int | None = None,
        flags: int = 0,
    ) -> Message:
        """``seq`` 0 stands for none."""
        number = next(self._numbers)
        content = outgoing.Content(
            seq=number if seq is None else seq,
            random=number if random is None else random,
            body=text_body(text),
            cloud=b'""',
            flags=flags,
        )
        return of_content(self.app, sender, recipient, content)

    async def send(
        self, sender: str, recipient: str, text: str = "hi", *, flags: int = 0, **numbers: int | None
    ) -> Sent:
        message = self.draft(sender, recipient, text, flags=flags, **numbers)
        return await self.c2c.send(self.app, message, checked=False)

    async def texts(self, owner: str, peer: str, limit: int = 100) -> list[str]:
        """What ``owner`` sees of a conversation, oldest first."""
        return [text_of(m) for m in reversed(await self.c2c.histories.history(self.app, owner, peer, limit=limit))]

    async def unread(self, owner: str, peer: str) -> int:
        return (await self.c2c.histories.head(self.app, owner, peer)).unread

    async def listed(self, owner: str) -> list[str]:
        """The conversation list: peers in their order."""
        return [head.peer for head in await self.heads(owner)]

    async def heads(self, owner: str) -> list[Head]:
        return await self.c2c.histories.heads(self.app, owner, 100)

    async def rows(self, one: str, other: str) -> list[tuple[int, int, int]]:
        """(seq, MsgSeq, MsgTime) of every stored message of a conversation, by place of arrival."""
        rows = await self.db.fetch(
            "SELECT seq, msg_seq, msg_time FROM c2c_message WHERE app = $1 AND conv = $2 ORDER BY seq",
            self.app.sdkappid,
            conversation(one, other),
        )
        return [(row[0], row[1], row[2]) for row in rows]


def place(sent: Sent) -> tuple[int, int, int]:
    return (sent.msg_time, sent.msg_seq, sent.msg_random)
