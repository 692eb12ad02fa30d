"""Searching messages as a user may: what is found is read again through the histories, which say what may be seen.

A question costs what ``LOOK`` texts cost at most, however much holds its words: numbers are exact up to there, and
say "at least so many" above.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sodam.apps.model import App
from sodam.c2c.histories import Histories
from sodam.c2c.model import SEPARATOR, Message, conversation
from sodam.errors import ApiError
from sodam.groups.message import GroupMessage
from sodam.groups.model import Group
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES
from sodam.messages.model import RECALLED
from sodam.search import store
from sodam.search.grams import Term, scope
from sodam.search.model import EVERYTHING, LOOK, MESSAGES, USER, Found, Kind, Wanted
from sodam.storage import Database

_BUSY: Final = 100
"""Of each kind."""


class Asked(NamedTuple):
    """``peer`` or ``group_id`` for one conversation; neither for all of the user's."""

    terms: Sequence[Term]
    any_of: bool = True
    peer: str = ""
    group_id: str = ""
    senders: tuple[str, ...] = ()
    elements: int = 0
    since: int = 0
    until: int = EVERYTHING
    size: int = 20
    before: int = EVERYTHING
    """Where the page begins: what ``Hits.following`` said; the first page: ``EVERYTHING``."""
    total: int = -1
    """What the first page said; -1: this is the first."""


class Hits(NamedTuple):
    """What was found in one conversation."""

    peer: str
    group: Group | None
    number: int
    messages: list[Message] | list[GroupMessage]
    """Newest first; a part of them in a search of one conversation."""


class Page(NamedTuple):
    hits: list[Hits]
    total: int
    """Of messages in one conversation, of conversations in a search of all."""
    following: int
    """0: this was the last page."""


class _Side(NamedTuple):
    """One conversation as the searcher may see it."""

    kind: int
    conv: str
    peer: str
    group: Group | None = None
    floor: int = 0


