"""Random lives of groups on two nodes that lose half of what they tell each other, on both engines: a recount of the
rows gives every number, no device hears a message twice or out of order, and once the bus is back all members hear."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Kick, Live, of_user
from sodam.bus.local import LocalBus
from sodam.errors import ApiError
from sodam.gateway.following import Following
from sodam.groups import retention
from sodam.groups.core import Operator
from sodam.groups.feed import of_group
from sodam.groups.message import Extra, GroupMessage
from sodam.groups.model import Changes, MemberChanges, Newcomer, Wanted
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES, Role
from sodam.messages.model import NO_LAST, NO_UNREAD, RECALLED
from sodam.notices import Kind, Notice
from sodam.observability.loops import Loops
from sodam.outbox.service import Outbox
from sodam.storage import Database
from sodam.storage.open import open_database
from tests.contract.lossy import Hub, LossyBus, LossyNats, SecondLooks
from tests.contract.world import START, Clock, Device, text_body
from tests.support.amounts import amounts
from tests.support.nats import Nats
from tests.support.seeds import SEED
from tests.support.waiting import eventually

USERS = "abcdef"
KINDS = ("Public", "Private", "ChatRoom", "Community")
DAY = 86_400
REST = Operator("administrator", admin=True)
_extra = msgspec.json.Decoder(Extra).decode


class Session(Device):
    """A signed-in device on a node: it follows its user's groups as a connection does."""

    def __init__(self, node: Node, user_id: str) -> None:
        super().__init__()
        self.node, self.user_id, self.here = node, user_id, True
        self.heard: dict[str, list[int]] = {}
        """Sequences that came, by group, in the order in which they came."""

    def deliver(self, notice: Notice) -> None:
        if notice.kind in (Kind.FOLLOW, Kind.UNFOLLOW):
            self.node.following.change(self, of_user(self.node.app.sdkappid, self.user_id), notice)
            return
        event = msgspec.json.decode(notice.body)
        for item in (*event.get("GroupMsgArray", ()), *event.get("GroupTips", ())):
            if event["Event"] in (3, 4) and notice.kind is Kind.GROUP:
                self.heard.setdefault(item["ToGroupId"], []).append(item["MsgSeq"])

    def kicked(self, kick: Kick) -> None:
        self.end()

    def end(self) -> None:
        self.here = False
        self.node.following.end(self)
        self.node.live.remove(of_user(self.node.app.sdkappid, self.user_id), self)


class Node:
    def __init__(
        self, db: Database, apps: AppService, app: App, hub: Hub, clock: Clock, bus: LossyNats | None = None
    ) -> None:
        bus = bus or LossyBus(hub)
        self.app, self.bus = app, bus
        self.live = Live(bus)
        self.accounts = AccountService(db, bus, apps, clock, live=self.live)
        self.groups = GroupService(db, bus, self.live, self.accounts, Outbox(db, Loops(), clock), clock)
        self.following = Following(self)  # type: ignore[arg-type]  # the two services that it asks for

    async def sign_in(self, user_id: str) -> Session:
        session = Session(self, user_id)
        topic = of_user(self.app.sdkappid, user_id)
        self.live.add(topic, session)
        await self.following.begin(session, topic)
        return session


