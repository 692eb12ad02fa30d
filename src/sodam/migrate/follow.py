"""Keeping a copy fresh until the switch: what the source's webhooks name is read anew and made so at the target.

What came while nobody listened is found by looking at everything once, at each start: a webhook that was lost costs
time, never a difference.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, NamedTuple

from sodam.migrate import groups, refresh, refresh_groups, refresh_messages
from sodam.migrate.hints import ACCOUNT, GROUP, HISTORY, KINDS, NAMED, PAIR, READ, READER, RELATIONS, UNREAD
from sodam.migrate.model import Run, parts
from sodam.migrate.remote import RemoteError
from sodam.migrate.service import every, find_pairs, migrate
from sodam.migrate.store import Hint

_AT_ONCE: Final = 100
_REST: Final = 5.0
"""Seconds until one that did not answer is asked again."""
_COUNTED_EVERY: Final = 5.0
"""Seconds between two counts of what members of groups have not read: each reads a group's members."""


_NEVER: Final = float("inf")
_LATER: Final = (1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds after which a message is written again that is still to come by the target's clock."""


class _Early(NamedTuple):
    """Messages of a history that the target may take later."""

    first: int
    last: int
    tries: int
    due: float


class Follower:
    def __init__(self, run: Run, clock: Callable[[], float] = time.monotonic) -> None:
        self._run = run
        self._clock = clock
        self._early: dict[str, _Early] = {}
        self._woken = asyncio.Event()
        self._ending = False
        self._counted = -_COUNTED_EVERY

    def wake(self) -> None:
        """Something was heard."""
        self._woken.set()

    def end(self) -> None:
        """Do what was heard so far, then end."""
        self._ending = True
        self._woken.set()

    async def follow(self, user_ids: Iterable[str]) -> None:
        """Take over what is not yet, look at everything once, then at whatever is named, until `end`."""
        await self._patiently(self._accounts)
        await migrate(self._run, user_ids)
        await self._patiently(self._everything)
        self._run.say("following: everything was looked at")
        await self.keep_up()

    async def keep_up(self) -> None:
        """Look at whatever is named, until `end`."""
        while True:
            self._woken.clear()
            self._name_early()
            if await self._patiently(self._round):
                continue
            pauses = [early.due - self._clock() for early in self._early.values() if early.due < _NEVER]
            if self._ending and not pauses:
                return
            if self._run.journal.hints(UNREAD, 1):
                pauses.append(_COUNTED_EVERY)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(pauses, default=None)):
                    await self._woken.wait()

    def _name_early(self) -> None:
        """Have those be looked at again whose time has come."""
        for name, early in self._early.items():
            if early.due <= self._clock():
                self._early[name] = early._replace(due=_NEVER)
                self._run.journal.hint([Hint(HISTORY, name, early.first)])

    async def _history(self, name: str, since: int) -> None:
        """A message of a moment ago may be one of the future to a target whose clock is behind: it is written again."""
        before = self._early.get(name)
        patient = before is None or before.tries < len(_LATER)
        first, last = await refresh_messages.history(self._run, name, since, patient=patient)
        if not first:
            self._early.pop(name, None)
            return
        tries = 0 if before is None or before.last != last else before.tries
        due = self._clock() + _LATER[tries] if tries < len(_LATER) else _NEVER
        self._early[name] = _Early(first, last, tries + 1, due)

    async def _patiently(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Do it, again and again while a server does not answer; False when there was nothing, or it is to end."""
        while True:
            try:
                return await work()
            except RemoteError as error:
                self._run.say(f"following: {error}; trying again")
                if self._ending:
                    return False
                await asyncio.sleep(_REST)

    async def _accounts(self) -> bool:
        """Look at those that are known: nothing else is asked about one that is deleted."""
        run = self._run
        run.journal.hint([Hint(ACCOUNT, item.id, 0) for item in every(run, "account")])
        while found := run.journal.hints(ACCOUNT, _AT_ONCE):
            await self._look(ACCOUNT, found)
        return True

    async def _everything(self) -> bool:
        """Name all there is, also what the source has had since without a word."""
        run = self._run
        await self._accounts()
        await groups.find(run)
        await find_pairs(run, again=True)
        for kind, known in ((RELATIONS, "account"), (GROUP, "group"), (HISTORY, "history"), (PAIR, "pair")):
            run.journal.hint([Hint(kind, item.id, 0) for item in every(run, known)])
        for item in every(run, "pair"):
            users = item.id.split(READER)
            run.journal.hint([Hint(READ, READER.join(way), 0) for way in (users, users[::-1])])
        run.journal.hint([Hint(UNREAD, item.id, 0) for item in every(run, "members")])
        while await self._round():
            pass
        return True

    async def _round(self) -> bool:
        """Look at some of what was named; False when nothing was."""
        for kind in KINDS:
            if kind == UNREAD and not self._ending and time.monotonic() < self._counted + _COUNTED_EVERY:
                continue
            if found := self._run.journal.hints(kind, _AT_ONCE):
                await self._look(kind, found)
                return True
        return False

    async def _look(self, kind: str, found: Sequence[Hint]) -> None:
        run = self._run
        if kind == NAMED:
            there = {item.id for item in run.journal.some("account", [hint.id for hint in found])}
            if new := [hint.id for hint in found if hint.id not in there]:
                await refresh.accounts(run, new)
        elif kind == ACCOUNT:
            await refresh.accounts(run, [hint.id for hint in found])
        else:
            for some in parts(found, run.workers):
                await asyncio.gather(*(self._one(hint) for hint in some))
                run.journal.settle(some)
            if kind == UNREAD:
                self._counted = time.monotonic()
            return
        run.journal.settle(found)

    async def _one(self, hint: Hint) -> None:
        try:
            await self._refresh(hint)
        except RemoteError as error:
            if not error.code:
                raise
            self._run.journal.refuse(hint.kind, hint.id, error.code, f"following: {error}")

    async def _refresh(self, hint: Hint) -> None:
        if hint.kind == RELATIONS:
            await refresh.relations(self._run, hint.id)
        elif hint.kind == GROUP:
            await refresh_groups.group(self._run, hint.id)
        elif hint.kind == HISTORY:
            await self._history(hint.id, int(hint.since))
        elif hint.kind == READ:
            reader, peer = hint.id.split(READER)
            await refresh.read(self._run, reader, peer, int(-hint.since))
        elif hint.kind == UNREAD:
            await refresh_groups.unread_of(self._run, hint.id)
        else:
            await refresh_messages.pair(self._run, hint.id, int(hint.since))
