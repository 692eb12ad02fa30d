"""Relations as a file: one line of JSON a user, names as in REST. What an export writes, an import takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Annotated, Final, NamedTuple

import msgspec

from sodam.apps.model import App
from sodam.relations import store, store_follow, store_friends, store_lists, store_walk
from sodam.relations.adding import checked_custom
from sodam.relations.fields import MAX_TIME, bad_group, bad_text
from sodam.relations.follow import Follows
from sodam.relations.model import (
    ASKED,
    BLOCKS,
    MAX_PENDING,
    PENDENCY_SECONDS,
    Blocked,
    Custom,
    Friend,
    Origin,
    Owner,
    Pendency,
)
from sodam.relations.work import Core, Work

_NOBODY: Final = Origin("", admin=True)
_CHUNK: Final = 1000
Time = Annotated[int, msgspec.Meta(ge=0, le=MAX_TIME)]


class FriendLine(msgspec.Struct, omit_defaults=True):
    To_Account: str
    AddTime: Time
    AddSource: str = ""
    Remark: str = ""
    RemarkTime: Time = 0
    AddWording: str = ""
    GroupName: list[str] = []
    CustomItem: Custom = {}


class BlackLine(msgspec.Struct):
    To_Account: str
    AddBlackTimeStamp: Time


class RequestLine(msgspec.Struct, omit_defaults=True):
    """A request by From_Account that waits for the line's user."""

    From_Account: str
    AddTime: Time
    AddSource: str = ""
    AddWording: str = ""
    Remark: str = ""
    GroupName: str = ""


class FollowLine(msgspec.Struct):
    To_Account: str
    FollowTimeMillis: Time


class UserLine(msgspec.Struct, omit_defaults=True):
    """All relations that a user holds."""

    UserID: str
    Groups: list[str] = []
    Friends: list[FriendLine] = []
    BlackList: list[BlackLine] = []
    Pendencies: list[RequestLine] = []
    Following: list[FollowLine] = []


class Skipped(NamedTuple):
    """A part of a line that was not imported."""

    part: str
    other: str
    reason: str


