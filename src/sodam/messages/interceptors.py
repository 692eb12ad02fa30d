"""What a message passes before it is stored: steps that may refuse it or change it.

Blacklist and friendship are such a step; mutes, a word filter and the before-webhook are others. Steps run in the order
in which they were added. A step that may wait for the network says so for each app: only then does a send cost a task
(gateway/eager.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from sodam.apps.model import App
from sodam.bus.cache import Facts

M = TypeVar("M")
M_contra = TypeVar("M_contra", contravariant=True)


class Dropped(Exception):
    """A step takes the message away: its sender sees success, and nobody gets it."""


class Interceptor(Protocol[M_contra]):
    """One step."""

    def waits(self, app: App) -> bool:
        """Whether the step may wait for the network for messages of this app: its settings alone decide."""
        ...

    def passes(self, app: App, message: M_contra) -> bool:
        """True when all is known at once and nothing speaks against the message; False says nothing."""
        ...

    async def check(self, app: App, message: M_contra) -> None:
        """Change the message where the step is to; raises ApiError to refuse it, Dropped to swallow it."""
        ...


class Interceptors(Generic[M]):
    """The steps of one kind of message, in order."""

    def __init__(self) -> None:
        self._steps: list[Interceptor[M]] = []
        self._lasting: list[Interceptor[M]] = []
        self.each: list[Interceptor[M]] = []
        """Those that are to be asked about each message where ``pair_passes`` holds."""
        self.facts: list[Facts] = []
        """What the steps decide by that judge by app, sender and recipient alone."""
        self.watchers: list[Callable[[], None]] = []
        """Called when a step is added."""
        self._waits: dict[int, tuple[App, bool]] = {}
        """What ``waits`` has found, with the app as it was then: another object once anything of it has changed."""

    def add(self, step: Interceptor[M], *, facts: Facts | None = None) -> None:
        """``facts`` are of a step that judges by app, sender and recipient alone, and by nothing else than these: what
        ``passes`` says may be kept until they change. None: it is asked about every message."""
        self._steps.append(step)
        self._waits.clear()
        if facts is None:
            self.each.append(step)
        else:
            self._lasting.append(step)
            self.facts.append(facts)
        for watcher in self.watchers:
            watcher()

    def pair_passes(self, app: App, message: M) -> bool:
        """As ``passes``, of the steps that judge by app, sender and recipient alone."""
        return all(step.passes(app, message) for step in self._lasting)

    def waits(self, app: App) -> bool:
        """Whether a message of this app may wait for the network before it is stored."""
        known = self._waits.get(app.sdkappid)
        if known is None or known[0] is not app:  # asked for every message
            known = self._waits[app.sdkappid] = (app, any(step.waits(app) for step in self._steps))
        return known[1]

    def stop(self, app: App, message: M) -> int:
        """The first step that must look closer, for ``run`` to go on with; -1, as for nearly every message: none.

        Asked before ``run`` for every message: a coroutine that has nothing to do costs more than the steps.
        """
        for at, step in enumerate(self._steps):
            if not step.passes(app, message):
                return at
        return -1

    async def run(self, app: App, message: M, first: int = 0) -> None:
        """The steps from ``first`` on. Raises what the first that refuses raises."""
        for step in self._steps[first:]:
            if not step.passes(app, message):
                await step.check(app, message)
