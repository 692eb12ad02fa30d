"""The events of a change of relations, all in one place: for webhooks and for devices.

Domain events (webhooks.md 4.3 and 4.4) are raised inside the transaction; notices (docs/protocol.md 12 and 13) go to
the devices of every user concerned after the commit. A lost notice does no harm: clients read their lists anew when
they reconnect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from sodam.bus import Live, of_user
from sodam.notices import Kind, Notice
from sodam.relations.cache import Changed, RelationCache
from sodam.relations.model import Origin

_FRIENDS: Final = 7
_FOLLOWS: Final = 25
_MAX_UPDATES: Final = 100
_encode = msgspec.json.Encoder().encode


class FriendPair(msgspec.Struct, frozen=True):
    """``To_Account`` is in ``From_Account``'s list now."""

    From_Account: str
    To_Account: str
    Initiator_Account: str


class Pair(msgspec.Struct, frozen=True):
    From_Account: str
    To_Account: str


class DomainEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A change that webhooks report. The fields in capitals are the webhook's own."""

    app: int
    platform: str
    client_ip: str

    @property
    def command(self) -> str:
        return COMMANDS[type(self)]


class FriendAdded(DomainEvent, frozen=True, kw_only=True):
    PairList: list[FriendPair]
    ClientCmd: str
    Admin_Account: str
    ForceFlag: int


class FriendDeleted(DomainEvent, frozen=True, kw_only=True):
    PairList: list[Pair]


class BlackListAdded(DomainEvent, frozen=True, kw_only=True):
    PairList: list[Pair]


class BlackListDeleted(DomainEvent, frozen=True, kw_only=True):
    PairList: list[Pair]


class FollowTarget(msgspec.Struct, frozen=True):
    To_Account: str


class FollowAdded(DomainEvent, frozen=True, kw_only=True):
    From_Account: str
    FollowList: list[FollowTarget]
    EventTime: int


class FollowDeleted(DomainEvent, frozen=True, kw_only=True):
    From_Account: str
    To_Account: list[str]
    EventTime: int


COMMANDS: Final[dict[type[DomainEvent], str]] = {
    FriendAdded: "Sns.CallbackFriendAdd",
    FriendDeleted: "Sns.CallbackFriendDelete",
    BlackListAdded: "Sns.CallbackBlackListAdd",
    BlackListDeleted: "Sns.CallbackBlackListDelete",
    FollowAdded: "Follow.CallbackAfterFollowAdd",
    FollowDeleted: "Follow.CallbackAfterFollowDelete",
}


class Asked(NamedTuple):
    """A request, as a notice shows it: ``peer`` is who is shown, with nick and avatar."""

    applicant: str
    peer: str
    nick: str
    image: str
    source: str
    wording: str
    at: int


class Update(NamedTuple):
    peer: str
    fields: list[tuple[str, object]]


@dataclass(slots=True)
class UserNotice:
    """What one user's devices are notified of."""

    added: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    requests_gone: list[str] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    unblocked: list[str] = field(default_factory=list)
    read_at: int | None = None
    follows: list[tuple[str, str, list[tuple[int, int]]]] = field(default_factory=list)
    """(other user, nick, [(1 added or 0 gone, FollowType)])"""

    def notices(self) -> list[Notice]:
        """Elements of a push's EventArray. Each is one event: the SDK drops a whole event when it fails in a part."""
        items: list[dict[str, Any]] = []
        if self.requests_gone:
            items.append({"PushType": 4, "FrienPencydDel_Account": self.requests_gone})
        if self.deleted:
            items.append({"PushType": 2, "FriendDel_Account": self.deleted})
        if self.added:
            items.append({"PushType": 1, "FriendAdd_Account": self.added})
        items.extend({"PushType": 3, "From_Account": a.applicant, "PendencyAdd": [_pendency(a)]} for a in self.asked)
        items.extend(
            {"PushType": 6, "FriendUpInfo": list(map(_update, self.updates[at : at + _MAX_UPDATES]))}
            for at in range(0, len(self.updates), _MAX_UPDATES)
        )
        if self.blocked:
            items.append({"PushType": 8, "BlackListAdd_Account": self.blocked})
        if self.unblocked:
            items.append({"PushType": 8, "BlackListDel_Account": self.unblocked})
        if self.read_at is not None:
            items.append({"PushType": 7, "ReportTime": self.read_at})
        notices = [Notice(_encode({"Event": _FRIENDS, "FriendListMod": [item]}), Kind.RELATION) for item in items]
        if self.follows:
            changes = [
                {
                    "From_Account": user_id,
                    "Nick": nick,
                    "FollowDiffList": [{"IsAdd": added, "FollowType": kind} for added, kind in diffs],
                }
                for user_id, nick, diffs in self.follows
            ]
            notices.append(Notice(_encode({"Event": _FOLLOWS, "FollowChangeList": changes})))
        return notices


def _pendency(asked: Asked) -> dict[str, Any]:
    return {
        "PendencyAdd_Account": asked.peer,
        "ProfileImNick": asked.nick,
        "ProfileImImage": asked.image,
        "AddSource": asked.source,
        "AddWording": asked.wording,
        "AddTime": asked.at,
    }


def _update(update: Update) -> dict[str, Any]:
    fields = [{"Tag": tag, "ValueBytes": value} for tag, value in update.fields]
    for_lite = [{"BytesTag": tag, "BytesValue": value} for tag, value in update.fields]
    return {"Friend_Account": update.peer, "Sns": fields, "SNS": for_lite}


class Notices(dict[str, UserNotice]):
    """What the devices of each user are notified of, by UserID; an entry appears when it is asked for."""

    def __missing__(self, user_id: str) -> UserNotice:
        notice_of = self[user_id] = UserNotice()
        return notice_of


class Announcer:
    """Tells devices, and makes every node forget what changed."""

    def __init__(self, live: Live, cache: RelationCache) -> None:
        self._live = live
        self._cache = cache

    def announce(self, app: int, changed: Changed, notices: Notices, origin: Origin) -> None:
        """Call after the commit. The device that asked is notified too: its answer changes nothing there."""
        if changed.owners or changed.pairs or changed.erased:
            self._cache.hints.changed(changed)
        for user_id, notice_of in notices.items():
            topic = of_user(app, user_id)
            if self._live.wanted(topic):
                exclude = origin.instid if notice_of.read_at is not None and user_id == origin.operator else 0
                for notice in notice_of.notices():
                    self._live.send(topic, notice, exclude=exclude)