class Life:
    def __init__(self, db: Database, dice: random.Random, clock: Clock, nodes: list[Node]) -> None:
        self.db, self.dice, self.clock, self.nodes = db, dice, clock, nodes
        self.app = nodes[0].app
        self.numbers = itertools.count(1)
        self.users = list(USERS)
        self.groups = [self._group_id(kind) for kind in KINDS]
        self.done: Counter[str] = Counter()
        self.refused: Counter[tuple[str, int]] = Counter()

    def _group_id(self, kind: str) -> str:
        return f"{'@TGS#_' if kind == 'Community' else ''}g{next(self.numbers)}"

    def draft(self, group: str, user: str) -> GroupMessage:
        number = next(self.numbers)
        dice = self.dice
        extra = Extra(to=dice.sample(self.users, 2)) if dice.random() < 0.1 else Extra()
        flags = dice.choice([0, 0, 0, 0, NO_UNREAD, NO_LAST])
        return GroupMessage(
            app=self.app.sdkappid,
            group_id=group,
            sender=user,
            random=number,
            client_time=0,
            body=text_body(str(number)),
            flags=flags,
            extra=extra,
        )

    async def _seqs(self, group: str, most: int = 4) -> list[int]:
        found = await self.nodes[0].groups.get(self.app.sdkappid, group)
        newest = found.next_seq - 1
        return (
            [self.dice.randrange(max(1, newest - 20), newest + 1) for _ in range(self.dice.randrange(1, most))]
            if (newest)
            else [1]
        )

    def _acts(self) -> dict[str, tuple[int, Callable[[Node, str, str], Awaitable[Any]]]]:
        """By name: how often, and what it does on a node, with a group and a user."""
        app, dice = self.app, self.dice
        return {
            "send": (40, lambda n, g, u: n.groups.sending.send(app, self.draft(g, u))),
            "send as the app": (4, lambda n, g, u: n.groups.sending.send(app, self.draft(g, u), as_member=False)),
            "create": (10, self._create),
            "add": (14, lambda n, g, u: n.groups.members.add(app, REST, g, dice.sample(self.users, 3))),
            "invite": (
                4,
                lambda n, g, u: n.groups.members.add(app, Operator(u, admin=False), g, dice.sample(self.users, 2)),
            ),
            "apply": (6, lambda n, g, u: n.groups.applications.apply(app, Operator(u, admin=False), g, "")),
            "decide": (6, self._decide),
            "import": (2, self._import_members),
            "remove": (3, lambda n, g, u: n.groups.members.remove(app, REST, g, dice.sample(self.users, 2), "")),
            "quit": (4, lambda n, g, u: n.groups.members.quit(app, Operator(u, admin=False), g)),
            "ban": (2, lambda n, g, u: n.groups.bans.ban(app, REST, g, [u], 20, "")),
            "unban": (1, lambda n, g, u: n.groups.bans.unban(app, REST, g, [u])),
            "mute": (2, lambda n, g, u: n.groups.members.mute(app, REST, g, [u], dice.choice([0, 20]))),
            "own": (3, lambda n, g, u: n.groups.change_owner(app, REST, g, u)),
            "appoint": (3, self._appoint),
            "edit": (2, lambda n, g, u: n.groups.edit(app, REST, g, Changes(name=f"g{next(self.numbers)}"))),
            "destroy": (1, lambda n, g, u: n.groups.destroy(app, REST, g)),
            "recall": (8, self._recall),
            "recall all of one": (1, lambda n, g, u: n.groups.changes.recall_silently(app, g, u, "administrator")),
            "modify": (4, self._modify),
            "read": (12, self._read),
            "set unread": (5, self._set_unread),
            "delete for me": (8, self._delete_for),
            "clear mine": (2, lambda n, g, u: n.groups.histories.hide(app.sdkappid, u, g, clear=dice.random() < 0.5)),
            "clear": (1, self._clear),
            "import messages": (2, self._import_messages),
            "delete account": (1, self._delete_account),
            "purge": (1, lambda n, g, u: retention.purge(self.db, app.sdkappid, int(self.clock()) - 3 * DAY)),
            "sign in": (6, self._sign_in),
        }

    async def _create(self, node: Node, group: str, user: str) -> None:
        if group in await node.groups.get_many(self.app.sdkappid, [group]):
            return
        if group not in self.groups:
            return
        kind = KINDS[at := self.groups.index(group)]
        group = self.groups[at] = self._group_id(kind)
        people = tuple(Newcomer(u) for u in self.users if u != user)
        wanted = Wanted(
            kind=TYPES[kind], group_id=group, owner=user, max_members=0, changes=Changes(name="g"), newcomers=people
        )
        await node.groups.create(self.app, REST, wanted)

    async def _decide(self, node: Node, group: str, user: str) -> None:
        waiting, _ = await node.groups.applications.page(self.app.sdkappid, user, 0, 5)
        for entry, _ in waiting:
            await node.groups.applications.decide(
                self.app,
                Operator(user, admin=False),
                entry.group_id,
                entry.applicant,
                entry.invited,
                entry.token,
                agree=self.dice.random() < 0.8,
                remark="",
            )

    async def _import_members(self, node: Node, group: str, user: str) -> None:
        await node.groups.members.import_(self.app, group, [Newcomer(user, unread=self.dice.randrange(6))])

    async def _appoint(self, node: Node, group: str, user: str) -> None:
        wanted = MemberChanges(role=self.dice.choice([Role.Admin, Role.Member]))
        await node.groups.members.edit(self.app, REST, group, user, wanted)

    async def _recall(self, node: Node, group: str, user: str) -> None:
        await node.groups.changes.recall(self.app, group, await self._seqs(group), revoker=user, as_member=False)

    async def _modify(self, node: Node, group: str, user: str) -> None:
        [seq, *_] = await self._seqs(group)
        await node.groups.changes.modify(self.app, group, seq, editor=user, body=text_body("new"), as_member=False)

    async def _read(self, node: Node, group: str, user: str) -> None:
        await node.groups.changes.mark_read(self.app.sdkappid, user, group, max(await self._seqs(group)))

    async def _set_unread(self, node: Node, group: str, user: str) -> None:
        found = await node.groups.get(self.app.sdkappid, group)
        await node.groups.changes.set_unread(self.app, found, user, self.dice.randrange(8))

    async def _delete_for(self, node: Node, group: str, user: str) -> None:
        await node.groups.changes.delete_for(self.app, user, group, await self._seqs(group))

    async def _clear(self, node: Node, group: str, user: str) -> None:
        seq = None if self.dice.random() < 0.3 else max(await self._seqs(group)) - self.dice.randrange(10)
        await node.groups.changes.clear(self.app, group, seq)

    async def _import_messages(self, node: Node, group: str, user: str) -> None:
        message = self.draft(group, user)
        message.msg_time = int(self.clock())
        message.extra = Extra()
        await node.groups.changes.import_(self.app, group, [message], listed=self.dice.random() < 0.5)

    async def _delete_account(self, node: Node, group: str, user: str) -> None:
        if user in self.users:  # its name stays taken for a while
            at = self.users.index(user)
            self.users[at] = f"{user[0]}{next(self.numbers)}"
            await node.accounts.ensure(self.app.sdkappid, [self.users[at]])
            await node.accounts.delete(self.app, [user])

    async def _sign_in(self, node: Node, group: str, user: str) -> None:
        sessions = self.sessions.setdefault(user, [])
        if len(sessions) > 2:
            sessions.pop(0).end()
        sessions.append(await node.sign_in(user))

    sessions: dict[str, list[Session]]
    hub: Hub

    async def step(self) -> None:
        acts = self._acts()
        name = self.dice.choices(list(acts), [weight for weight, _ in acts.values()])[0]
        node, group, user = self.dice.choice(self.nodes), self.dice.choice(self.groups), self.dice.choice(self.users)
        try:
            await acts[name][1](node, group, user)
            self.done[name] += 1
        except ApiError as error:  # what a random order makes impossible
            self.refused[name, int(error.code)] += 1


