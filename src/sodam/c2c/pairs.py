"""What is known of a sender and a receiver, made once for all their messages: that the one may write to the other, and
the parts of events that are the same in each.

A pair holds while nothing that it was made of may have changed: the app is the same object, and the caches of accounts
and relations have the version that they had. So the rules stay where they are, with the interceptors; here their
answer is kept.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Topic, of_user
from sodam.c2c.events import Template
from sodam.c2c.model import Message, conversation
from sodam.messages.interceptors import Interceptors

MOST: Final = 100_000
"""Pairs that are kept; beyond, all are forgotten and made again."""


class Pair(msgspec.Struct, gc=False, eq=False):
    app: App
    version: int
    sender: str
    recipient: str
    conv: str
    tiny_id: int
    """Of the sender, as are the next two."""
    nick: str
    image: str
    to: Topic
    """The devices of the receiver."""
    own: Topic | None
    """Those of the sender; None where somebody writes to himself."""
    template: Template


class Pairs:
    def __init__(
        self, accounts: AccountService, interceptors: Interceptors[Message], callbacks: Interceptors[Message]
    ) -> None:
        self._accounts = accounts
        self._interceptors = interceptors
        self._callbacks = callbacks
        self._pairs: dict[tuple[int, str, str], Pair] = {}

    def find(self, app: App, sender: str, recipient: str) -> Pair | None:
        """None says nothing: not all is at hand, or something speaks against it, or a step may wait for the network."""
        version = self._version()
        pair = self._pairs.get((app.sdkappid, sender, recipient))
        if pair is not None and pair.version == version and pair.app is app:
            return pair
        return self._make(app, sender, recipient, version) if version >= 0 else None

    def _version(self) -> int:
        accounts, steps = self._accounts.version(), self._interceptors.version()
        return -1 if accounts < 0 or steps < 0 else accounts + steps + self._callbacks.version()

    def _make(self, app: App, sender: str, recipient: str, version: int) -> Pair | None:
        account = self._accounts.peek(app.sdkappid, sender)
        if account is None or self._accounts.peek(app.sdkappid, recipient) is None or app.status != "enabled":
            return None
        if self._interceptors.waits(app) or self._callbacks.waits(app):
            return None
        conv = conversation(sender, recipient)
        if not self._interceptors.pair_passes(app, Message(app.sdkappid, conv, sender, recipient, 0, 0, 0, b"")):
            return None
        named = bool(account.profile)
        nick, image = (account.nick, account.image) if named else ("", "")
        to, own = of_user(app.sdkappid, recipient), of_user(app.sdkappid, sender)
        template = Template(sender, recipient, account.tiny_id, nick, image)
        if len(self._pairs) >= MOST:
            self._pairs.clear()
        pair = self._pairs[app.sdkappid, sender, recipient] = Pair(
            app, version, sender, recipient, conv, account.tiny_id, nick, image, to,
            own if sender != recipient else None, template,
        )  # fmt: skip
        return pair
