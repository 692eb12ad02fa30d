"""Messages to everybody who is in some live room of an app (rest-messages.md 4.3). They are kept nowhere."""

from __future__ import annotations

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import pushes, store_rooms
from sodam.groups.core import Core
from sodam.groups.message import GroupMessage
from sodam.groups.rooms import everywhere
from sodam.storage import Tx

GROUP_ID = "@TGS#all"
"""What stands for the room in such a message: no group has it."""


class Broadcasts:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def send(self, app: App, message: GroupMessage) -> int:
        """Its number among the app's. Raises ApiError 10007 (switched off), 10023 (too many this second)."""
        if not app.settings.room_broadcast:
            raise ApiError(Code.GROUP_NOT_PERMITTED, "messages to all live rooms are switched off for this app")
        await self._core.messages.names([message])
        now = self._core.now()

        async def run(tx: Tx) -> int:
            seq, sent = await store_rooms.broadcast(tx, app.sdkappid, now)
            if sent > app.settings.room_broadcast_rate:
                raise ApiError(Code.GROUP_MESSAGE_TOO_FREQUENT)
            return seq

        message.seq, message.msg_time = await self._core.db.write(run), now
        self._core.live.send(everywhere(app.sdkappid), pushes.broadcast(message))
        return message.seq
