"""What conversations are, in as few words as possible: the truth that both engines are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sodam.messages.model import HIDE_RECEIVER, HIDE_SENDER, IMPORTED, NO_LAST, NO_UNREAD

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
    arrival: int
    recalled: bool = False
    read: bool = False
    receipt: bool = False
    version: int = 0
    deleted_by: set[str] = field(default_factory=set)

    @property
    def place(self) -> tuple[int, int, int]:
        return (self.time, self.seq, self.number)

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
        self.sides: dict[tuple[str, str], Side] = {}

    def side(self, owner: str, peer: str) -> Side:
        return self.sides.setdefault((owner, peer), Side())

    def of(self, one: str, other: str) -> list[Said]:
        return [m for m in self.said if {m.sender, m.recipient} == {one, other}]

    def find(self, number: int) -> Said | None:
        return next((m for m in self.said if m.number == number), None)

    def add(self, sender: str, recipient: str, number: int, seq: int, flags: int, time: int | None = None) -> Said:
        before = self.of(sender, recipient)
        if time is None:
            time = max([self.now, *(m.time for m in before if not m.flags & IMPORTED)])
            listed_at = self.now
        else:
            listed_at = time
        said = Said(sender, recipient, number, seq, f"text {number}", flags, time, listed_at, len(before) + 1)
        self.said.append(said)
        return said

    def _newest(self, one: str, other: str) -> int:
        return max((m.time for m in self.of(one, other)), default=0)

    def mark_read(self, reader: str, peer: str, until: int) -> None:
        side = self.side(reader, peer)
        until = min(until, max(self.now, self._newest(reader, peer)))
        if not self.of(reader, peer) or until < side.read_time:
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
        return message.time < self.now - RETENTION

    def history(self, owner: str, peer: str) -> list[Said]:
        """Newest first."""
        cleared = self.side(owner, peer).cleared
        visible = [
            m
            for m in self.of(owner, peer)
            if not (m.hidden_from(owner) or owner in m.deleted_by or m.arrival <= cleared or self.expired(m))
        ]
        return sorted(visible, key=lambda m: m.place, reverse=True)

    def last(self, owner: str, peer: str) -> Said | None:
        return next((m for m in self.history(owner, peer) if not m.flags & NO_LAST), None)

    def unread(self, owner: str, peer: str) -> int:
        return sum(
            m.recipient == owner != m.sender
            and not (m.read or m.recalled or m.hidden_from(owner) or m.flags & NO_UNREAD)
            for m in self.of(owner, peer)
        )

    def head(self, owner: str, peer: str) -> Listed:
        side, messages = self.side(owner, peer), self.of(owner, peer)
        if not messages:
            return Listed(peer, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        live = [m.listed_at for m in messages if not m.flags & IMPORTED]
        listed = [m.listed_at for m in messages if not (m.flags & NO_LAST or m.hidden_from(owner))]
        return Listed(
            peer,
            len(messages),
            max(live, default=0),
            max(listed, default=0),
            self.unread(owner, peer),
            side.read_time,
            self.side(peer, owner).read_time,
            side.cleared,
            side.top,
            side.mute,
        )

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
        return sorted(shown, key=lambda h: (h.top_time == 0, -h.list_time, h.peer))
