"""Messages of groups as what extensions and reactions are added to."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.extensions.model import Ref, Subject
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.groups.message import GroupMessage
from sodam.groups.missed import Told
from sodam.groups.service import GroupService
from sodam.messages.model import EXTENSIBLE, EXTENSIONS, GROUP, REACTIONS
from sodam.notices import Notice
from sodam.storage import Tx


class GroupMessages:
    def __init__(self, groups: GroupService, extensions: Extensions, reactions: Reactions) -> None:
        self._groups = groups
        self._extensions = extensions
        self._reactions = reactions
        groups.feed.tellers[EXTENSIONS] = self._extended
        groups.feed.tellers[REACTIONS] = self._reacted

    async def find(self, app: App, group_id: str, seq: int, *, viewer: str = "") -> Subject:
        """The message, as the member ``viewer`` may see it; empty: an administrator.

        Raises ApiError 10007 (no member; the type keeps no messages), 10010, 10015, and 23004 when there is no such
        message, or it was recalled.
        """
        found = await self.find_many(app, group_id, [seq], viewer=viewer)
        if not found:
            raise ApiError(Code.EXTENSION_NOT_FOUND)
        return found[0]

    async def find_many(self, app: App, group_id: str, seqs: Sequence[int], *, viewer: str) -> list[Subject]:
        """Those of the messages that there are."""
        found = await self._groups.histories.extensible(app, group_id, seqs, viewer)
        return [self._subject(message) for message in found]

    def _subject(self, message: GroupMessage) -> Subject:
        nums: list[int] = []

        async def hold(tx: Tx) -> bool:
            return await self._groups.changes.hold(tx, message)

        async def record(tx: Tx, kind: int, detail: str, size: int) -> None:
            nums[:] = [await self._groups.changes.record(tx, message, kind, detail)]

        def notify(notice: Notice) -> None:
            self._groups.feed.change(message, nums.pop() if nums else 0, notice)

        return Subject(
            ref=Ref(message.app, GROUP, message.group_id, message.seq),
            tiny_id=message.tiny_id,
            client_time=message.client_time or message.msg_time,
            random=message.random,
            extensible=bool(message.flags & EXTENSIBLE),
            hold=hold,
            record=record,
            notify=notify,
        )

    async def _extended(self, message: GroupMessage, details: Sequence[str]) -> list[Told]:
        notices = await self._extensions.missed(self._subject(message), [int(detail) for detail in details])
        return [(notice, "") for notice in notices]

    async def _reacted(self, message: GroupMessage, details: Sequence[str]) -> list[Told]:
        return await self._reactions.missed_by_all(self._subject(message), details)
