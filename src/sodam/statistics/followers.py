"""What other packages raise, as it is counted. Each transaction writes all of it with one statement, at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sodam.accounts.events import AccountsAdded, AccountsDeleted
from sodam.groups.events import GroupAdded, GroupDestroyed, GroupMessagesSent, MembersJoined, MembersLeft
from sodam.push.events import PushesCounted
from sodam.relations.events import FriendAdded, FriendDeleted, FriendPair, Pair
from sodam.statistics.model import (
    ACCOUNTS,
    ACCOUNTS_GONE,
    APNS,
    FRIENDS,
    FRIENDS_GONE,
    GROUP,
    GROUP_DOWN,
    GROUPS,
    GROUPS_GONE,
    HAD_MESSAGES,
    JOINS,
    LEAVES,
    PUSH,
    ROOM,
    SENT_GROUP,
    Counted,
)
from sodam.storage import Events, Tx

E = TypeVar("E")
_APPLE: Final = ("apns_p8", "apns_p12")


class Followers:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def follow(self, events: Events) -> None:
        events.subscribe(GroupMessagesSent, self._messages)
        events.subscribe(PushesCounted, self._pushes)
        self._each(events, AccountsAdded, ACCOUNTS, lambda e: e.number)
        self._each(events, AccountsDeleted, ACCOUNTS_GONE, lambda e: len(e.user_ids))
        self._each(events, GroupAdded, GROUPS, lambda e: 1)
        self._each(events, GroupDestroyed, GROUPS_GONE, lambda e: 1)
        self._each(events, MembersJoined, JOINS, lambda e: len(e.user_ids))
        self._each(events, MembersLeft, LEAVES, lambda e: len(e.user_ids))
        self._each(events, FriendAdded, FRIENDS, lambda e: _pairs(e.PairList))
        self._each(events, FriendDeleted, FRIENDS_GONE, lambda e: _pairs(e.PairList))

    def _each(self, events: Events, kind: type[E], what: str, number: Callable[[E], int]) -> None:
        async def subscriber(tx: Tx, raised: Sequence[Any]) -> None:
            at = int(self._clock())
            for event in raised:
                tx.emit(Counted(app=event.app, counts={what: number(event)}, at=at))

        events.subscribe(kind, subscriber)

    async def _messages(self, tx: Tx, raised: Sequence[GroupMessagesSent]) -> None:
        for event in raised:
            sent = len(event.senders)
            counts = {ROOM: sent} if event.room else {GROUP: sent, GROUP_DOWN: event.receivers}
            users = {} if event.room else dict.fromkeys(event.senders, SENT_GROUP)
            groups = {event.group_id: HAD_MESSAGES}
            tx.emit(Counted(app=event.app, counts=counts, at=event.at, users=users, groups=groups))

    async def _pushes(self, tx: Tx, raised: Sequence[PushesCounted]) -> None:
        for event in raised:
            if event.outcome == "wait":  # it is tried again
                continue
            good = event.outcome == "ok"
            counts = {f"{PUSH}.{event.vendor}.{'ok' if good else 'bad'}": event.number}
            if good and event.vendor in _APPLE:
                counts[APNS + event.kind] = event.number
            tx.emit(Counted(app=event.app, counts=counts, at=event.at))


def _pairs(listed: Sequence[FriendPair] | Sequence[Pair]) -> int:
    return len({frozenset((pair.From_Account, pair.To_Account)) for pair in listed})
