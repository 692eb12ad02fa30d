"""One-to-one messages as what extensions and reactions are added to."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.apps.model import App
from sodam.c2c import additions
from sodam.c2c.model import Change, Message, Place
from sodam.c2c.service import C2CService
from sodam.errors import ApiError, Code
from sodam.extensions.model import Ref, Subject
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.messages.model import EXTENSIBLE, EXTENSIONS, HIDE_RECEIVER, ONE_TO_ONE, REACTIONS, RECALLED
from sodam.notices import Notice
from sodam.storage import Tx


class OneToOneMessages:
    def __init__(self, c2c: C2CService, extensions: Extensions, reactions: Reactions) -> None:
        self._c2c = c2c
        self._extensions = extensions
        self._reactions = reactions
        c2c.histories.tellers[EXTENSIONS] = self._extended
        c2c.histories.tellers[REACTIONS] = self._reacted

    async def find(self, app: App, sender: str, recipient: str, place: Place, *, viewer: str = "") -> Subject:
        """The message, as ``viewer`` may see it; empty: an administrator.

        Raises ApiError 23004 when there is no such message, or it was recalled.
        """
        try:
            message = await self._c2c.histories.find(app, sender, recipient, place)
        except ApiError as error:
            if error.code is Code.C2C_MESSAGE_NOT_FOUND:
                raise ApiError(Code.EXTENSION_NOT_FOUND) from None
            raise
        hidden = message.flags & HIDE_RECEIVER and viewer == recipient and viewer != sender
        if message.flags & RECALLED or hidden:
            raise ApiError(Code.EXTENSION_NOT_FOUND)
        return self._subject(message)

    def _subject(self, message: Message) -> Subject:
        async def hold(tx: Tx) -> bool:
            return await additions.hold(tx, message)

        async def record(tx: Tx, kind: int, detail: str, size: int) -> None:
            await additions.record(tx, message, kind, detail, size)

        hidden = message.flags & HIDE_RECEIVER
        users = (message.sender,) if hidden else (message.recipient, message.sender)
        return Subject(
            ref=Ref(message.app, ONE_TO_ONE, message.conv, message.seq),
            tiny_id=message.tiny_id,
            client_time=message.client_time or message.msg_time,
            random=message.msg_random,
            extensible=bool(message.flags & EXTENSIBLE),
            hold=hold,
            record=record,
            notify=lambda notice: self._c2c.notify(message.app, users, notice),
        )

    async def _extended(self, app: App, owner: str, changes: Sequence[Change]) -> list[Notice]:
        notices: list[Notice] = []
        for subject, details in self._by_message(changes):
            notices += await self._extensions.missed(subject, [int(detail) for detail in details])
        return notices

    async def _reacted(self, app: App, owner: str, changes: Sequence[Change]) -> list[Notice]:
        notices: list[Notice] = []
        for subject, details in self._by_message(changes):
            notices += await self._reactions.missed(subject, owner, details)
        return notices

    def _by_message(self, changes: Sequence[Change]) -> list[tuple[Subject, list[str]]]:
        details: dict[int, tuple[Message, list[str]]] = {}
        for change in changes:
            if not change.message.flags & RECALLED:
                details.setdefault(change.message.id, (change.message, []))[1].append(change.detail)
        return [(self._subject(message), found) for message, found in details.values()]
