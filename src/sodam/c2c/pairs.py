"""What is known of a sender and a receiver, made once for all their messages: that the one may write to the other, and
the parts of events that are the same in each.

A pair holds until anything that it was made of may have changed: the app is another object, an account or a relation
of whomever has changed, a step was added. So the rules stay where they are, with the interceptors; here their answer is
kept.
"""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Topic, of_user
from sodam.bus.cache import Facts
from sodam.c2c.events import Template
from sodam.c2c.model import Message, conversation
from sodam.messages.interceptors import Interceptors

MOST: Final = 100_000
"""Pairs that are kept; beyond, all are forgotten and made again."""


class Pair(msgspec.Struct, gc=False, eq=False):
    app: App
    made: int
    """``Pairs`` counts changes."""
    sender: str
    recipient: str
    conv: str
    tiny_id: int
    """Of the sender, as are the next two."""
    nick: str
    image: str
    topics: tuple[Topic, ...]
    """The devices of the receiver, and those of the sender."""
    template: Template


class Pairs:
    def __init__(
        self,
        accounts: AccountService,
        interceptors: Interceptors[Message],
        screens: Interceptors[Message],
        callbacks: Interceptors[Message],
    ) -> None:
        self._accounts = accounts
        self._interceptors = interceptors
        self._screens = screens
        self._callbacks = callbacks
        self._pairs: dict[tuple[int, str, str, bool], Pair] = {}
        self._changes = 0
        self._watched: list[Facts] = []
        self._doubtful: list[Facts] = []
        """Those that may not always be believed."""
        for steps in (interceptors, screens, callbacks):
            steps.watchers.append(self._step_added)
        self._watch(accounts.facts)
        self._step_added()

    def find(self, app: App, sender: str, recipient: str, *, checked: bool = True) -> Pair | None:
        """None says nothing: not all is at hand, or something speaks against it, or a step may wait for the network.
        ``checked`` False: the interceptors are not asked, as ``C2CService.send`` does not."""
        for facts in self._doubtful:
            if not facts.fresh():
                return None
        pair = self._pairs.get((app.sdkappid, sender, recipient, checked))
        if pair is not None and pair.made == self._changes and pair.app is app:
            return pair
        return self._make(app, sender, recipient, checked)

    def _changed(self) -> None:
        self._changes += 1

    def _step_added(self) -> None:
        for facts in (*self._interceptors.facts, *self._screens.facts):
            self._watch(facts)
        self._changed()

    def _watch(self, facts: Facts) -> None:
        if not any(facts is watched for watched in self._watched):
            self._watched.append(facts)
            facts.watch(self._changed)
            if facts.clustered:
                self._doubtful.append(facts)

    def _make(self, app: App, sender: str, recipient: str, checked: bool) -> Pair | None:
        account = self._accounts.peek(app.sdkappid, sender)
        if account is None or self._accounts.peek(app.sdkappid, recipient) is None or app.status != "enabled":
            return None
        if (checked and self._interceptors.waits(app)) or self._callbacks.waits(app):
            return None
        conv = conversation(sender, recipient)
        sample = Message(app.sdkappid, conv, sender, recipient, 0, 0, 0, b"")
        if (checked and not self._interceptors.pair_passes(app, sample)) or not self._screens.pair_passes(app, sample):
            return None
        named = bool(account.profile)
        nick, image = (account.nick, account.image) if named else ("", "")
        users = (recipient, sender) if recipient != sender else (sender,)
        topics = tuple(of_user(app.sdkappid, user) for user in users)
        template = Template(sender, recipient, account.tiny_id, nick, image)
        if len(self._pairs) >= MOST:
            self._pairs.clear()
        pair = self._pairs[app.sdkappid, sender, recipient, checked] = Pair(
            app, self._changes, sender, recipient, conv, account.tiny_id, nick, image, topics, template
        )
        return pair
