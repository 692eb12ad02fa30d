"""Who is asked before a client's friend requests are carried out, and its answers to them: the app, by its webhook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sodam.apps.model import App
from sodam.relations.model import AddItem, Origin, Outcome, Reply


class Guard(Protocol):
    """Is asked before a client's wishes are carried out, and refuses items by the UserID they name."""

    async def adding(
        self, app: App, origin: Origin, user_id: str, items: Sequence[AddItem], *, both: bool
    ) -> Mapping[str, Outcome]: ...

    async def answering(
        self, app: App, origin: Origin, user_id: str, replies: Sequence[Reply]
    ) -> Mapping[str, Outcome]: ...
