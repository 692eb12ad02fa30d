"""Friend lists: reading, changing, removing (rest-accounts-relations.md 6.4 to 6.6, 6.8 and 6.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from sodam.accounts.model import Account
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.profiles.model import Side, field_of
from sodam.relations import store_friends
from sodam.relations.adding import merged
from sodam.relations.events import FriendDeleted, Pair, Update
from sodam.relations.fields import (
    CUSTOM,
    GROUP,
    REMARK,
    STANDARD,
    Value,
    bad_groups,
    chosen_items,
    custom_items,
    custom_tag,
    custom_value,
    size,
    standard_items,
)
from sodam.relations.model import MAX_REMARK, OLD_PAGE, PAGE, Friend, Origin, Outcome, Owner, refused
from sodam.relations.work import Core, Work

_UPDATE = "FriendUpdate"
_DELETE = "FriendDelete"
_PROFILE = "Tag_Profile_"
_ALL = 1 << 31
_encode = msgspec.json.Encoder().encode


class OldPage(NamedTuple):
    now: int
    following: int
    """Where the next page begins; 0: nowhere."""
    all: bool
    """The caller's sequence is old: everything has to be read."""
    standard_seq: int
    total: int
    friends: list[tuple[str, list[tuple[str, Value]]]]


class Friends:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def update(
        self, app: App, origin: Origin, user_id: str, items: Sequence[tuple[str, Sequence[tuple[str, object]]]]
    ) -> list[Outcome]:
        """Change remark, groups and custom fields of friends; an item is applied wholly or not at all.

        ``items``: (friend, [(tag, value)]). Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app.sdkappid, user_id)
        known = await core.accounts.find_many(app.sdkappid, [to for to, _ in items])

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            friends = await store_friends.load(work.tx, app.sdkappid, user_id, [to for to, _ in items])
            return [
                _change(work, user_id, friends.get(to), to, fields)
                if to in friends or to in known
                else refused(_UPDATE, to, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account")
                for to, fields in items
            ]

        return await core.change(app, origin, user_id, (), run)

    async def delete(
        self, app: App, origin: Origin, user_id: str, peers: Sequence[str], *, both: bool
    ) -> list[Outcome]:
        """Take peers off the user's list and, if ``both``, the user off theirs. One outcome a peer, in order.

        31704 for who is in no list concerned. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app.sdkappid, user_id)
        known = await core.accounts.find_many(app.sdkappid, peers)

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            others = [peer for peer in peers if peer in alive] if both else []
            gone = await work.unfriend(user_id, list(peers), others)
            _deleted(work, gone)
            left = {peer if owner == user_id else owner for owner, peer in gone}
            outcomes = []
            for peer in peers:
                if peer in left:
                    left.discard(peer)
                    outcomes.append(Outcome(peer))
                elif peer not in known:
                    outcomes.append(refused(_DELETE, peer, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account"))
                else:
                    outcomes.append(refused(_DELETE, peer, Code.SNS_NOT_FRIEND, "Not_Friend"))
            return outcomes

        return await core.change(app, origin, user_id, [p for p in peers if p in known] if both else (), run)

    async def delete_all(self, app: App, origin: Origin, user_id: str, *, both: bool) -> None:
        """Empty the user's list and, if ``both``, take the user off the lists of all who were in it.

        No webhook reports it. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app.sdkappid, user_id)
        for _ in range(3):  # who is added meanwhile was not held, and is removed in the next round
            peers = await store_friends.peers(core.db, app.sdkappid, user_id)
            if not peers:
                return
            await self._delete_all(app, origin, user_id, peers, both=both)

    async def _delete_all(self, app: App, origin: Origin, user_id: str, peers: list[str], *, both: bool) -> None:
        async def run(work: Work, alive: set[str]) -> None:
            others = [peer for peer in peers if peer in alive] if both else []
            await work.unfriend(user_id, peers, others)

        await self._core.change(app, origin, user_id, peers if both else (), run)

    async def page(self, app: int, user_id: str, start: int, standard_seq: int, custom_seq: int) -> bytes:
        """The body of friend_get beyond the place ``start``, encoded, without the envelope.

        A place is the ``pos`` of a friend: it stays when others come and go, and an import with other times does not
        move it. At ``start`` 0 fields whose sequence equals the caller's are left out, and when both do, all friends
        are; a later page is whole, for a caller may repeat the sequences of its first page. Pages are kept in memory
        until the list changes. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app, user_id)
        owner = await core.owner(app, user_id)
        standard, custom = start > 0 or standard_seq != owner.standard_seq, start > 0 or custom_seq != owner.custom_seq
        version = (owner.standard_seq, owner.custom_seq)
        pages = core.cache.pages(app, user_id, "friends", version)
        name = (start, standard, custom)
        made = pages.made.get(name)
        if made is not None:
            return made
        return core.cache.keep_page(pages, name, await self._page(app, owner, start, standard, custom))

    async def _page(self, app: int, owner: Owner, start: int, standard: bool, custom: bool) -> bytes:
        friends: list[Friend] = []
        if (standard or custom) and owner.friends:
            friends = await store_friends.page(self._core.db, app, owner.user_id, start, PAGE + 1)
        more = len(friends) > PAGE
        del friends[PAGE:]
        answer: dict[str, Any] = {
            "UserDataItem": [
                {
                    "To_Account": friend.peer,
                    "ValueItem": _values(
                        (standard_items(friend, owner) if standard else []) + (custom_items(friend) if custom else [])
                    ),
                }
                for friend in friends
            ],
            "StandardSequence": owner.standard_seq,
            "CustomSequence": owner.custom_seq,
            "FriendNum": owner.friends,
            "CompleteFlag": 0 if more else 1,
            "NextStartIndex": friends[-1].pos if more else 0,
        }
        return _encode(answer)

    async def old_page(
        self, app: App, user_id: str, tags: Sequence[str] | None, side: Side, *, start: int, limit: int, last_seq: int
    ) -> OldPage:
        """A page of friend_get_all, of at most 100 friends beyond the place ``start``; see ``page``.

        Raises ApiError 30001 and 30003 as ``chosen`` does.
        """
        core = self._core
        await core.requester(app.sdkappid, user_id)
        owner = await core.owner(app.sdkappid, user_id)
        changed = start > 0 or last_seq != owner.standard_seq
        page = OldPage(core.now(), 0, changed, owner.standard_seq, owner.friends, [])
        if not changed or not owner.friends:
            return page
        limit = max(1, min(limit, OLD_PAGE))
        rows = await store_friends.page(core.db, app.sdkappid, user_id, start, limit + 1)
        more = len(rows) > limit
        del rows[limit:]
        chosen = await self.chosen(app, user_id, [friend.peer for friend in rows], tags, side)
        page.friends.extend((peer, fields) for peer, fields, _ in chosen if fields is not None)
        return page._replace(following=rows[-1].pos if more else 0)

    async def everyone(self, app: int, user_id: str) -> list[Friend]:
        """The whole list in the order of its pages. Raises ApiError 30003 when ``user_id`` is unknown."""
        core = self._core
        await core.requester(app, user_id)
        return await store_friends.page(core.db, app, user_id, 0, _ALL)

    async def chosen(
        self, app: App, user_id: str, peers: Sequence[str], tags: Sequence[str] | None, side: Side
    ) -> list[tuple[str, list[tuple[str, Value]] | None, bool]]:
        """Friend and profile fields of some friends: (peer, fields or None for no friend, account known).

        ``tags`` None: all of both. Raises ApiError 30001 for a tag that does not exist, 30003 when ``user_id`` is
        unknown.
        """
        core = self._core
        await core.requester(app.sdkappid, user_id)
        sns, profile = _split(app, tags, side) if tags is not None else (None, None)
        accounts = await core.accounts.find_many(app.sdkappid, peers)
        friends = await store_friends.load(core.db, app.sdkappid, user_id, peers)
        owner = await core.owner(app.sdkappid, user_id)
        answer: list[tuple[str, list[tuple[str, Value]] | None, bool]] = []
        for peer in peers:
            friend, account = friends.get(peer), accounts.get(peer)
            if friend is None:
                answer.append((peer, None, account is not None))
                continue
            if sns is None:
                fields = standard_items(friend, owner) + custom_items(friend)
            else:
                fields = chosen_items(friend, owner, sns)
            answer.append((peer, fields + _profile(app, account, profile, side), True))
        return answer


def _values(items: list[tuple[str, Value]]) -> list[dict[str, Value]]:
    return [{"Tag": tag, "Value": value} for tag, value in items]


def _profile(app: App, account: Account | None, tags: list[str] | None, side: Side) -> list[tuple[str, Value]]:
    if account is None:
        return []
    if tags is None:
        tags = [tag for tag in account.profile if _readable(app, tag, side)]
    return [(tag, account.profile[tag]) for tag in tags if tag in account.profile]


def _readable(app: App, tag: str, side: Side) -> bool:
    try:
        return field_of(app, tag).readable(side)
    except ApiError:  # a field that the app no longer declares
        return False


def _split(app: App, tags: Sequence[str], side: Side) -> tuple[list[str], list[str]]:
    """Friend tags and profile tags; those of profile fields that ``side`` may not read are left out."""
    sns: list[str] = []
    profile: list[str] = []
    for tag in dict.fromkeys(tags):
        if tag in STANDARD:
            sns.append(tag)
        elif custom := custom_tag(app, tag):
            sns.append(custom)
        elif tag.startswith(_PROFILE):
            try:
                field = field_of(app, tag)
            except ApiError as error:
                raise ApiError(Code.SNS_BAD_REQUEST, error.info) from None
            if field.readable(side):
                profile.append(field.tag)
        else:
            raise ApiError(Code.SNS_BAD_REQUEST, f"no friend field {tag[:80]!r}")
    return sns, profile


def _change(work: Work, user_id: str, friend: Friend | None, to: str, fields: Sequence[tuple[str, object]]) -> Outcome:
    """Apply one item of friend_update to a friend, or refuse it."""
    if friend is None:
        return refused(_UPDATE, to, Code.SNS_BAD_REQUEST, "Friend_Not_Exist")
    owner = work.owners[user_id]
    remark, groups, custom = friend.remark, None, {}
    for tag, value in fields:
        if tag == REMARK:
            if not isinstance(value, str) or size(value) > MAX_REMARK:
                return refused(_UPDATE, to, Code.SNS_BAD_REQUEST, "Remark_Illegal")
            remark = value
        elif tag == GROUP:
            groups = _names(value)
            if groups is None:
                return refused(_UPDATE, to, Code.SNS_BAD_REQUEST, "Group_Illegal")
            code, reason = bad_groups(groups, owner)
            if code:
                return refused(_UPDATE, to, code, reason)
        else:
            own = custom_tag(work.app, tag)
            allowed = custom_value(work.app, own, value) if own else None
            if own is None or allowed is None:
                reason = "CustomItem_Illegal" if tag.startswith(CUSTOM) else "Tag_Illegal"
                return refused(_UPDATE, to, Code.SNS_BAD_REQUEST, reason)
            custom[own] = allowed
    shown: list[tuple[str, object]] = []
    if remark != friend.remark:
        friend.remark, friend.remark_at = remark, work.now
        shown.append((REMARK, remark))
    if groups is not None:
        before, friend.groups = friend.groups, owner.bits(groups)
        if before != friend.groups:
            owner.touch_groups()
            shown.append((GROUP, owner.names(friend.groups)))
    if shown:
        owner.touch()
    after = merged(friend.custom, custom)
    if after != friend.custom:
        shown.extend((tag, value) for tag, value in custom.items() if friend.custom.get(tag, "") != value)
        friend.custom = after
        owner.touch_custom()
    if shown:
        work.save(friend)
        work.notices[user_id].updates.append(Update(to, shown))
    return Outcome(to)


def _names(value: object) -> tuple[str, ...] | None:
    """Group names as an update gives them, one or a list; None when they are no texts. An empty list is none at all."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return tuple(dict.fromkeys(names))


def _deleted(work: Work, gone: list[tuple[str, str]]) -> None:
    """Report removed entries to webhooks."""
    if gone:
        work.events.append(
            FriendDeleted(
                app=work.app.sdkappid,
                platform=work.origin.platform,
                client_ip=work.origin.client_ip,
                PairList=[Pair(owner, peer) for owner, peer in gone],
            )
        )