async def recount(db: Database, user: str, group: str) -> tuple[int, str]:
    """What is unread for a member by the rows alone, and what they say."""
    [(read, joined, cleared)] = await db.scan(
        "SELECT read_seq, join_seq, clear_seq FROM group_member WHERE group_id = $1 AND user_id = $2", group, user
    )
    [(all_cleared,)] = await db.scan("SELECT clear_seq FROM chat_group WHERE group_id = $1", group)
    hidden = {
        row[0]
        for row in await db.scan("SELECT seq FROM group_hidden WHERE group_id = $1 AND user_id = $2", group, user)
    }
    above = max(read, joined, cleared, all_cleared)
    rows = await db.scan(
        "SELECT seq, sender, flags, extra, kind FROM group_message WHERE group_id = $1 AND seq > $2 ORDER BY seq",
        group,
        above,
    )
    counting = [
        row[0]
        for row in rows
        if row[1] != user and not row[2] & (NO_UNREAD | RECALLED) and not _extra(row[3]).to and row[0] not in hidden
    ]
    said = f"{user} in {group}: read {read}, joined {joined}, cleared {cleared} and {all_cleared}, unread {counting}"
    said += f", hidden {sorted(hidden)}, rows {[(row[0], row[1], row[2], _extra(row[3]).to) for row in rows]}"
    noted = await db.scan("SELECT seq, recalled, counts, sender FROM group_change WHERE group_id = $1", group)
    own = "SELECT own_ahead FROM group_member WHERE group_id = $1 AND user_id = $2"
    said += f", changes {noted}, own {await db.scan(own, group, user)}"
    return len(counting), said


