"""Searching accounts, groups and members of groups by any part of their IDs and names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, cast

from sodam.accounts.model import Account
from sodam.accounts.service import AccountService, Order, place_in
from sodam.groups.model import Group, Member
from sodam.groups.service import GroupService
from sodam.groups.types import TYPES
from sodam.search import store
from sodam.search.grams import Term, parts_of, term
from sodam.search.index import name_text
from sodam.search.model import EVERYTHING, LOOK, Kind, Wanted
from sodam.storage import Database

_MEMBERS: Final = 10_000
"""Members that one question looks at."""
_STEP: Final = 500
_WALKED: Final = 40
"""Pages of accounts that a list in an order looks through for a page of what most of them hold."""
_PATIENCE: Final = 4
"""Times the accounts that should hold a page of a frequent keyword, after which the index is asked instead."""
_COMMON: Final = 4
"""A gram that one of so many names holds narrows down too little to be looked for beside rarer ones."""
_LEAST: Final = 2
"""Grams of a keyword that are looked for, where there are so many."""
_SMALLEST: Final = 50
"""Accounts of one question of a walk, at least."""


class Accounts(NamedTuple):
    found: list[Account]
    total: int
    """Exact up to ``LOOK``."""
    following: int
    """0: there are no more."""


class Groups(NamedTuple):
    found: list[Group]
    total: int
    following: int


class Members(NamedTuple):
    found: list[tuple[str, Member, Account | None]]
    """With their groups' IDs."""
    total: int
    following: int


class Listed(NamedTuple):
    """A page of a list of accounts."""

    found: list[Account]
    total: int
    exact: bool
    """Whether ``total`` is all; otherwise it is the least."""
    following: str


class _Every(NamedTuple):
    """How frequent a keyword is among accounts."""

    one_in: float
    """So many accounts hold it once; 0: not known, or rarely."""
    least: int
    """Accounts that hold it, at least."""


