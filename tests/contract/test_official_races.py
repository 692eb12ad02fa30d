"""Two changes of official accounts held at the same place, as on two nodes: limits hold, counts are those of the rows,
an ID belongs to one, and the sequence of messages has no holes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.c2c.service import C2CService
from sodam.errors import ApiError
from sodam.observability.loops import Loops
from sodam.officials.model import Act, Broadcast, Official
from sodam.officials.service import Officials
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from tests.support.barrier import Call, Gate, Outcome
from tests.support.users import new_users

WHO = Act("administrator")
_NUMBERS = itertools.count(1)


@dataclass
class Node:
    """A process: services of its own over the same database."""

    app: App
    accounts: AccountService
    officials: Officials


async def nodes_of(gate: Gate) -> tuple[Node, Node]:
    apps = AppService(gate, LocalBus())
    app, _ = await apps.create("races", plan="Pro")

    def node() -> Node:
        bus, loops = LocalBus(), Loops()
        live, accounts, outbox = Live(bus), AccountService(gate, bus, apps), Outbox(gate, loops)
        presence = PresenceService(bus, live, loops=loops)
        c2c = C2CService(gate, bus, live, accounts, outbox)
        nothing: Any = None  # nobody is pushed here
        return Node(app, accounts, Officials(gate, bus, live, apps, accounts, presence, c2c, nothing, outbox))

    return node(), node()


async def sound(gate: Gate, got: Outcome | None = None) -> None:
    if got is not None:
        got.only(ApiError)
    for sql in (
        "SELECT o.account FROM official_account o WHERE o.subscribers <> (SELECT COUNT(*) FROM official_subscriber s"
        " WHERE s.app = o.app AND s.account = o.account)",
        "SELECT s.account FROM official_subscriber s WHERE NOT EXISTS (SELECT 1 FROM official_account o"
        " WHERE o.app = s.app AND o.account = s.account)",
        "SELECT s.account FROM official_subscriber s WHERE NOT EXISTS (SELECT 1 FROM account a"
        " WHERE a.app = s.app AND a.user_id = s.user_id)",
        "SELECT o.account FROM official_account o WHERE NOT EXISTS (SELECT 1 FROM account a"
        " WHERE a.app = o.app AND a.user_id = o.account)",
        "SELECT o.account FROM official_account o WHERE o.last_seq <> (SELECT COUNT(*) FROM official_message m"
        " WHERE m.app = o.app AND m.account = o.account)",
        "SELECT o.account FROM official_account o WHERE o.subscribers > o.max_subscribers",
    ):
        assert await gate.scan(sql) == [], sql


def codes(got: Outcome) -> list[int]:
    got.only(ApiError)
    return sorted(int(result.code) if isinstance(result, ApiError) else 0 for result in got.results)


async def made(node: Node, owner: str, account: str = "", most: int = 100) -> str:
    wanted = Official(app=0, account=account, owner=owner, name="News", max_subscribers=most)
    return (await node.officials.create(node.app, WHO, wanted)).account


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
async def test_limits_and_uniqueness(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = await nodes_of(gate)
    lena, omar, kim = await new_users(one, _NUMBERS, 3)
    got = await gate.together(*(partial(made, node, lena, "@TOA#_same") for node in (one, two)))
    assert codes(got) == [0, 130008]
    await sound(gate)
    count = await one.officials.count(one.app.sdkappid)
    monkeypatch.setattr("sodam.officials.service.MOST_ACCOUNTS", count + 1)
    monkeypatch.setattr("sodam.officials.service.MAX_ACCOUNTS", {})
    got = await gate.together(*(partial(made, node, lena) for node in (one, two)))
    assert codes(got) == [0, 130010], "the limit of accounts"
    monkeypatch.setattr("sodam.officials.service.MOST_ACCOUNTS", 1000)
    account = await made(one, lena, most=1)
    calls = [partial(n.officials.subscribe, n.app, WHO, account, [u]) for n, u in ((one, omar), (two, kim))]
    assert codes(await gate.together(*calls)) == [0, 130006], "the last free place"
    await sound(gate)
    account = await made(one, lena)
    got = await gate.together(*(partial(n.officials.subscribe, n.app, WHO, account, [omar]) for n in (one, two)))
    assert sorted(result[omar] for result in got.results) == [1, 2], "one user, once"
    await sound(gate)

    def said(random: int) -> Broadcast:
        return Broadcast(app=one.app.sdkappid, account=account, random=random, body=b"[]")

    got = await gate.together(*(partial(n.officials.broadcasts.send, n.app, said(7)) for n in (one, two)))
    assert len({result.key for result in got.results}) == 1, "the same message is stored once"
    got = await gate.together(*(partial(n.officials.broadcasts.send, n.app, said(r)) for n, r in ((one, 8), (two, 9))))
    assert len({result.key for result in got.results}) == 2
    await sound(gate)


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.parametrize("other", ["destroy", "delete subscriber", "delete account", "leave", "tell"])
async def test_subscribing_while_something_goes(gate: Gate, other: str) -> None:
    one, two = await nodes_of(gate)

    async def prepare() -> tuple[Call, Call]:
        lena, omar = await new_users(one, _NUMBERS, 2)
        account = await made(one, lena)
        if other == "leave":
            await one.officials.subscribe(one.app, WHO, account, [omar])
        calls: dict[str, Any] = {
            "destroy": lambda: two.officials.destroy(two.app, WHO, account),
            "delete subscriber": lambda: two.accounts.delete(two.app, [omar]),
            "delete account": lambda: two.accounts.delete(two.app, [account]),
            "leave": lambda: two.officials.unsubscribe(two.app, WHO, account, [omar]),
            "tell": lambda: two.officials.broadcasts.send(
                two.app, Broadcast(app=two.app.sdkappid, account=account, random=1, body=b"[]")
            ),
        }
        return lambda: one.officials.subscribe(one.app, WHO, account, [omar, lena]), calls[other]

    await gate.interleave(prepare, partial(sound, gate))
