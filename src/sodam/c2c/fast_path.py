"""The short way of a message whose rules are all decided at hand: no coroutine, no future, one call when it is stored.

Most messages of clients are such. ``Pairs`` and ``admits`` say no wherever anything is to be waited for, refused or
changed; ``C2CService.send`` then does the same by the long way. The rules are those of ``send``, asked at the same
places: accounts and interceptors through ``Pairs``, screens about each message, ``Recent`` for repetitions.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Sequence

from sodam.apps.model import App
from sodam.bus import Live
from sodam.c2c import events
from sodam.c2c.model import Message
from sodam.c2c.pairs import Pairs
from sodam.c2c.sending import Asker, Sending
from sodam.messages.dedupe import Recent
from sodam.messages.interceptors import Interceptors
from sodam.messages.model import NUMBERED
from sodam.notices import Notice


class FastPath:
    def __init__(
        self,
        pairs: Pairs,
        interceptors: Interceptors[Message],
        screens: Interceptors[Message],
        recent: Recent[Sending],
        must_ask: Callable[[], bool],
        append: Callable[[Sending], None],
        live: Live,
    ) -> None:
        self.pair = pairs.find
        self._interceptors = interceptors
        self._screens = screens
        self._recent = recent
        self._must_ask = must_ask
        self._append = append
        self._live = live

    def admits(self, app: App, sending: Sending, *, checked: bool = True) -> bool:
        """Whether a message of a pair that was found in this turn of the loop may go at once. True: ``append`` it, or
        ``forget`` it. ``checked`` as the pair was found."""
        message = sending.message
        if self._must_ask():
            return False
        if checked:
            for step in self._interceptors.each:
                if not step.passes(app, message):
                    return False
        for step in self._screens.each:
            if not step.passes(app, message):
                return False
        return self._recent.seen(sending, identity(message)) is None

    def append(self, sending: Sending) -> None:
        """Hand it to the log; its ``asker`` is told when it is stored. Its message has its sender's name."""
        self._append(sending)

    def forget(self, sending: Sending) -> None:
        """It does not go after all."""
        self._recent.forget(sending)

    def written(self, batch: Sequence[Sending]) -> None:
        """These are on disk, in this order: devices are notified, and whoever asked is told."""
        asked: dict[Asker, list[Sending]] = {}
        last: Asker | None = None
        self._recent.all_placed(batch)
        for sending in batch:
            asker = sending.asker
            if asker is not last:  # there is one, as a rule
                assert asker is not None
                mine, last = asked.setdefault(asker, []), asker
            mine.append(sending)
        for asker in asked:
            asker.gathering(True)
        try:
            self._live.send_each(batch, _arrived)
            for asker, sendings in asked.items():
                asker.stored(sendings)
        finally:
            for asker in asked:
                asker.gathering(False)


def _arrived(sending: Sending) -> Notice:
    message, pair = sending.message, sending.pair
    if pair is None or message.flags & events.SHOWING:
        return events.arrived(message)
    return pair.template.arrived(message)


def identity(message: Message) -> Hashable:
    """What makes two messages the same within the window (rest-messages.md 1.5)."""
    seq = 0 if message.flags & NUMBERED else message.msg_seq
    return (message.app, message.sender, message.recipient, seq, message.msg_random, zlib.crc32(message.body))
