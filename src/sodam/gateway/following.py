"""Which groups' topics a connection is registered for: those that its user is a member of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sodam.bus import LiveSession, Topic
from sodam.errors import Unavailable
from sodam.groups.feed import of_group
from sodam.notices import Kind, Notice
from sodam.services import Services


class Following:
    """Of all connections of a node."""

    def __init__(self, services: Services) -> None:
        self._live = services.live
        self._groups = services.groups
        self._of: dict[LiveSession, dict[Topic, None]] = {}

    async def begin(self, session: LiveSession, user: Topic) -> None:
        """Register a session of ``user`` for the user's groups; again, after hints may have been lost.

        When this returns, whatever is stored in these groups reaches the session, until ``end``.
        """
        here = self._of.setdefault(session, {})
        joined = [group_id for group_id, _, _ in await self._groups.joined(user.app, user.name)]
        if self._of.get(session) is not here:
            return  # it is gone, or somebody else signed in there
        topics = dict.fromkeys(of_group(user.app, group_id) for group_id in joined)
        self._remove(session, [topic for topic in here if topic not in topics])
        for topic in topics:
            self._live.add(topic, session)
        here.update(topics)
        await self._groups.feed.begin(user.app, joined)
        await self._groups.rooms.back(session, user.app, user.name)

    async def again(self, session: LiveSession, user: Topic, failed: Callable[[], None]) -> None:
        """``begin`` after hints may have been lost; ``failed`` is called when the database does not answer."""
        try:
            await self.begin(session, user)
        except Unavailable:
            failed()

    def change(self, session: LiveSession, user: Topic, notice: Notice) -> None:
        """The user has joined a group or is out of it."""
        here = self._of.get(session)
        place = notice.place
        if here is None or place is None:
            return
        topic = of_group(user.app, place.recipient)
        if notice.kind is Kind.FOLLOW:
            self._live.add(topic, session)
            here[topic] = None
            self._groups.feed.begin_at(user.app, place.recipient, place.seq, place.msg_seq)
        else:
            self._remove(session, [topic])
            self._groups.rooms.put_out(session, user.app, place.recipient)

    def end(self, session: LiveSession) -> None:
        self._groups.rooms.lost(session)
        self._remove(session, list(self._of.pop(session, ())))

    def _remove(self, session: LiveSession, topics: Iterable[Topic]) -> None:
        here = self._of.get(session)
        for topic in topics:
            self._live.remove(topic, session)
            if here is not None:
                here.pop(topic, None)