class MessageSearch:
    def __init__(self, db: Database, c2c: Histories, groups: GroupService) -> None:
        self._db = db
        self._c2c = c2c
        self._groups = groups

    async def search(self, app: App, user_id: str, asked: Asked) -> Page:
        """What of the messages that ``user_id`` may read holds the keywords."""
        if not asked.terms and not asked.senders and not asked.elements:
            return Page([], 0, 0)
        if asked.peer or asked.group_id:
            return await self._in_one(app, user_id, asked)
        return await self._in_all(app, user_id, asked)

    async def _in_one(self, app: App, user_id: str, asked: Asked) -> Page:
        side = await self._side(app, user_id, asked)
        if side is None:
            return Page([], 0, 0)
        limit = LOOK if asked.total < 0 else asked.size + 1
        convs: tuple[tuple[int, str], ...] = ((side.kind, side.conv),)
        floor = side.floor
        if side.group is None and self._c2c.beside_in(side.peer):
            convs, floor = (*convs, (int(Kind.BROADCAST), side.peer)), 0  # of two kinds: each has its own numbers
        wanted = self._wanted(app, asked, tuple(kind for kind, _ in convs), _scopes(app, convs))
        found = await store.find(self._db, wanted._replace(above=floor, limit=limit, convs=convs))
        messages = await self._seen(app, user_id, side, found)
        places = {(one.at, one.rank): one.id for one in found}
        total = len(messages) if asked.total < 0 else asked.total
        # Pages go by the places in the index: what was imported, or stands in the same second, has others by time.
        page: list[Any] = sorted(messages, key=lambda m: places[_rank(m)], reverse=True)[: asked.size]
        if len(messages) > asked.size:
            following = min(places[_rank(m)] for m in page)
        else:
            following = found[-1].id if len(found) == limit else 0
        page.sort(key=_rank, reverse=True)
        hits = [Hits(side.peer, side.group, total, page)] if page else []
        return Page(hits, total, following)

    async def _side(self, app: App, user_id: str, asked: Asked) -> _Side | None:
        if asked.peer:
            head = await self._c2c.head(app, user_id, asked.peer)
            return _Side(Kind.ONE_TO_ONE, conversation(user_id, asked.peer), asked.peer, None, head.clear_seq)
        return (await self._of_groups(app, user_id, [asked.group_id])).get(asked.group_id)

    async def _of_groups(self, app: App, user_id: str, group_ids: Sequence[str]) -> dict[str, _Side]:
        """Those of the groups that the user is in, and whose messages are kept."""
        groups = await self._groups.get_many(app.sdkappid, group_ids)
        standings = await self._groups.histories.standings(app.sdkappid, user_id, list(groups))
        return {
            group_id: _Side(Kind.GROUP_MESSAGE, group_id, "", groups[group_id], standing.floor)
            for group_id, standing in standings.items()
            if TYPES[groups[group_id].type].stores_messages
        }

    def _wanted(self, app: App, asked: Asked, kinds: tuple[int, ...], scopes: tuple[str, ...]) -> Wanted:
        since = max(asked.since, self._c2c.oldest(app))
        return Wanted(
            app.sdkappid,
            kinds,
            scopes,
            tuple(asked.terms),
            asked.any_of,
            asked.senders,
            asked.elements,
            since,
            asked.until,
            before=asked.before,
        )

    async def _in_all(self, app: App, user_id: str, asked: Asked) -> Page:
        """Every page looks at the same: conversations count by what was found newest in them."""
        joined = await self._groups.joined(app.sdkappid, user_id)
        scopes = [scope(app.sdkappid, USER, user_id)]
        scopes += [scope(app.sdkappid, Kind.GROUP_MESSAGE, group_id) for group_id, *_ in joined]
        followed = await self._c2c.beside_peers(app.sdkappid, user_id)
        scopes += [scope(app.sdkappid, Kind.BROADCAST, account) for account in followed]
        first, busy = asked._replace(before=EVERYTHING), await self._busy(app, user_id, joined, followed)
        found = await store.find(self._db, self._wanted(app, first, MESSAGES, tuple(scopes))._replace(convs=busy))
        by_conv: dict[tuple[int, str], list[Found]] = {}
        for one in found:
            place = (one.kind, one.conv)
            if one.kind == Kind.BROADCAST:  # it stands in the conversation of who follows
                place = (int(Kind.ONE_TO_ONE), conversation(user_id, one.conv))
            by_conv.setdefault(place, []).append(one)
        in_groups = [conv for kind, conv in by_conv if kind == Kind.GROUP_MESSAGE]
        groups = await self._of_groups(app, user_id, in_groups)
        hits: list[tuple[int, Hits]] = []
        for (kind, conv), places in by_conv.items():
            side = groups.get(conv) if kind == Kind.GROUP_MESSAGE else _one_to_one(user_id, conv)
            if side is not None and (messages := await self._seen(app, user_id, side, places)):
                ids = {(one.at, one.rank): one.id for one in places}
                newest = max(ids[_rank(m)] for m in messages)
                hits.append((newest, Hits(side.peer, side.group, len(messages), messages)))
        hits.sort(key=lambda hit: hit[0], reverse=True)
        rest = [hit for hit in hits if hit[0] < asked.before]
        following = rest[asked.size - 1][0] if len(rest) > asked.size else 0
        return Page([hit for _, hit in rest[: asked.size]], len(hits), following)

    async def _busy(
        self, app: App, user_id: str, joined: Sequence[tuple[str, str, int]], followed: Sequence[str]
    ) -> tuple[tuple[int, str], ...]:
        """Conversations of a user, among them those written to last: where PostgreSQL begins to look."""
        if self._db.engine == "sqlite":
            return ()
        heads = await self._c2c.heads(app, user_id, _BUSY)
        convs = [(int(Kind.ONE_TO_ONE), conversation(user_id, head.peer)) for head in heads]
        convs += [(int(Kind.BROADCAST), account) for account in followed[:_BUSY]]
        return (*convs, *((int(Kind.GROUP_MESSAGE), group_id) for group_id, *_ in joined[-_BUSY:]))

    async def _seen(
        self, app: App, user_id: str, side: _Side, found: Sequence[Found]
    ) -> list[Message] | list[GroupMessage]:
        """Those of a conversation's messages that the user may read, newest first."""
        if side.group is None:
            return await self._c2c.at(app, user_id, side.peer, [(one.at, one.rank) for one in found])
        seqs = [one.seq for one in found if one.seq > side.floor]
        if not seqs:
            return []
        try:
            page = await self._groups.histories.page(app.sdkappid, user_id, side.conv, 0, 0, seqs)
        except ApiError:  # out of it since, or it is gone
            return []
        return [m for m in page.messages if not m.flags & RECALLED]


def _scopes(app: App, convs: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(scope(app.sdkappid, kind, conv) for kind, conv in convs)


def _rank(message: Message | GroupMessage) -> tuple[int, int]:
    """Its place, as the index has it."""
    return message.msg_time, message.ord if isinstance(message, Message) else message.seq


def _one_to_one(user_id: str, conv: str) -> _Side | None:
    low, _, high = conv.partition(SEPARATOR)
    if user_id not in (low, high):
        return None
    return _Side(Kind.ONE_TO_ONE, conv, high if user_id == low else low)