class Archive:
    def __init__(self, core: Core, follows: Follows) -> None:
        self._core = core
        self._follows = follows

    async def export(self, app: int, user_ids: Sequence[str] | None = None) -> AsyncIterator[UserLine]:
        """The relations of some users, or of all who have any, by UserID. Each user is read as of one moment or next
        to it: changes made meanwhile may or may not be in.
        """
        if user_ids is not None:
            for user_id in user_ids:
                yield await self._user(app, user_id)
            return
        async for page in store_walk.users(self._core.db, app):
            for user_id in page:
                line = await self._user(app, user_id)
                if line != UserLine(user_id):
                    yield line

    async def _user(self, app: int, user_id: str) -> UserLine:
        db = self._core.db
        owner = await store.load_owner(db, app, user_id)
        line = UserLine(user_id, [name for _, name in owner.groups])
        after = 0
        while True:
            page = await store_friends.page(db, app, user_id, after, _CHUNK)
            line.Friends.extend(_friend_line(friend, owner) for friend in page)
            if len(page) < _CHUNK:
                break
            after = page[-1].pos
        blacklist = await store_lists.blacklist(db, app, user_id, 0, 1 << 20)
        line.BlackList = [BlackLine(entry.peer, entry.added_at) for entry in blacklist]
        cutoff = self._core.now() - PENDENCY_SECONDS
        for p in await store_lists.incoming(db, app, user_id, cutoff):
            line.Pendencies.append(RequestLine(p.peer, p.asked_at, p.source, p.wording, p.remark, p.group))
        place = None
        while True:
            follows = await store_follow.page(db, app, user_id, 2, place, _CHUNK)
            line.Following.extend(FollowLine(peer, at) for at, peer in follows)
            if len(follows) < _CHUNK:
                return line
            place = follows[-1]

    async def put(self, app: App, line: UserLine) -> list[Skipped]:
        """Import a line. What exists is overwritten or kept, nothing removed; no consent is asked, no webhook called.

        Limits hold. What was skipped is returned. Raises ApiError 30003 when the line's user does not exist.
        """
        skipped = await self._lists(app, line)
        if line.Pendencies:
            skipped += await self._requests(app, line)
        times = {entry.To_Account: entry.FollowTimeMillis for entry in line.Following}
        peers = list(times)
        for at in range(0, len(peers), _CHUNK):
            outcomes = await self._follows.add(app, _NOBODY, line.UserID, peers[at : at + _CHUNK], times=times)
            skipped += [Skipped("Following", to, f"{code} {info}") for to, code, info in outcomes if code]
        return skipped

    async def _lists(self, app: App, line: UserLine) -> list[Skipped]:
        others = [f.To_Account for f in line.Friends] + [b.To_Account for b in line.BlackList]

        async def run(work: Work, alive: set[str]) -> list[Skipped]:
            owner = work.owners[line.UserID]
            skipped = [
                Skipped("Groups", name[:40], "no room, or no name of 1 to 30 bytes")
                for name in line.Groups
                if bad_group(name)[0] or owner.add_group(name) is None
            ]
            known = {name for _, name in owner.groups}
            have = await store_friends.load(work.tx, app.sdkappid, line.UserID, [f.To_Account for f in line.Friends])
            for entry in line.Friends:
                reason = _put_friend(work, owner, entry, have, alive, known)
                if reason:
                    skipped.append(Skipped("Friends", entry.To_Account, reason))
            return skipped + await self._blacklist(work, owner, line, alive)

        return await self._core.change(app, _NOBODY, line.UserID, others, run, hold_others=False)

    @staticmethod
    async def _blacklist(work: Work, owner: Owner, line: UserLine, alive: set[str]) -> list[Skipped]:
        skipped: list[Skipped] = []
        bits = await work.between(owner.user_id, [b.To_Account for b in line.BlackList], BLOCKS)
        new: list[Blocked] = []
        for entry in line.BlackList:
            peer = entry.To_Account
            if peer in bits:
                continue
            if peer not in alive or peer == owner.user_id:
                skipped.append(Skipped("BlackList", peer, "the account does not exist, or is the user"))
            elif owner.blocked >= work.app.limits.blacklist:
                skipped.append(Skipped("BlackList", peer, "the blacklist is full"))
            else:
                bits[peer] = BLOCKS
                owner.blocked += 1
                at, pos = entry.AddBlackTimeStamp, owner.touch_blacklist()
                new.append(Blocked(owner=owner.user_id, peer=peer, added_at=at, pos=pos))
                work.pair(owner.user_id, peer)
        await store_lists.block(work.tx, work.app.sdkappid, new)
        work.notices[owner.user_id].blocked.extend(entry.peer for entry in new)
        return skipped

    async def _requests(self, app: App, line: UserLine) -> list[Skipped]:
        async def run(work: Work, alive: set[str]) -> list[Skipped]:
            skipped: list[Skipped] = []
            waiting = await work.between(line.UserID, [p.From_Account for p in line.Pendencies], ASKED)
            ordered = sorted(line.Pendencies, key=lambda entry: entry.AddTime)
            for entry in ordered[-MAX_PENDING:]:
                if entry.From_Account not in alive or entry.From_Account == line.UserID:
                    skipped.append(Skipped("Pendencies", entry.From_Account, "the account does not exist"))
                elif bad := bad_text(source=entry.AddSource or None, remark=entry.Remark, wording=entry.AddWording):
                    skipped.append(Skipped("Pendencies", entry.From_Account, bad))
                elif entry.GroupName and bad_group(entry.GroupName)[0]:
                    skipped.append(Skipped("Pendencies", entry.From_Account, "Group_Illegal"))
                elif work.cutoff < entry.AddTime <= work.now:
                    again = entry.From_Account in waiting
                    waiting[entry.From_Account] = ASKED
                    work.ask(_request(line.UserID, entry), again=again)
                else:
                    skipped.append(Skipped("Pendencies", entry.From_Account, "the request has expired"))
            return skipped

        others = [entry.From_Account for entry in line.Pendencies]
        return await self._core.change(app, _NOBODY, line.UserID, others, run)


def _request(owner: str, entry: RequestLine) -> Pendency:
    return Pendency(
        owner=owner,
        peer=entry.From_Account,
        asked_at=entry.AddTime,
        remark=entry.Remark,
        group=entry.GroupName,
        source=entry.AddSource,
        wording=entry.AddWording,
    )


def _friend_line(friend: Friend, owner: Owner) -> FriendLine:
    return FriendLine(
        friend.peer,
        friend.added_at,
        friend.source,
        friend.remark,
        friend.remark_at,
        friend.wording,
        owner.names(friend.groups),
        friend.custom,
    )


def _put_friend(
    work: Work, owner: Owner, entry: FriendLine, have: dict[str, Friend], alive: set[str], known: Iterable[str]
) -> str:
    """Write one friend; why not, if not."""
    peer = entry.To_Account
    if peer not in alive or peer == owner.user_id:
        return "the account does not exist, or is the user"
    if bad := bad_text(source=entry.AddSource or None, remark=entry.Remark, wording=entry.AddWording):
        return bad
    custom = checked_custom(work.app, list(entry.CustomItem.items()))
    if custom is None:
        return "a custom field is not declared, or does not take its value"
    friend = have.get(peer)
    if friend is None and owner.friends >= work.app.limits.friends:
        return "the friend list is full"
    names = tuple(dict.fromkeys(name for name in entry.GroupName if name in known))
    made = Friend(
        owner=owner.user_id,
        peer=peer,
        added_at=entry.AddTime,
        pos=friend.pos if friend else 0,
        remark=entry.Remark,
        remark_at=entry.RemarkTime,
        source=entry.AddSource,
        wording=entry.AddWording,
        groups=owner.bits(names),
        custom=custom,
    )
    have[peer] = made
    if friend is None:
        work.befriend(made)
    elif friend != made:
        owner.touch()
        owner.touch_groups()
        owner.touch_custom()
        work.save(made)
    return ""
