"""The index as it is written: by those who store messages and names, in their transactions.

Names of accounts and groups are always indexed, messages where the app's setting ``CloudSearch`` says so. What an index
lacks (it was switched on later, or made anew) is added by ``building``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sodam.accounts.events import AccountsDeleted, AccountsNamed
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.c2c.beside import Said
from sodam.c2c.model import Message
from sodam.groups.events import GroupDestroyed, GroupNamed
from sodam.groups.message import TIP, GroupMessage
from sodam.messages.events import ConversationErased, MessageEdited, MessagesErased, MessagesRecalled
from sodam.messages.model import RECALLED
from sodam.officials.events import BroadcastsErased, BroadcastsRecalled, BroadcastStored, OfficialDestroyed
from sodam.officials.model import key_of
from sodam.search import store
from sodam.search.grams import normal
from sodam.search.model import Doc, Kind
from sodam.search.places import scopes
from sodam.search.texts import SEPARATOR as BETWEEN
from sodam.search.texts import searched
from sodam.storage import Tx
from sodam.storage.events import Events


class Index:
    def __init__(self, apps: AppService) -> None:
        self._apps = apps
        self._on: set[int] = set()
        apps.on_change(self._changed)

    def _changed(self, app: int) -> None:
        found = self._apps.get(app)
        if found is not None and searches(found):
            self._on.add(app)
        else:
            self._on.discard(app)

    @property
    def idle(self) -> bool:
        return not self._on

    def wants(self, app: int) -> bool:
        return app in self._on

    def follow(self, events: Events) -> None:
        """Be told of what takes texts away or changes them."""
        events.subscribe(AccountsNamed, self._accounts_named)
        events.subscribe(AccountsDeleted, self._accounts_deleted)
        events.subscribe(GroupNamed, self._groups_named)
        events.subscribe(GroupDestroyed, self._groups_destroyed)
        events.subscribe(ConversationErased, self._conversations_erased)
        events.subscribe(MessagesErased, self._gone)
        events.subscribe(MessagesRecalled, self._gone)
        events.subscribe(MessageEdited, self._edited)
        events.subscribe(BroadcastStored, self._broadcast)
        events.subscribe(BroadcastsRecalled, self._broadcasts_recalled)
        events.subscribe(BroadcastsErased, self._broadcasts_erased)
        events.subscribe(OfficialDestroyed, self._officials_destroyed)

    async def _accounts_named(self, tx: Tx, events: Sequence[AccountsNamed]) -> None:
        named = {(event.app, user_id): nick for event in events for user_id, nick in event.nicks.items()}
        await store.put(tx, [of_account(app, user_id, nick) for (app, user_id), nick in named.items()])

    async def _accounts_deleted(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        for event in events:
            await store.drop_names(tx, event.app, Kind.ACCOUNT, event.user_ids)

    async def _groups_named(self, tx: Tx, events: Sequence[GroupNamed]) -> None:
        await store.put(tx, [of_group(event) for event in {(e.app, e.group_id): e for e in events}.values()])

    async def _groups_destroyed(self, tx: Tx, events: Sequence[GroupDestroyed]) -> None:
        for event in events:
            await store.drop_names(tx, event.app, Kind.GROUP, [event.group_id])

    async def _conversations_erased(self, tx: Tx, events: Sequence[ConversationErased]) -> None:
        for event in events:
            await store.drop(tx, event.app, event.type, event.conv)

    async def _gone(self, tx: Tx, events: Sequence[MessagesErased | MessagesRecalled]) -> None:
        for event in events:
            await store.drop(tx, event.app, event.type, event.conv, event.seqs)

    async def _edited(self, tx: Tx, events: Sequence[MessageEdited]) -> None:
        for event in events:
            if not self.wants(event.app):
                continue
            elements, text = searched(event.body)
            if not text and not elements:
                await store.drop(tx, event.app, event.type, event.conv, [event.seq])
            else:
                name = (event.app, event.type, event.conv, event.seq, event.rank, event.at, event.sender)
                doc = Doc(*name, elements, text, scopes(event.app, event.type, event.conv))
                await store.put(tx, [doc])

    async def _broadcast(self, tx: Tx, events: Sequence[BroadcastStored]) -> None:
        for message in (event.message for event in events if self.wants(event.message.app)):
            said = Said(message.account, message.seq, message.rank, message.flags, message.body)
            await store.put(tx, of_broadcasts(message.app, [said]))

    async def _broadcasts_recalled(self, tx: Tx, events: Sequence[BroadcastsRecalled]) -> None:
        for event in events:
            seqs = [place[1] for place in map(key_of, event.keys) if place is not None]
            await store.drop(tx, event.app, Kind.BROADCAST, event.account, seqs)

    async def _broadcasts_erased(self, tx: Tx, events: Sequence[BroadcastsErased]) -> None:
        for event in events:
            await store.drop(tx, event.app, Kind.BROADCAST, event.account, event.seqs)

    async def _officials_destroyed(self, tx: Tx, events: Sequence[OfficialDestroyed]) -> None:
        for event in events:
            await store.drop(tx, event.app, Kind.BROADCAST, event.account)


class OneToOne:
    """Indexes one-to-one messages as they are stored."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @property
    def idle(self) -> bool:
        return self._index.idle

    def wants(self, app: int) -> bool:
        return self._index.wants(app)

    async def keep(self, tx: Tx, messages: Sequence[Message]) -> None:
        await store.put(tx, of_messages(messages))


