"""Whether a user may write to another: blacklist and, where the app asks for it, friendship."""

from __future__ import annotations

from typing import Protocol

from sodam.apps.model import App
from sodam.c2c.model import Message
from sodam.errors import ApiError, Code
from sodam.messages.model import HIDE_RECEIVER


class Standing(Protocol):
    """How two users stand to each other."""

    @property
    def blocked_by_recipient(self) -> bool: ...
    @property
    def friend(self) -> bool: ...


class Relations(Protocol):
    """The one place where messages ask about relations."""

    def peek_standing(self, app: int, sender: str, recipient: str) -> Standing | None:
        """The standing if it is at hand; None says nothing."""
        ...

    async def standing(self, app: int, sender: str, recipient: str) -> Standing: ...


class StandingCheck:
    """The interceptor of relations."""

    def __init__(self, relations: Relations) -> None:
        self._relations = relations

    def waits(self, app: App) -> bool:
        return False  # for the database at most

    def passes(self, app: App, message: Message) -> bool:
        standing = self._relations.peek_standing(app.sdkappid, message.sender, message.recipient)
        return standing is not None and _free(app, standing)

    async def check(self, app: App, message: Message) -> None:
        """Raises ApiError 20007 (blocked, where the app says so) or 20009 (no friend, where the app asks for it).

        Without ``blacklist_check`` a blocked sender learns nothing: the message is stored for the sender alone.
        """
        ids = (app.sdkappid, message.sender, message.recipient)
        standing = self._relations.peek_standing(*ids) or await self._relations.standing(*ids)
        if standing.blocked_by_recipient:
            if not app.settings.blacklist_check:
                raise ApiError(Code.C2C_BLOCKED)
            message.flags |= HIDE_RECEIVER
        elif not _free(app, standing):
            raise ApiError(Code.C2C_NOT_FRIENDS)


def _free(app: App, standing: Standing) -> bool:
    return not standing.blocked_by_recipient and (standing.friend or not app.settings.friend_check)