async def sound(life: Life) -> None:
    db = life.db
    for sql in (
        "SELECT g.group_id, g.members FROM chat_group g WHERE g.members <> (SELECT count(*) FROM group_member m"
        " WHERE m.app = g.app AND m.group_id = g.group_id)",
        "SELECT u.user_id, u.joined FROM group_user u WHERE u.joined <> (SELECT count(*) FROM group_member m"
        " WHERE m.app = u.app AND m.user_id = u.user_id)",
        "SELECT m.group_id, m.user_id FROM group_member m LEFT JOIN chat_group g ON g.app = m.app"
        " AND g.group_id = m.group_id WHERE g.num IS NULL OR (m.role = 3) <> (g.owner = m.user_id)",
        "SELECT g.group_id, g.owner FROM chat_group g WHERE g.owner <> '' AND NOT EXISTS (SELECT 1 FROM group_member m"
        " WHERE m.app = g.app AND m.group_id = g.group_id AND m.user_id = g.owner)",
        "SELECT group_id, pos FROM group_member GROUP BY group_id, pos HAVING count(*) > 1",
        "SELECT m.group_id, m.user_id FROM group_member m JOIN group_ban b ON b.app = m.app"
        f" AND b.group_id = m.group_id AND b.user_id = m.user_id AND b.until_at > {int(life.clock())}",
        "SELECT a.group_id, a.applicant FROM group_application a WHERE NOT EXISTS (SELECT 1 FROM chat_group g"
        " WHERE g.app = a.app AND g.group_id = a.group_id)",
        *(
            f"SELECT '{table}', x.group_id FROM {table} x WHERE NOT EXISTS (SELECT 1 FROM chat_group g"
            " WHERE g.app = x.app AND g.group_id = x.group_id)"
            for table in ("group_message", "group_change", "group_hidden", "group_mute", "group_ban", "group_receipt")
        ),
    ):
        assert await db.scan(sql) == [], sql
    for group, next_seq, counted, purged in await db.scan(
        "SELECT group_id, next_seq, counted, purged_counted FROM chat_group"
    ):
        rows = await db.scan(
            "SELECT seq, counted, flags, extra, msg_time FROM group_message WHERE group_id = $1 ORDER BY seq", group
        )
        seqs = [row[0] for row in rows]
        first = seqs[0] if seqs else next_seq
        assert seqs == list(range(first, next_seq)), f"{group} has holes"
        assert [row[4] for row in rows] == sorted(row[4] for row in rows), f"times fall in {group}"
        so_far = purged
        for _, at, flags, extra, _ in rows:
            so_far += int(not flags & NO_UNREAD and not _extra(extra).to)
            assert at == so_far, group
        assert counted == so_far, group
    node = life.nodes[1]
    for group, user in await db.scan("SELECT group_id, user_id FROM group_member"):
        standing = (await node.groups.histories.standings(life.app.sdkappid, user, [group]))[group]
        expected, said = await recount(db, user, group)
        assert standing.counts == expected, f"the server says {standing.counts}; {said}"


async def test_what_is_made_up_for_is_for_members(database: Database) -> None:
    """Who was taken out, or whose group is gone, hears nothing more, though the hint of it is lost."""
    dice, clock = random.Random(1), Clock(START)
    apps = AppService(database, LocalBus(), clock)
    app, _ = await apps.create("hints", plan="Flagship")
    one, two = nodes = [Node(database, apps, app, hub, clock) for hub in [Hub(dice, loss=1.0)] for _ in range(2)]
    await one.accounts.ensure(app.sdkappid, list(USERS))
    life = Life(database, dice, clock, nodes)
    group, *_ = life.groups
    await life._create(one, group, "a")
    group = life.groups[0]
    second = SecondLooks(two.groups.feed)
    stays, leaves, gone = [await two.sign_in(user) for user in "bcd"]
    await second.over()  # or it would find what is said next, before the look that asks who is a member
    await one.groups.members.remove(app, REST, group, ["c", "d"], "", silent=True)
    draft = life.draft(group, "a")
    draft.extra = Extra()
    await one.groups.sending.send(app, draft)
    await two.groups.feed.look()
    assert (stays.heard, leaves.heard, gone.heard) == ({group: [1]}, {}, {})
    await one.groups.members.add(app, REST, group, ["c"], silent=True)
    await two.following.begin(leaves, of_user(app.sdkappid, "c"))
    await one.groups.destroy(app, REST, group)
    await two.groups.feed.look()
    assert not two.live.local(of_group(app.sdkappid, group)), "nobody follows what is gone"
    for node in nodes:
        await node.groups.stop()


