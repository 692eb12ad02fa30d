"""Requests to be friends that wait for an answer (rest-accounts-relations.md 6.17, docs/protocol.md section 12).

One row serves both sides: the one asked sees it come in, the one who asks sees it sent out. It ends by an answer, by
deletion on either side, by age, when 100 newer ones wait, when one side blocks the other, or with an account.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from sodam.accounts.model import Account
from sodam.apps.model import App
from sodam.errors import Code
from sodam.relations import store_lists
from sodam.relations.adding import befriended, other_side
from sodam.relations.fields import bad_groups, bad_text
from sodam.relations.model import (
    FRIENDS,
    HAD,
    HAS,
    MAX_PENDING,
    PENDENCY_SECONDS,
    Friend,
    Origin,
    Outcome,
    Pendency,
    Reply,
    refused,
)
from sodam.relations.work import Core, Work

Kind = Literal["Pendency_Type_ComeIn", "Pendency_Type_SendOut", "Pendency_Type_Both"]
COME_IN: Kind = "Pendency_Type_ComeIn"
SEND_OUT: Kind = "Pendency_Type_SendOut"
_RESPONSE = "FriendResponse"
_DELETE = "PendencyDelete"
_RANK_BITS: Final = 20
_CAME_IN: Final = 1 << _RANK_BITS - 1
_FIRST_PLACE: Final = 1 << 33
"""No unix second is so large before the year 2242, and no place so small: what a client sends back is either."""


class Listed(NamedTuple):
    """A request as a list shows it: ``peer`` is the other side."""

    peer: Account
    kind: Kind
    source: str
    wording: str
    at: int


class Pendencies:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def answer(self, app: App, origin: Origin, user_id: str, replies: Sequence[Reply]) -> list[Outcome]:
        """Answer requests. Agree: the asker gets the user as a friend; AgreeAndAdd: each the other; Reject: none.

        30614 for a request that is gone. One outcome a reply, in order. Raises ApiError 30003.
        """
        core = self._core
        await core.requester(app.sdkappid, user_id)
        if core.guard is not None and not origin.admin:
            refusals = await core.guard.answering(app, origin, user_id, replies)
            going = [reply for reply in replies if reply.to not in refusals]
            outcomes = iter(await self._answer(app, origin, user_id, going) if going else ())
            return [refusals.get(reply.to) or next(outcomes) for reply in replies]
        return await self._answer(app, origin, user_id, replies)

    async def _answer(self, app: App, origin: Origin, user_id: str, replies: Sequence[Reply]) -> list[Outcome]:
        core = self._core
        known = await core.accounts.find_many(app.sdkappid, [reply.to for reply in replies])

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            peers = [reply.to for reply in replies if reply.to in alive]
            bits = await work.between(user_id, peers, FRIENDS)
            waiting = await store_lists.asked(work.tx, app.sdkappid, user_id, peers, work.cutoff)
            pairs: list[tuple[str, str]] = []
            answered: list[str] = []
            outcomes = []
            for reply in replies:
                request = waiting.get(reply.to)
                outcome = _decide(work, user_id, reply, request, bits.get(reply.to, 0), pairs)
                if outcome.code == 0:
                    answered.append(reply.to)
                    waiting.pop(reply.to)
                outcomes.append(outcome)
            if answered:
                mutual = [owner for owner, peer in pairs if peer == user_id and (user_id, owner) in pairs]
                # A request the other way has nothing left to ask for.
                await work.remove_requests(user_id, answered, mutual)
            befriended(work, pairs, "friend_response", lambda owner, peer: peer if owner == user_id else owner)
            return outcomes

        return await core.change(app, origin, user_id, known, run)

    async def get(
        self, app: int, user_id: str, kind: Kind, *, before: int, limit: int
    ) -> tuple[list[Listed], int, int, int]:
        """Requests, newest first, at most ``limit``: those made at or before the second ``before`` (0: all), or what
        follows the place ``before`` that an earlier page ended with.

        With them how many that came in are unread, from where to ask on (0: that was all), and the sequence.
        Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app, user_id)
        cutoff = core.now() - PENDENCY_SECONDS
        owner = await core.owner(app, user_id)
        came = await store_lists.incoming(core.db, app, user_id, cutoff) if owner.pending else []
        unread = sum(request.asked_at > owner.read_at for request in came)
        went = [] if kind == COME_IN else await store_lists.outgoing(core.db, app, user_id, cutoff, MAX_PENDING)
        found = [(request, request.peer, COME_IN) for request in came if kind != SEND_OUT]
        found += [(request, request.owner, SEND_OUT) for request in went]
        page, following = _page(found, before, limit)
        accounts = await core.accounts.find_many(app, [peer for _, peer, _ in page])
        listed = [
            Listed(accounts[peer], shown, request.source, request.wording, request.asked_at)
            for request, peer, shown in page
            if peer in accounts
        ]
        return listed, unread, following, owner.pending_seq

    async def delete(self, app: App, origin: Origin, user_id: str, kind: Kind, peers: Sequence[str]) -> list[Outcome]:
        """Delete requests that came in, were sent out, or both; 31804 for one that is gone. Raises ApiError 30003."""
        core = self._core
        await core.requester(app.sdkappid, user_id)
        known = await core.accounts.find_many(app.sdkappid, peers)

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            others = [peer for peer in peers if peer in alive]
            came, went = await work.remove_requests(
                user_id, [] if kind == SEND_OUT else others, [] if kind == COME_IN else others
            )
            gone = came | went
            outcomes = []
            for peer in peers:
                if peer in gone:
                    gone.discard(peer)
                    outcomes.append(Outcome(peer))
                elif peer in known:
                    outcomes.append(refused(_DELETE, peer, Code.SNS_PENDING_DELETE_NOT_FOUND, "Pendency_Not_Exist"))
                else:
                    outcomes.append(refused(_DELETE, peer, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account"))
            return outcomes

        return await core.change(app, origin, user_id, known, run)

    async def report(self, app: App, origin: Origin, user_id: str, read_at: int) -> None:
        """Mark as read the requests made up to a second; never marks as unread. Raises ApiError 30003."""
        await self._core.requester(app.sdkappid, user_id)

        async def run(work: Work, alive: set[str]) -> None:
            owner = work.owners[user_id]
            if read_at > owner.read_at:
                owner.read_at = min(read_at, work.now)
                owner.touch_pending()
                work.notices[user_id].read_at = read_at

        await self._core.change(app, origin, user_id, (), run)


_Found = tuple[Pendency, str, Kind]
"""A request, who the other side is, and how it is shown."""


def _place(entry: _Found) -> int:
    """Where a request stands in a list: its second, and within that a rank that stays. Below 2^53, as JSON needs.

    What came in ranks by arrival; what was sent out is in other users' lists, whose numbers say nothing here.
    """
    request, peer, shown = entry
    rank = _CAME_IN | request.pos % _CAME_IN if shown == COME_IN else zlib.crc32(peer.encode()) % _CAME_IN
    return request.asked_at << _RANK_BITS | rank


def _page(found: list[_Found], before: int, limit: int) -> tuple[list[_Found], int]:
    """The newest ``limit`` of what ``before`` leaves, and where the next page begins.

    Between two seconds that is the next request's second, as clients know it; within a second it is a place.
    """
    if before >= _FIRST_PLACE:
        found = [entry for entry in found if _place(entry) < before]
    elif before:
        found = [entry for entry in found if entry[0].asked_at <= before]
    found.sort(key=_place, reverse=True)
    while limit < len(found) and _place(found[limit]) == _place(found[limit - 1]):
        limit += 1  # ranks are no names: two may be equal, which a page must not divide
    if limit >= len(found):
        return found, 0
    last, following = found[limit - 1], found[limit]
    within = last[0].asked_at == following[0].asked_at
    return found[:limit], _place(last) if within else following[0].asked_at


def _decide(
    work: Work, user_id: str, reply: Reply, request: Pendency | None, has: int, pairs: list[tuple[str, str]]
) -> Outcome:
    """One reply; new entries (owner, peer) are made and added to ``pairs``."""
    to = reply.to
    if request is None:
        return refused(_RESPONSE, to, Code.SNS_PENDING_NOT_FOUND, "Pendency_Not_Exist")
    if reply.action == "Response_Action_Reject":
        return Outcome(to)
    me, asker = work.owners[user_id], work.owners[to]
    limit = work.app.limits.friends
    mutual = reply.action == "Response_Action_AgreeAndAdd"
    names = (reply.group,) if reply.group else ()
    if bad := bad_text(source=None, remark=reply.remark, wording=None):
        return refused(_RESPONSE, to, Code.SNS_BAD_REQUEST, bad)
    if mutual and not has & HAS and me.friends >= limit:
        return refused(_RESPONSE, to, Code.SNS_FRIENDS_FULL, "My_Friend_Num_Exceed_Threshold")
    if not has & HAD and asker.friends >= limit:
        return refused(_RESPONSE, to, Code.SNS_PEER_FRIENDS_FULL, "Peer_Friend_Num_Exceed_Threshold")
    code, reason = bad_groups(names, me) if mutual else (Code.OK, "")
    if code:
        return refused(_RESPONSE, to, code, reason)
    if not has & HAD:
        work.befriend(other_side(work, to, user_id, request.source, request))
        pairs.append((to, user_id))
    if mutual and not has & HAS:
        friend = Friend(owner=user_id, peer=to, added_at=work.now, source=request.source, wording=request.wording)
        friend.remark, friend.remark_at = reply.remark, work.now if reply.remark else 0
        friend.groups = me.bits(names)
        work.befriend(friend)
        pairs.append((user_id, to))
    return Outcome(to)
