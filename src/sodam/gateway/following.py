"""Which groups' topics a connection is registered for: those that its user is a member of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sodam.bus import LiveSession, Topic
from sodam.errors import Unavailable
from sodam.groups.feed import of_group
from sodam.notices import Kind, Notice, Place
from sodam.services import Services


class _Here:
    """What one connection follows."""

    __slots__ = ("changes", "joined", "topics", "user")

    def __init__(self, user: Topic) -> None:
        self.user = user
        self.topics: dict[Topic, None] = {}
        self.joined: dict[str, int] = {}
        """Groups that were joined a moment ago, with the sequence that each had come to; until something newer is heard
        of it."""
        self.changes = 0
        """How often a hint changed it: what was read before counts no more."""


class Following:
    """Of all connections of a node."""

    def __init__(self, services: Services) -> None:
        self._live = services.live
        self._groups = services.groups
        self._of: dict[LiveSession, _Here] = {}
        self._groups.feed.crowds.check = self.check

    async def begin(self, session: LiveSession, user: Topic) -> None:
        """Register a session of ``user`` for the user's groups; again, after hints may have been lost.

        When this returns, whatever is stored in these groups reaches the session, until ``end``.
        """
        here = self._of.setdefault(session, _Here(user))
        while True:
            changes = here.changes
            joined = [group_id for group_id, _, _ in await self._groups.joined(user.app, user.name)]
            if self._of.get(session) is not here:
                return  # it is gone, or somebody else signed in there
            if here.changes == changes:
                break  # nobody joined or left while it was read
        if joined or here.topics:
            await self._join(session, user, joined, here)
        if self._groups.rooms.awaits_somebody():  # as at few sign-ins
            await self._groups.rooms.back(session, user.app, user.name)

    async def _join(self, session: LiveSession, user: Topic, joined: list[str], here: _Here) -> None:
        topics = dict.fromkeys(of_group(user.app, group_id) for group_id in joined)
        self._remove(session, [topic for topic in here.topics if topic not in topics])
        for topic in topics:
            self._live.add(topic, session)
        here.topics.update(topics)
        await self._groups.feed.begin(user.app, joined)

    async def again(self, session: LiveSession, user: Topic, failed: Callable[[], None]) -> None:
        """``begin`` after hints may have been lost; ``failed`` is called when the database does not answer."""
        try:
            await self.begin(session, user)
        except Unavailable:
            failed()

    async def check(self, topic: Topic) -> None:
        """Whoever follows a group and is no member of it, as a hint said that was lost, follows it no longer."""
        before = {
            session: (here, here.changes)
            for session in self._live.local(topic)
            if (here := self._of.get(session)) is not None and topic in here.topics
        }
        if not before:
            return
        names = {here.user.name for here, _ in before.values()}
        inside = await self._groups.members.among(topic.app, topic.name, names)
        for session, (here, changes) in before.items():
            if here.user.name not in inside and self._of.get(session) is here and here.changes == changes:
                self._remove(session, [topic])

    def change(self, session: LiveSession, user: Topic, notice: Notice) -> None:
        """The user has joined a group or is out of it."""
        here = self._of.get(session)
        place = notice.place
        if here is None or place is None:
            return
        here.changes += 1
        topic = of_group(user.app, place.recipient)
        if notice.kind is Kind.FOLLOW:
            self._live.add(topic, session)
            here.topics[topic] = None
            here.joined[place.recipient] = place.seq
            self._groups.feed.begin_at(user.app, place.recipient, place.seq, place.msg_seq)
        else:
            self._remove(session, [topic])
            self._groups.rooms.put_out(session, user.app, place.recipient)

    def before_joining(self, session: LiveSession, place: Place) -> tuple[bool, bool]:
        """Whether a message of a group was there before the user joined it, and whether another one may be.

        A node where somebody follows the group already may hear of it only now, when it was sent on another one.
        """
        here = self._of.get(session)
        read = here.joined.get(place.recipient) if here is not None else None
        if here is None or read is None:
            return False, here is not None and bool(here.joined)
        if place.seq <= read:
            return place.seq > 0, True
        del here.joined[place.recipient]  # what follows comes in order
        return False, bool(here.joined)

    def end(self, session: LiveSession) -> None:
        if self._groups.rooms.occupied():
            self._groups.rooms.lost(session)
        here = self._of.pop(session, None)
        for topic in list(here.topics) if here is not None else ():
            self._live.remove(topic, session)

    def _remove(self, session: LiveSession, topics: Iterable[Topic]) -> None:
        here = self._of.get(session)
        for topic in topics:
            self._live.remove(topic, session)
            if here is not None:
                here.topics.pop(topic, None)
                here.joined.pop(topic.name, None)
