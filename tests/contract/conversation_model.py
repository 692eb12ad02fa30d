"""What conversations are, in as few words as possible: the truth that both engines are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sodam.messages.clock import SECOND, STEP_SECONDS
from sodam.messages.model import FIRST_NUMBER, HIDE_RECEIVER, HIDE_SENDER, IMPORTED, NO_LAST, NO_UNREAD

RETENTION = 7 * 86400
Pair = tuple[str, ...]


@dataclass(eq=False)
class Said:
    """A message. ``number`` is its MsgSeq's partner: unique, so that no two messages stand in one place."""

    sender: str
    recipient: str
    number: int
    seq: int
    text: str
    flags: int
    time: int
    listed_at: int
    """Microseconds."""
    arrival: int
    sent_at: int
    asked_seq: int
    """MsgSeq as the sender gave it: 0 for none."""
    purged: bool = False
    recalled: bool = False
    read: bool = False
    receipt: bool = False
    version: int = 0
    deleted_by: set[str] = field(default_factory=set)

    @property
    def place(self) -> tuple[int, int, int]:
        return (self.time, self.seq, self.number)

    @property
    def rank(self) -> tuple[int, ...]:
        """Imported messages stand before the live ones of their second, by MsgSeq; everything else by arrival."""
        imported = self.flags & IMPORTED
        return (self.time, 0, self.asked_seq, self.arrival) if imported else (self.time, 1, self.arrival)

    def hidden_from(self, owner: str) -> bool:
        return bool(self.flags & (HIDE_SENDER if owner == self.sender else HIDE_RECEIVER))


@dataclass
class Side:
    """A conversation as one user keeps it."""

    read_time: int = 0
    hidden: int = 0
    cleared: int = 0
    top: int = 0
    mute: int = 0


class Listed(NamedTuple):
    peer: str
    last_seq: int
    last_time: int
    list_time: int
    unread: int
    read_time: int
    peer_read_time: int
    clear_seq: int
    top_time: int
    mute: int


class Model:
    def __init__(self, now: int) -> None:
        self.now = now
        self.said: list[Said] = []
        self.stamp = 0
        self.sides: dict[tuple[str, str], Side] = {}

    def side(self, owner: str, peer: str) -> Side:
        return self.sides.setdefault((owner, peer), Side())

    def of(self, one: str, other: str) -> list[Said]:
        return [m for m in self.said if {m.sender, m.recipient} == {one, other}]

    def find(self, number: int) -> Said | None:
        return next((m for m in self.said if m.number == number), None)

    def add(self, sender: str, recipient: str, number: int, seq: int, flags: int, time: int | None = None) -> Said:
        before = self.of(sender, recipient)
        asked = seq
        listed_at = self.stamp = max(self.now * SECOND, self.stamp + 1)
        if time is None:
            live = [m for m in before if not m.flags & IMPORTED]
            time = max([self.now, *(m.time for m in live)])
            if not seq:
                seq = 1 + max((m.seq for m in live if m.time == time), default=FIRST_NUMBER)
        else:
            listed_at = min(listed_at, time * SECOND)
            if time < self.now - RETENTION:
                flags |= NO_UNREAD
            if not seq:
                numbered = [m for m in before if m.flags & IMPORTED and m.time == time and not m.asked_seq]
                seq = 1 + max((m.seq for m in numbered), default=FIRST_NUMBER)
        numbers = (listed_at, len(before) + 1, self.now, asked)
        said = Said(sender, recipient, number, seq, f"text {number}", flags, time, *numbers)
        self.said.append(said)
        return said

    def restart(self) -> None:
        """What a server knows of arrivals is what stands in the lists."""
        shown = [m for m in self.said if not m.flags & NO_LAST]
        seen = [m for m in shown if not (m.hidden_from(m.sender) and m.hidden_from(m.recipient))]
        self.stamp = max((m.listed_at for m in seen), default=0)

    def purge(self) -> None:
        for message in self.said:
            message.purged |= self.expired(message)

    def _newest(self, one: str, other: str) -> int:
        return max((m.time for m in self.of(one, other) if not m.purged), default=0)

    def mark_read(self, reader: str, peer: str, until: int) -> None:
        if not self.of(reader, peer):
            return
        side = self.side(reader, peer)
        newest = self._newest(reader, peer)
        ahead = STEP_SECONDS if newest > self.now + STEP_SECONDS else 0
        if until >= min(self.now - ahead, newest):
            until = max(side.read_time, newest)
        if until < side.read_time:
            return
        side.read_time = until
        for message in self.of(reader, peer):
            message.read |= message.recipient == reader and message.time <= until

    def hide(self, owner: str, peer: str, *, clear: bool, remove: bool) -> None:
        messages = self.of(owner, peer)
        if not messages:
            return
        side = self.side(owner, peer)
        side.read_time = max(side.read_time, self._newest(owner, peer))
        for message in messages:
            message.read |= message.recipient == owner
        if remove:
            side.hidden, side.top = len(messages), 0
        if clear:
            side.cleared = len(messages)

    def expired(self, message: Said) -> bool:
        return message.purged or message.time < self.now - RETENTION

    def history(self, owner: str, peer: str) -> list[Said]:
        """Newest first."""
        cleared = self.side(owner, peer).cleared
        visible = [
            m
            for m in self.of(owner, peer)
            if not (m.hidden_from(owner) or owner in m.deleted_by or m.arrival <= cleared or self.expired(m))
        ]
        return sorted(visible, key=lambda m: m.rank, reverse=True)

    def last(self, owner: str, peer: str) -> Said | None:
        return next((m for m in self.history(owner, peer) if not m.flags & NO_LAST), None)

    def unread(self, owner: str, peer: str) -> int:
        return sum(
            m.recipient == owner != m.sender
            and not (m.read or m.recalled or m.hidden_from(owner) or m.flags & NO_UNREAD)
            and not (owner in m.deleted_by or self.expired(m))
            for m in self.of(owner, peer)
        )

    def head(self, owner: str, peer: str) -> Listed:
        side, messages = self.side(owner, peer), self.of(owner, peer)
        if not messages:
            return Listed(peer, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        live = [m.time for m in messages if not m.flags & IMPORTED]
        return Listed(
            peer,
            len(messages),
            max(live, default=0),
            self._listed_at(owner, peer) // SECOND,
            self.unread(owner, peer),
            side.read_time,
            self.side(peer, owner).read_time,
            side.cleared,
            side.top,
            side.mute,
        )

    def _listed_at(self, owner: str, peer: str) -> int:
        listed = [m for m in self.of(owner, peer) if not (m.flags & NO_LAST or m.hidden_from(owner))]
        return max((m.listed_at for m in listed), default=0)

    def heads(self, owner: str, users: str) -> list[Listed]:
        """The conversation list in its order."""
        shown = [
            self.head(owner, peer)
            for peer in users
            if any(
                m.arrival > self.side(owner, peer).hidden
                for m in self.of(owner, peer)
                if not (m.flags & NO_LAST or m.hidden_from(owner))
            )
        ]
        return sorted(shown, key=lambda h: (h.top_time == 0, -self._listed_at(owner, h.peer), h.peer))