class PeopleSearch:
    def __init__(self, db: Database, accounts: AccountService, groups: GroupService) -> None:
        self._db = db
        self._accounts = accounts
        self._groups = groups

    async def accounts(
        self,
        app: int,
        terms: Sequence[Term],
        *,
        any_of: bool,
        count: int,
        before: int = EVERYTHING,
        fits: Callable[[Account], bool] = lambda _: True,
    ) -> Accounts:
        """Those whose UserID or nickname holds the keywords, the latest in the index first."""
        ids = await self._named(app, Kind.ACCOUNT, terms, any_of=any_of)
        known = await self._accounts.find_many(app, ids)
        found = [(ids[user_id], one) for user_id in ids if (one := known.get(user_id)) is not None and fits(one)]
        rest = [one for one in found if one[0] < before]
        following = rest[count - 1][0] if len(rest) > count else 0
        return Accounts([account for _, account in rest[:count]], len(found), following)

    async def groups(
        self, app: int, user_id: str, terms: Sequence[Term], *, any_of: bool, count: int, before: int = EVERYTHING
    ) -> Groups:
        """Those whose ID or name holds the keywords: of types that can be found by ID, and the user's own."""
        ids = await self._named(app, Kind.GROUP, terms, any_of=any_of)
        known = await self._groups.get_many(app, list(ids))
        own = {group_id for group_id, *_ in await self._groups.joined(app, user_id)}
        found = [
            (ids[group_id], group)
            for group_id in ids
            if (group := known.get(group_id)) is not None and (TYPES[group.type].found_by_id or group_id in own)
        ]
        rest = [one for one in found if one[0] < before]
        following = rest[count - 1][0] if len(rest) > count else 0
        return Groups([group for _, group in rest[:count]], len(found), following)

    async def _named(self, app: int, kind: Kind, terms: Sequence[Term], *, any_of: bool) -> dict[str, int]:
        """By ID, the place in the index; the latest first."""
        wanted = Wanted(app, (kind,), (), tuple(terms), any_of)
        return {one.conv: one.id for one in await store.find(self._db, wanted)}

    async def members(
        self,
        app: int,
        user_id: str,
        terms: Sequence[Term],
        *,
        any_of: bool,
        group_ids: Sequence[str],
        count: int,
        after: int = 0,
    ) -> Members:
        """Members whose UserID, nickname or name card holds the keywords, in groups that the user is in, by group and
        time of joining. ``group_ids``: of these alone; empty: of all."""
        own = [group_id for group_id, *_ in await self._groups.joined(app, user_id)]
        wanted = [group_id for group_id in own if group_id in set(group_ids)] if group_ids else own
        found: list[tuple[str, Member, Account | None]] = []
        looked = 0
        for group_id, group in (await self._groups.get_many(app, wanted)).items():
            if not TYPES[group.type].stores_members:
                continue
            offset = 0
            while looked < _MEMBERS:
                members = await self._groups.members.slice(app, group_id, offset, _STEP)
                accounts = await self._accounts.find_many(app, [m.user_id for m in members])
                for member in members:
                    account = accounts.get(member.user_id)
                    text = name_text(member.user_id, account.nick if account else "", member.name_card)
                    if holds(text, terms, any_of=any_of):
                        found.append((group_id, member, account))
                looked += len(members)
                offset += len(members)
                if len(members) < _STEP:
                    break
        page = found[after : after + count]
        following = after + count if len(found) > after + count else 0
        return Members(page, len(found), following)

    async def list(
        self,
        app: int,
        order: Order,
        keyword: str,
        *,
        after: str,
        limit: int,
        fits: Callable[[Account], bool],
    ) -> Listed:
        """A page of the accounts whose UserID or nickname holds ``keyword``, in an order.

        What few hold is found by the index and sorted. What many hold is not asked of the index, which would find all
        of them first: the accounts are walked in their order, which soon finds a page. Which of the two it is, some
        names tell; where they mislead (what they hold in common is rare in this order), the walk gives up early.
        """
        asked = term(keyword)
        if asked is None:
            return Listed([], 0, True, "")
        every, narrow = await self._weigh(app, asked)
        if every.one_in:
            listed = await self._walk(app, order, asked, every, after=after, limit=limit, fits=fits)
            if listed is not None:
                return listed
        ids = await self._named(app, Kind.ACCOUNT, [narrow], any_of=False)
        if len(ids) >= LOOK:
            whole = _Every(0, LOOK)
            return cast(Listed, await self._walk(app, order, asked, whole, after=after, limit=limit, fits=fits))
        known = [one for one in (await self._accounts.find_many(app, ids)).values() if fits(one)]
        back = order.startswith("-")
        known.sort(key=lambda a: _rank(order, place_in(order, a)), reverse=back)
        last = _rank(order, after)
        ranks = ((one, _rank(order, place_in(order, one))) for one in known)
        rest = [one for one, rank in ranks if not after or (rank < last if back else rank > last)]
        page = rest[:limit]
        return Listed(page, len(known), True, place_in(order, page[-1]) if len(rest) > limit else "")

    async def _weigh(self, app: int, asked: Term) -> tuple[_Every, Term]:
        """How frequent a keyword is, and the keyword without the grams that many names hold: the index has long lists
        of those, which narrow down little."""
        parts = {} if asked.begins else parts_of(asked)
        ends = await store.sample(self._db, app, Kind.ACCOUNT, [asked.text, *parts.values()])
        looked, _, *with_part = (sum(column) for column in zip(*ends, strict=True))
        if not looked:
            return _Every(0, 0), asked
        if parts:
            asked = asked._replace(grams=_narrowing(list(parts), with_part, looked))
        # At both ends, as IDs that are made alike stand beside each other.
        share = min(end[1] / end[0] for end in ends)
        if share * await self._accounts.count(app) < LOOK:
            return _Every(0, 0), asked
        return _Every(1 / share, min(max(end[1] for end in ends), LOOK)), asked

    async def _walk(
        self,
        app: int,
        order: Order,
        asked: Term,
        every: _Every,
        *,
        after: str,
        limit: int,
        fits: Callable[[Account], bool],
    ) -> Listed | None:
        """None: a page is not among the accounts where it was to be expected."""
        found: list[Account] = []
        expected = int((limit + 1) * every.one_in) or _STEP * _WALKED
        step = max(min(expected, _STEP), _SMALLEST)
        most = min(expected * _PATIENCE, _STEP * _WALKED)
        looked = 0
        while looked < most:
            accounts = await self._accounts.list_sorted(app, order, after=after, limit=step)
            for account in accounts:
                if fits(account) and holds(name_text(account.user_id, account.nick), [asked], any_of=False):
                    if len(found) == limit:
                        return Listed(found, every.least, False, place_in(order, found[-1]))
                    found.append(account)
            if len(accounts) < step:
                return Listed(found, every.least, False, "")
            after = place_in(order, accounts[-1])
            looked += step
        return Listed(found, every.least, False, after) if most == _STEP * _WALKED else None


def _narrowing(grams: Sequence[str], held: Sequence[int], looked: int) -> tuple[str, ...]:
    """Those of a keyword's grams that are worth asking for; ``held``: by so many of the names that were looked at.

    Two at least, as one alone finds whatever has it anywhere, unless most names hold the second; of two alike the later
    one, since IDs that are made in a row differ at their ends.
    """
    ranked = sorted(range(len(grams)), key=lambda n: (held[n], -n))
    rare = [n for n in ranked if held[n] * _COMMON < looked]
    if len(rare) < _LEAST:
        rare = ranked[:1] + [n for n in ranked[1:_LEAST] if held[n] * 2 <= looked]
    return tuple(grams[n] for n in rare)


def _rank(order: Order, place: str) -> tuple[int, str]:
    """What ``place_in`` says, as it is compared."""
    if order in ("UserID", "-UserID"):
        return 0, place
    at, _, user_id = place.partition(":")
    return int(at) if at.isascii() and at.isdigit() and len(at) < 16 else 0, user_id


def holds(text: str, terms: Sequence[Term], *, any_of: bool) -> bool:
    """``text`` is in normal form."""
    held = (one.text in text for one in terms)
    return bool(terms) and (any(held) if any_of else all(held))
