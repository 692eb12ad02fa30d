"""Two changes of what a user keeps of conversations held at the same place, as on two nodes: limits and names hold."""

from __future__ import annotations

import pytest
import pytest_asyncio

from sodam.accounts.events import AccountsDeleted
from sodam.conversations import marks, service, store
from sodam.conversations.model import USER, Contact, MarkChange
from sodam.conversations.one_to_one import OneToOne
from sodam.conversations.service import Conversations
from sodam.conversations.sources import Sources
from sodam.errors import ApiError, Code
from tests.contract.world import World
from tests.support.barrier import Call, Gate, Outcome

B, C, D = (Contact(USER, name) for name in "bcd")


def refusals(got: Outcome) -> list[Code]:
    """The codes of those that were refused; anything else that was raised is a fault."""
    got.only(ApiError)
    return [error.code for error in got.errors if isinstance(error, ApiError)]


class Nodes:
    """Processes over one database, one a call."""

    def __init__(self, gate: Gate, world: World) -> None:
        self.gate = gate
        self.world = world
        self.app = world.app
        gate.events.subscribe(AccountsDeleted, self.one().forget_accounts)

    def one(self) -> Conversations:
        sources = Sources()
        sources.add(USER, OneToOne(self.world.accounts, self.world.c2c.histories, self.world.changes))
        return Conversations(self.gate, self.world.live, self.world.accounts, sources, self.world.clock)

    def make(self, name: str, *contacts: Contact) -> Call:
        return lambda: self.one().marks.make_group(self.app, "a", name, contacts)

    def mark(self, contact: Contact, bits: int = 1) -> Call:
        return lambda: self.one().marks.mark(self.app, "a", [MarkChange(contact, set=bits)])

    async def groups(self) -> list[str]:
        return [group.name for group in await store.groups(self.gate, self.app.sdkappid, "a")]


@pytest_asyncio.fixture
async def nodes(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Nodes:
    monkeypatch.setattr(marks, "MAX_GROUPS", 2)
    monkeypatch.setattr(marks, "MAX_ENTRIES", 2)
    monkeypatch.setattr(service, "MAX_PINNED", 2)
    return Nodes(gate, await World.open(gate, "abcd"))


async def test_groups_at_their_limit(nodes: Nodes) -> None:
    got = await nodes.gate.together(*[nodes.make(f"g{n}") for n in range(4)])
    assert len(got.values) == 2
    assert sorted(await nodes.groups()) == sorted(group.name for group, _ in got.values)
    assert refusals(got) == [Code.CONV_CONTACT_GROUPS_FULL] * 2
    assert sorted(group.id for group, _ in got.values) == [1, 2]


async def test_a_name_is_one_group(nodes: Nodes) -> None:
    got = await nodes.gate.together(nodes.make("team", B), nodes.make("team", C))
    assert len(got.values) == 2
    assert await nodes.groups() == ["team"]
    found, _ = await nodes.one().marks.search(nodes.app, "a", [B, C])
    assert {entry.groups for entry in found.values()} == {(1,)}
    assert len(found) == 2


async def test_marked_and_grouped_conversations_at_their_limit(nodes: Nodes) -> None:
    got = await nodes.gate.together(*[nodes.mark(contact) for contact in (B, C, D)])
    assert sorted(code or 0 for [code] in got.values) == [0, 0, Code.CONV_MARKS_FULL]
    got = await nodes.gate.together(*[nodes.make("team", contact) for contact in (B, C, D)])
    assert sorted(code or 0 for _, [code] in got.values) == [0, 0, Code.CONV_MARKS_FULL]


async def test_two_marks_of_one_conversation_are_both_kept(nodes: Nodes) -> None:
    await nodes.gate.together(nodes.mark(B, 1), nodes.mark(B, 1 << 63))
    found, _ = await nodes.one().marks.search(nodes.app, "a", [B])
    assert found[B].marks == 1 | 1 << 63


async def test_pins_at_their_limit(nodes: Nodes) -> None:
    pins = [lambda c=c: nodes.one().pin(nodes.app, "a", [c], pinned=True) for c in (B, C, D)]
    got = await nodes.gate.together(*pins)
    assert refusals(got) == [Code.CONV_TOP_FULL]
    rows = await nodes.gate.fetch(
        "SELECT peer FROM c2c_member WHERE app = $1 AND owner = 'a' AND top_time > 0", nodes.app.sdkappid
    )
    assert len(rows) == 2


async def test_a_group_that_goes_leaves_no_conversation_in_it(nodes: Nodes) -> None:
    async def prepare() -> tuple[Call, Call]:
        await nodes.gate.execute("DELETE FROM conversation_group")
        await nodes.gate.execute("DELETE FROM conversation_entry")
        await nodes.make("team", B)()
        change = [(True, C)]
        return (
            lambda: nodes.one().marks.change_group(nodes.app, "a", "team", change),
            lambda: nodes.one().marks.delete_group(nodes.app, "a", "team"),
        )

    async def check(got: Outcome) -> None:
        assert set(refusals(got)) <= {Code.CONV_CONTACT_GROUP_NOT_FOUND}
        assert await nodes.groups() == []
        assert await store.page(nodes.gate, nodes.app.sdkappid, "a", 0, 10) == []

    await nodes.gate.interleave(prepare, check)


async def test_a_deleted_account_keeps_nothing(nodes: Nodes) -> None:
    async def prepare() -> tuple[Call, Call]:
        await nodes.gate.execute("DELETE FROM account_deleted")
        await nodes.world.accounts.ensure(nodes.app.sdkappid, ["a"])
        return nodes.mark(B), lambda: nodes.world.accounts.delete(nodes.app, ["a"])

    async def check(got: Outcome) -> None:
        assert set(refusals(got)) <= {Code.CONV_ACCOUNT_NOT_FOUND}
        assert await store.page(nodes.gate, nodes.app.sdkappid, "a", 0, 10) == []

    await nodes.gate.interleave(prepare, check)
