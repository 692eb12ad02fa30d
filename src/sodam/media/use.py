"""Messages that name uploaded objects: the objects live as long as the newest of them (an interceptor)."""

from __future__ import annotations

from typing import Protocol

from sodam.apps.model import App
from sodam.media.links import MARK
from sodam.media.service import MediaService


class Written(Protocol):
    """A message of any type of conversation."""

    body: bytes


class UseNote:
    def __init__(self, media: MediaService) -> None:
        self._media = media

    def waits(self, app: App) -> bool:
        return False

    def passes(self, app: App, message: Written) -> bool:
        if MARK in message.body:  # asked here, for every message
            self._media.used(app.sdkappid, message.body)
        return True

    async def check(self, app: App, message: Written) -> None:
        return
