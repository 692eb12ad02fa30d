"""Friend groups (rest-accounts-relations.md 6.14 to 6.16, docs/protocol.md section 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.relations import store_friends
from sodam.relations.events import Update
from sodam.relations.fields import GROUP, bad_group
from sodam.relations.model import MAX_GROUPS, Friend, Origin, Outcome, refused
from sodam.relations.work import Core, Work

_ADD = "GroupAdd"
_UPDATE = "GroupUpdate"
_encode = msgspec.json.Encoder().encode


class Groups:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def add(
        self, app: App, origin: Origin, user_id: str, names: Sequence[str], peers: Sequence[str]
    ) -> tuple[list[Outcome], int]:
        """Make groups and put friends into each of them; existing ones are taken as they are.

        One outcome a peer, in order, and the group sequence. Raises ApiError 30001 for no or a blank name, 30003 when
        ``user_id`` is unknown, 30011 for a name of more than 30 bytes or more than 32 groups, and then makes none.
        """
        core = self._core
        _check(names)
        await core.requester(app.sdkappid, user_id)
        known = await core.accounts.find_many(app.sdkappid, peers)

        async def run(work: Work, alive: set[str]) -> tuple[list[Outcome], int]:
            owner = work.owners[user_id]
            if not owner.room_for(tuple(names)):
                raise ApiError(Code.SNS_GROUPS_FULL, f"a user has at most {MAX_GROUPS} friend groups")
            bits = owner.bits(tuple(names))
            friends = await store_friends.load(work.tx, app.sdkappid, user_id, peers)
            outcomes = []
            for peer in peers:
                friend = friends.get(peer)
                if friend is not None:
                    _regroup(work, friend, friend.groups | bits)
                    outcomes.append(Outcome(peer))
                elif peer not in known:
                    outcomes.append(refused(_ADD, peer, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account"))
                else:
                    outcomes.append(refused(_ADD, peer, Code.SNS_GROUP_MEMBER_NOT_FRIEND, "ToTinyId_Not_Friend"))
            return outcomes, owner.group_seq

        return await core.change(app, origin, user_id, (), run)

    async def delete(self, app: App, origin: Origin, user_id: str, names: Sequence[str]) -> int:
        """Remove groups; their friends stay friends. The group sequence.

        Raises ApiError 30001 when one does not exist, and then removes none; 30003 when ``user_id`` is unknown.
        """
        await self._core.requester(app.sdkappid, user_id)

        async def run(work: Work, alive: set[str]) -> int:
            owner = work.owners[user_id]
            bits = 0
            for name in names:
                bits |= 1 << _slot(work, user_id, name)
            members = await store_friends.members(work.tx, app.sdkappid, user_id, bits)
            if members:
                await store_friends.clear_groups(work.tx, app.sdkappid, user_id, bits)
                owner.touch()
            owner.groups = [(slot, name) for slot, name in owner.groups if not bits >> slot & 1]
            owner.touch_groups()
            work.notices[user_id].updates.extend(
                Update(peer, [(GROUP, owner.names(groups & ~bits))]) for peer, groups in members
            )
            return owner.group_seq

        return await self._core.change(app, origin, user_id, (), run)

    async def rename(self, app: App, origin: Origin, user_id: str, old: str, new: str) -> int:
        """Give a group another name; the group sequence.

        Raises ApiError 30001 when there is no group ``old``, or there is one ``new``, or that is blank;
        30011 for too long a name; 30003.
        """
        _check([new])
        await self._core.requester(app.sdkappid, user_id)

        async def run(work: Work, alive: set[str]) -> int:
            owner = work.owners[user_id]
            renamed = _slot(work, user_id, old)
            if old == new:
                return owner.group_seq
            if owner.slot(new) is not None:
                raise ApiError(Code.SNS_BAD_REQUEST, f"Err_SNS_{_UPDATE}_Group_Exist")
            owner.groups = [(slot, new if slot == renamed else name) for slot, name in owner.groups]
            owner.touch_groups()
            members = await store_friends.members(work.tx, app.sdkappid, user_id, 1 << renamed)
            if members:
                owner.touch()
            work.notices[user_id].updates.extend(
                Update(peer, [(GROUP, owner.names(groups))]) for peer, groups in members
            )
            return owner.group_seq

        return await self._core.change(app, origin, user_id, (), run)

    async def update(
        self, app: App, origin: Origin, user_id: str, name: str, items: Sequence[tuple[str, bool]]
    ) -> list[Outcome]:
        """Put friends into a group (True) or out of it (False). One outcome an item, in order.

        Raises ApiError 30001 when there is no such group, 30003 when ``user_id`` is unknown.
        """
        await self._core.requester(app.sdkappid, user_id)

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            bit = 1 << _slot(work, user_id, name)
            friends = await store_friends.load(work.tx, app.sdkappid, user_id, [to for to, _ in items])
            outcomes = []
            for to, add in items:
                friend = friends.get(to)
                if friend is None:
                    outcomes.append(refused(_UPDATE, to, Code.SNS_GROUP_MEMBER_NOT_FRIEND, "ToTinyId_Not_Friend"))
                else:
                    _regroup(work, friend, friend.groups | bit if add else friend.groups & ~bit)
                    outcomes.append(Outcome(to))
            return outcomes

        return await self._core.change(app, origin, user_id, (), run)

    async def get(
        self, app: int, user_id: str, names: Sequence[str] | None, last_seq: int | None, *, members: bool
    ) -> bytes:
        """The body of group_get, encoded: of all groups or of those in ``names``, with members if asked for.

        With all groups, ``last_seq`` equal to the current one gives none. Raises ApiError 30003.
        """
        core = self._core
        await core.requester(app, user_id)
        owner = await core.owner(app, user_id)
        if not names and last_seq == owner.group_seq:
            return _encode({"ResultItem": [], "CurrentSequence": owner.group_seq})
        version = (owner.group_seq, owner.standard_seq)
        pages = core.cache.pages(app, user_id, "groups", version)
        key = (tuple(names or ()), members)
        made = pages.made.get(key)
        if made is not None:
            return made
        wanted = [(slot, name) for slot, name in owner.groups if not names or name in names]
        bits = sum(1 << slot for slot, _ in wanted)
        friends = await store_friends.members(core.db, app, user_id, bits) if bits else []
        result: list[dict[str, Any]] = []
        for slot, name in wanted:
            peers = [peer for peer, groups in friends if groups >> slot & 1]
            item: dict[str, Any] = {"GroupName": name, "FriendNumber": len(peers)}
            if members:
                item["To_Account"] = peers
            result.append(item)
        answer = _encode({"ResultItem": result, "CurrentSequence": owner.group_seq})
        return answer if names else core.cache.keep_page(pages, key, answer)


def _check(names: Sequence[str]) -> None:
    for name in names or [""]:
        code, reason = bad_group(name)
        if code:
            raise ApiError(code, reason)


def _slot(work: Work, user_id: str, name: str) -> int:
    slot = work.owners[user_id].slot(name)
    if slot is None:
        raise ApiError(Code.SNS_BAD_REQUEST, f"there is no friend group {name[:40]!r}")
    return slot


def _regroup(work: Work, friend: Friend, groups: int) -> None:
    """Set a friend's groups, and count the change if it is one."""
    if friend.groups == groups:
        return
    friend.groups = groups
    owner = work.owners[friend.owner]
    owner.touch()
    owner.touch_groups()
    work.save(friend)
    work.notices[friend.owner].updates.append(Update(friend.peer, [(GROUP, owner.names(groups))]))
