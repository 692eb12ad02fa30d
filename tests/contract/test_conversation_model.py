"""Random lives of conversations: SQLite, PostgreSQL and a small model must agree after every step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sodam.c2c import store_retention
from sodam.errors import ApiError, Code
from sodam.messages.model import HIDE_RECEIVER, HIDE_SENDER, IMPORTED, NO_LAST, NO_UNREAD, PEER_READ, RECALLED
from sodam.storage import Database, open_database
from tests.contract.conversation_model import RETENTION, Model, Said
from tests.contract.world import START, World, text_body, text_of
from tests.support.amounts import amounts

T = TypeVar("T")
USERS = "ab"  # and each with itself: three conversations, so that steps meet
user = st.sampled_from(USERS)
flags = st.sampled_from([0, 0, 0, NO_UNREAD, NO_LAST, NO_UNREAD | NO_LAST, HIDE_SENDER, HIDE_RECEIVER])
pick = st.integers(0, 30)
ago = st.sampled_from([0, 0, 1, 2, 60, 300, RETENTION - 10, RETENTION + 10])
RESEND_SECONDS = 100


class Conversations(RuleBasedStateMachine):
    loop: ClassVar[asyncio.AbstractEventLoop]
    databases: ClassVar[list[Database]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(START)
        self.numbers = 0

    def run(self, work: Callable[[World], Awaitable[T]]) -> list[T]:
        async def all_of_them() -> list[T]:
            return [await work(world) for world in self.worlds]

        return self.loop.run_until_complete(all_of_them())

    def codes(self, work: Callable[[World], Awaitable[Any]]) -> list[int]:
        """What each engine refused it with; 0 where it did it."""

        async def code(world: World) -> int:
            try:
                await work(world)
            except ApiError as error:
                return int(error.code)
            return 0

        return self.run(code)

    def some(self, index: int) -> Said | None:
        return self.model.said[-1 - index % len(self.model.said)] if self.model.said else None

    @initialize()
    def begin(self) -> None:
        async def build() -> list[World]:
            for db in self.databases:  # a server that starts asks for the newest arrival of all
                for table in ("c2c_message", "c2c_head", "c2c_member"):
                    await db.execute(f"DELETE FROM {table}")
            return [await World.open(db, USERS) for db in self.databases]

        self.worlds = self.loop.run_until_complete(build())

    @rule(seconds=st.sampled_from([1, 1, 2, 60, 200, 3 * 86400, -1, -3]))
    def time_goes_by(self, seconds: int) -> None:
        self.model.now += seconds
        for world in self.worlds:
            world.clock.now += seconds

    @rule()
    def restart(self) -> None:
        self.worlds = self.run(lambda world: world.restarted())
        self.model.restart()

    @rule()
    def purge(self) -> None:
        self.model.purge()
        self.run(lambda w: store_retention.purge(w.db, w.app.sdkappid, w.c2c.histories.oldest(w.app)))

    @rule(sender=user, recipient=user, seq=st.integers(0, 3), flags=flags)
    def send(self, sender: str, recipient: str, seq: int, flags: int) -> None:
        self.numbers += 1
        said = self.model.add(sender, recipient, self.numbers, seq, flags)
        for sent in self.run(lambda w: w.send(sender, recipient, said.text, seq=seq, random=said.number, flags=flags)):
            assert sent[:3] == said.place

    @rule(index=pick)
    def send_again(self, index: int) -> None:
        said = self.some(index)
        if said is None or said.flags & IMPORTED or said.version or abs(self.model.now - said.sent_at) > RESEND_SECONDS:
            return
        numbers = {"seq": said.asked_seq, "random": said.number}
        for sent in self.run(lambda w: w.send(said.sender, said.recipient, said.text, **numbers)):
            assert sent[:3] == said.place

    @rule(sender=user, recipient=user, ago=ago, seq=st.integers(0, 2), live=st.booleans(), twice=st.booleans())
    def import_old(self, sender: str, recipient: str, ago: int, seq: int, live: bool, twice: bool) -> None:
        self.numbers += 1
        wanted = IMPORTED | (0 if live else NO_UNREAD)
        said = self.model.add(sender, recipient, self.numbers, seq, wanted, self.model.now - ago)
        # A key counts in both directions; without a MsgSeq there is no key to ask for.
        back = (recipient, sender) if seq else (sender, recipient)

        async def work(world: World) -> None:
            for a, b in ((sender, recipient), back)[: 1 + twice]:
                message = world.draft(a, b, said.text, seq=seq, random=said.number, flags=wanted)
                message.msg_time = said.time
                await world.c2c.import_message(world.app, message, silent=not live)

        self.run(work)

    @rule(index=pick)
    def recall(self, index: int) -> None:
        if said := self.some(index):
            if self.model.expired(said):
                expected = Code.C2C_MESSAGE_NOT_FOUND
            else:
                expected = Code.C2C_ALREADY_RECALLED if said.recalled else Code.OK
                said.recalled = True
            codes = self.codes(
                lambda w: w.changes.withdraw(w.app, said.sender, said.recipient, said.place, revoker="x", limit=False)
            )
            assert codes == [expected] * 2

    @rule(index=pick)
    def modify(self, index: int) -> None:
        if said := self.some(index):
            if self.model.expired(said):
                expected = Code.C2C_MESSAGE_NOT_FOUND
            elif said.recalled:
                expected = Code.C2C_ALREADY_RECALLED
            else:
                expected = Code.OK
                said.version += 1
                said.text = f"text {said.number} edited {said.version}"
            body = text_body(said.text)
            codes = self.codes(lambda w: w.changes.modify(w.app, said.sender, said.recipient, said.place, body=body))
            assert codes == [expected] * 2

    @rule(index=pick)
    def receipt(self, index: int) -> None:
        if (said := self.some(index)) and not said.purged:
            said.receipt |= not said.flags & HIDE_RECEIVER
            self.run(lambda w: w.changes.receipt(w.app, said.recipient, said.sender, [said.place]))

    @rule(reader=user, peer=user, offset=st.sampled_from([0, 0, 0, -1, -2, -100, 5, 1 << 40]))
    def read(self, reader: str, peer: str, offset: int) -> None:
        self.mark_read(reader, peer, offset)

    def mark_read(self, reader: str, peer: str, offset: int) -> None:
        until = self.model.now + offset
        self.model.mark_read(reader, peer, until)
        self.run(lambda w: w.changes.mark_read(w.app, reader, peer, until))

    @rule(index=st.integers(0, 3), ahead=st.sampled_from([0, 0, 0, 60]))
    def read_up_to_a_message(self, index: int, ahead: int) -> None:
        if said := self.some(index):
            self.mark_read(said.recipient, said.sender, said.time - self.model.now + ahead)

    @rule(index=pick, theirs=st.booleans())
    def delete_for_one(self, index: int, theirs: bool) -> None:
        if said := self.some(index):
            owner, peer = (said.recipient, said.sender) if theirs else (said.sender, said.recipient)
            said.deleted_by.add(owner)
            self.run(lambda w: w.changes.delete_for(w.app, owner, peer, [said.place]))

    @rule(owner=user, peer=user, clear=st.booleans(), remove=st.booleans())
    def hide(self, owner: str, peer: str, clear: bool, remove: bool) -> None:
        self.model.hide(owner, peer, clear=clear, remove=remove)
        self.run(lambda w: w.changes.hide(w.app, owner, peer, clear=clear, remove=remove))

    @rule(owner=user, peer=user, pinned=st.booleans())
    def pin(self, owner: str, peer: str, pinned: bool) -> None:
        self.model.side(owner, peer).top = self.model.now if pinned else 0
        self.run(lambda w: w.pin(owner, peer, pinned=pinned))

    @rule(owner=user, peer=user, option=st.integers(0, 2))
    def mute(self, owner: str, peer: str, option: int) -> None:
        self.model.side(owner, peer).mute = option
        self.run(lambda w: w.changes.mute(w.app, owner, [peer], option))

    @invariant()
    def agree(self) -> None:
        for owner in USERS:
            heads = self.model.heads(owner, USERS)
            for found in self.run(lambda w, owner=owner: w.heads(owner)):  # type: ignore[misc]
                assert [tuple(getattr(head, name) for name in heads[0]._fields) for head in found] == heads
            total = sum(self.model.unread(owner, peer) for peer in USERS)
            assert self.run(lambda w, owner=owner: w.c2c.histories.unread(w.app, owner)) == [total] * 2  # type: ignore[misc]
            for peer in USERS:
                self.agree_on(owner, peer)

    def agree_on(self, owner: str, peer: str) -> None:
        history = [
            (m.text, m.sender, *m.place, m.arrival, m.recalled, m.receipt, m.version)
            for m in self.model.history(owner, peer)
        ]
        last = self.model.last(owner, peer)

        async def work(world: World) -> None:
            found = await world.c2c.histories.history(world.app, owner, peer, limit=1000)
            assert [
                (
                    text_of(m),
                    m.sender,
                    m.msg_time,
                    m.msg_seq,
                    m.msg_random,
                    m.seq,
                    bool(m.flags & RECALLED),
                    bool(m.flags & PEER_READ),
                    m.version,
                )
                for m in found
            ] == history
            head = await world.c2c.histories.head(world.app, owner, peer)
            if head.last_seq:
                assert tuple(getattr(head, name) for name in self.model.head(owner, peer)._fields) == self.model.head(
                    owner, peer
                )
            shown = (await world.c2c.histories.last(world.app, owner, [head])).get(head.peer)
            assert (shown and shown.key) == (last and f"{last.seq}_{last.number}_{last.time}")

        self.run(work)


@pytest.fixture
def databases(tmp_path: Path, postgres_url: str) -> Iterator[tuple[asyncio.AbstractEventLoop, list[Database]]]:
    loop = asyncio.new_event_loop()
    opened = [loop.run_until_complete(open_database(url, tmp_path)) for url in (None, postgres_url)]
    yield loop, opened
    for database in opened:
        loop.run_until_complete(database.close())
    loop.close()


@pytest.mark.parametrize("examples", amounts("SODAM_TEST_EXAMPLES", usual=5, long=600))
def test_engines_and_model_agree(databases: tuple[asyncio.AbstractEventLoop, list[Database]], examples: int) -> None:
    Conversations.loop, Conversations.databases = databases
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Conversations,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
