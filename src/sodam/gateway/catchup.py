"""Catching up, without socket, loop, clock or database: which notices a device gets, when, and what counts twice.

The web SDK adds 1 to its unread number for every message pushed and takes the numbers of ``getmsg`` as they are
(docs/protocol.md section 6). So from sign-in until ``getmsg`` was answered, notices are held back; of those for
messages some stand in the pages that the answers carry, and are dropped, and the others are sent once the client has
worked on the answer. Of these the numbers must not hold those that were stored when the numbers were read.

It does not add for a message of an earlier second than the newest that the conversation list showed: those stay in
the numbers although they are pushed, too.

``Place`` says all that must be known of a message, so that whatever has places can be caught up with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sodam.notices import Key, Kind, Notice, Place

HOLD_SECONDS: Final = 5.0
"""For so long a device is waited for: after sign-in for its first page, after a page for the next one."""
DIGEST_SECONDS: Final = 0.25
"""The SDK takes some moments over the answer and the conversation list; what is pushed meanwhile overtakes them."""


class Round:
    """One ``getmsg``: what was held back when it began, and when the unread numbers were read."""

    __slots__ = ("_before", "_held", "_looked", "_rest", "_shown")

    def __init__(self, held: list[Notice], shown: Mapping[str, int] | None = None) -> None:
        self._held = held
        self._shown: Mapping[str, int] = {} if shown is None else shown
        self._before = self._looked = len(held)
        self._rest: list[tuple[bool, Place]] | None = None

    def looked(self) -> None:
        """The page was read, and the unread numbers are read next: they count what is held by now."""
        self._looked = len(self._held)

    def drop(self, page: Collection[Key], past: int = 0) -> None:
        """Forget the messages that this page, an earlier or a later one carries.

        Those held when the round began were stored before the page was read, so that they stand in some page, unless
        their second is not behind ``past``, up to which earlier pages went.
        """
        kept = []
        rest = []
        for at, notice in enumerate(self._held):
            place = notice.place if notice.kind is Kind.MESSAGE else None
            if place is not None:
                if place.key in page or (at < self._before and place.msg_time > past):
                    continue
                rest.append((at < self._looked, place))
            kept.append(notice)
        self._held[:] = kept
        self._rest = rest

    def counted(self, owner: str, ends: Mapping[str, int]) -> list[Place]:
        """The messages still held that the unread numbers of ``owner`` count already, and the client will: up to the
        sequences ``ends`` of the conversations, by peer.

        A message whose sequence is not known is one that is announced once more: it was stored long before.
        """
        if self._rest is None:
            self._rest = [
                (at < self._looked, notice.place)
                for at, notice in enumerate(self._held)
                if notice.kind is Kind.MESSAGE and notice.place is not None
            ]
        return [
            place
            for before, place in self._rest
            if (before or not place.seq or place.seq <= ends.get(place.peer(owner), 0))
            and place.msg_time >= self._shown.get(place.peer(owner), 0)
        ]


class CatchUp:
    """What is held back from one device.

    ``held`` is None while nothing is: notices then go at once. A plan to release is a round's; a round that begins
    later ends it, so that nothing goes that the later answer carries too, and so does a list that is answered
    meanwhile: the client's moments over it begin with that answer.
    """

    __slots__ = ("_answered", "_listings", "_plan", "_round", "_shown", "deadline", "held")

    def __init__(self) -> None:
        self.held: list[Notice] | None = None
        self.deadline = 0.0
        """When everything goes, whatever the client does."""
        self._round: Round | None = None
        self._answered = False
        self._listings = 0
        self._plan = 0
        self._shown: dict[str, int] = {}

    def hold(self, now: float) -> list[Notice]:
        """Hold notices back until ``HOLD_SECONDS`` from now at most."""
        if self.held is None:
            self.held = []
        self.deadline = now + HOLD_SECONDS
        return self.held

    def begin(self, now: float) -> Round:
        """A ``getmsg`` begins."""
        self._round = Round(self.hold(now), self._shown)
        self._answered = False
        self._plan += 1
        return self._round

    def listing(self) -> None:
        """The conversation list is being read: until ``listed`` nothing goes."""
        self._listings += 1

    def listed(self) -> Round | None:
        """The list was answered. The round that is to be planned anew because of that, if any is."""
        self._listings -= 1
        return self._round if self._answered and not self._listings else None

    def planned(self, round_: Round) -> int | None:
        """A round was answered, or the list after it: the plan to release what it holds; None if none is needed."""
        if self._round is not round_:
            return None
        self._answered = True
        self._plan += 1
        return self._plan

    def due(self, plan: int) -> list[Notice]:
        """The client took the answer that a plan was made for, and ``DIGEST_SECONDS`` have passed: what goes now."""
        if plan != self._plan or self._listings:
            return []
        return self.release()

    def release(self) -> list[Notice]:
        """Hold nothing back any more; the notices that go now."""
        held = self.held or []
        self.clear()
        return held

    def shown(self, times: Mapping[str, int]) -> None:
        """The conversation list shows messages of these seconds as the newest of one-to-one conversations, by peer."""
        if self.held is not None:
            self._shown.update(times)

    def drop_groups(self, ends: Mapping[str, int]) -> None:
        """Forget messages of groups up to these sequences: the conversation list, which counts them, carries them."""
        if self.held:
            self.held[:] = [
                notice
                for notice in self.held
                if notice.kind is not Kind.GROUP
                or notice.place is None
                or notice.place.seq > ends.get(notice.place.recipient, 0)
            ]

    def clear(self) -> None:
        """Forget all: nobody is signed in any more."""
        self.held = self._round = None
        self._answered = False
        self._plan += 1
        self._shown = {}


def unread_numbers(
    owner: str, unread: Mapping[str, int], pushed: Iterable[Place], senders: Iterable[str] = ()
) -> dict[str, int]:
    """Unread numbers by peer, without the messages that are ``pushed`` behind them: the client adds those by itself.

    ``senders`` of messages in the page are named also with 0: the SDK would count those messages.
    """
    numbers = dict(unread)
    for place in pushed:
        if place.counts and place.sender != owner and numbers.get(place.sender):
            numbers[place.sender] -= 1
    named = set(senders)
    return {peer: count for peer, count in numbers.items() if count or peer in named}