class OfGroups(OneToOne):
    """Indexes messages of groups as they are stored."""

    async def keep(self, tx: Tx, messages: Sequence[GroupMessage]) -> None:  # type: ignore[override]
        await store.put(tx, of_group_messages(messages))


def searches(app: App) -> bool:
    return app.settings.cloud_search


def of_messages(messages: Iterable[Message]) -> list[Doc]:
    found = []
    for m in messages:
        elements, text = (0, "") if m.flags & RECALLED else searched(m.body)
        if text or elements:
            where = scopes(m.app, Kind.ONE_TO_ONE, m.conv)
            name = (m.app, int(Kind.ONE_TO_ONE), m.conv, m.seq, m.ord, m.msg_time, m.sender)
            found.append(Doc(*name, elements, text, where))
    return found


def of_group_messages(messages: Iterable[GroupMessage]) -> list[Doc]:
    found = []
    for m in messages:
        elements, text = (0, "") if m.flags & RECALLED or m.kind == TIP else searched(m.body)
        if text or elements:
            where = scopes(m.app, Kind.GROUP_MESSAGE, m.group_id)
            name = (m.app, int(Kind.GROUP_MESSAGE), m.group_id, m.seq, m.seq, m.msg_time, m.sender)
            found.append(Doc(*name, elements, text, where))
    return found


def of_broadcasts(app: int, said: Iterable[Said]) -> list[Doc]:
    docs = (_of_broadcast(app, one) for one in said if not one.flags & RECALLED)
    return [doc for doc in docs if doc.text or doc.elements]


def _of_broadcast(app: int, one: Said) -> Doc:
    elements, text = searched(one.body)
    name = (app, int(Kind.BROADCAST), one.account, one.seq, one.rank[1], one.rank[0], one.account)
    return Doc(*name, elements, text, scopes(app, Kind.BROADCAST, one.account))


def of_account(app: int, user_id: str, nick: str) -> Doc:
    return _name(app, Kind.ACCOUNT, user_id, nick)


def of_group(named: GroupNamed) -> Doc:
    return _name(named.app, Kind.GROUP, named.group_id, named.name)


def _name(app: int, kind: Kind, own_id: str, name: str) -> Doc:
    return Doc(app, int(kind), own_id, 0, 0, 0, "", 0, name_text(own_id, name), ())


def name_text(own_id: str, *names: str) -> str:
    """An ID and names as they are compared."""
    return BETWEEN.join(normal(one) for one in (own_id, *names) if one)
