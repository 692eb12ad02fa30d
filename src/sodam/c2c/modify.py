"""Editing a message that was sent: its content is replaced, its place and key stay (rest-messages.md 2.6)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from sodam.apps.model import App
from sodam.c2c import events, store_changes, store_missed
from sodam.c2c.domain_events import MessageModified
from sodam.c2c.model import Message, Place
from sodam.c2c.service import C2CService
from sodam.errors import ApiError, Code
from sodam.messages.elements import MAX_BODY_BYTES
from sodam.messages.events import MessageEdited
from sodam.messages.model import HIDE_RECEIVER, ONE_TO_ONE, RECALLED, Source
from sodam.storage import Tx


class EditConflict(ApiError):
    """20027: the message was edited since the editor read it. ``stored`` is what it is now."""

    __slots__ = ("stored",)

    def __init__(self, stored: Message) -> None:
        super().__init__(Code.C2C_EDIT_VERSION)
        self.stored = stored


class Change(NamedTuple):
    """``body`` and ``cloud``: checked JSON. ``version``: the one that the editor read, None for whichever it is."""

    body: bytes | None
    cloud: bytes | None
    version: int | None
    operator: str
    source: Source


async def modify(
    c2c: C2CService,
    app: App,
    sender: str,
    recipient: str,
    place: Place,
    change: Change,
    *,
    exclude: int = 0,
    max_bytes: int = MAX_BODY_BYTES,
) -> Message:
    """Replace the parts that are given, raise the message's version by one, notify its devices; the message as it is.

    Raises ApiError 20022 (unknown), 20023 (recalled), EditConflict, 93000 (both parts together are too long), and
    what a screen refuses with.
    """
    found = await c2c.histories.find(app, sender, recipient, place)
    if change.body is not None:
        draft = msgspec.structs.replace(found, body=change.body, flags=0)
        await c2c.screens.run(app, draft)
        change = change._replace(body=draft.body)

    async def run(tx: Tx) -> Message:
        stored = await store_changes.content(tx, found)
        if stored is None:
            raise ApiError(Code.C2C_MESSAGE_NOT_FOUND)
        if stored.flags & RECALLED:
            raise ApiError(Code.C2C_ALREADY_RECALLED)
        if change.version not in (None, stored.version):
            raise EditConflict(stored)
        if change.body is not None:
            stored.body = change.body
        if change.cloud is not None:
            stored.cloud = change.cloud
        if len(stored.body) + len(stored.cloud) - 2 > max_bytes:
            stored.body = msgspec.json.encode(msgspec.json.decode(stored.body))  # as a new message is measured
            if len(stored.body) + len(stored.cloud) - 2 > max_bytes:
                raise ApiError(Code.MSG_TOO_LONG)
        stored.version += 1
        await store_changes.put_content(tx, stored)
        await store_missed.record(tx, found)
        if change.body is not None:
            tx.emit(edited(stored))
        tx.emit(
            MessageModified(
                app=app.sdkappid, conv=found.conv, source=change.source, operator=change.operator, message=stored
            )
        )
        return stored

    stored = await c2c.db.write(run)
    users = (sender,) if stored.flags & HIDE_RECEIVER else (recipient, sender)
    c2c.notify(app.sdkappid, users, events.modified(stored), exclude=exclude)
    return stored


def edited(message: Message) -> MessageEdited:
    return MessageEdited(
        app=message.app,
        type=ONE_TO_ONE,
        conv=message.conv,
        seq=message.seq,
        rank=message.ord,
        at=message.msg_time,
        sender=message.sender,
        body=message.body,
    )