async def alive(life: Life) -> None:
    """The bus is back: as after any outage all look, and whoever is a member hears what is said then, once."""
    life.hub.loss = 0.0
    sessions = [session for some in life.sessions.values() for session in some if session.here]
    for session in sessions:
        await session.node.following.begin(session, of_user(life.app.sdkappid, session.user_id))
    for node in life.nodes:
        await node.groups.feed.look()
        if isinstance(node.bus, LossyNats):
            await node.bus.settled()
    for group in life.groups:
        if group not in await life.nodes[0].groups.get_many(life.app.sdkappid, [group]):
            continue
        members = await life.nodes[0].groups.members.ids(await life.nodes[0].groups.get(life.app.sdkappid, group))
        for node in life.nodes:
            draft = life.draft(group, "administrator")
            draft.extra, draft.flags = Extra(), 0
            sent = await node.groups.sending.send(life.app, draft, as_member=False)
            for session in sessions:
                if session.user_id in members:
                    await eventually(partial(_last, session, group), sent.seq, what=f"{session.user_id} in {group}")
                elif group in session.heard:
                    assert sent.seq not in session.heard[group], "who is no member hears nothing"
    for session in sessions:
        for group, seqs in session.heard.items():
            assert seqs == sorted(set(seqs)), f"{session.user_id} heard {seqs} of {group}"


async def _last(session: Session, group: str) -> int:
    return session.heard.get(group, [0])[-1]


@pytest.mark.parametrize("steps", amounts("SODAM_GROUP_STEPS", usual=120, long=6000))
async def test_random_lives(database: Database, steps: int) -> None:
    await lives(database, steps, [None, None])


@pytest.mark.long
async def test_random_lives_over_nats(postgres_url: str, tmp_path: Path, nats_server: Nats) -> None:
    """PostgreSQL and a real NATS, which loses half of what the nodes publish."""
    database = await open_database(postgres_url, tmp_path)
    buses = [await LossyNats.open(nats_server.url) for _ in range(2)]
    try:
        await lives(database, int(os.environ.get("SODAM_GROUP_STEPS", "6000")), buses)
    finally:
        for bus in buses:
            await bus.close()
        await database.close()


async def lives(database: Database, steps: int, buses: Sequence[LossyNats | None]) -> None:
    print(f"SODAM_TEST_SEED={SEED}")
    dice, clock = random.Random(SEED), Clock(START)
    apps = AppService(database, LocalBus(), clock)
    made, _ = await apps.create("random", plan="Flagship")
    app = msgspec.structs.replace(made, settings=msgspec.structs.replace(made.settings, community=True))
    hub = Hub(dice, loss=0.5)
    for bus in buses:
        if bus is not None:
            bus.hub = hub
    nodes = [Node(database, apps, app, hub, clock, bus) for bus in buses]
    nodes[0].groups.follow(database.events)
    database.events.subscribe(AccountsDeleted, nodes[0].groups.erase)
    await nodes[0].accounts.ensure(app.sdkappid, list(USERS))
    life = Life(database, dice, clock, nodes)
    life.hub = hub
    for group, user in zip(life.groups, USERS, strict=False):
        await life._create(nodes[0], group, user)
    life.sessions = {user: [await dice.choice(nodes).sign_in(user)] for user in USERS}
    for turn in range(steps // 4):
        await asyncio.gather(*(life.step() for _ in range(4)))
        clock.now += dice.choice([0, 0, 0, 1, 5, 3600])
        if turn % 25 == 0:
            await sound(life)
    await sound(life)
    await alive(life)
    print(
        f"{database.engine}: {sum(life.done.values())} of {steps} done: {dict(life.done)}, refused {dict(life.refused)}"
    )
    for node in nodes:
        await node.groups.stop()
