"""What happens to messages of groups after they were sent: recall, edit, deletion, read positions, imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from sodam.apps.model import App
from sodam.bus import of_user
from sodam.errors import ApiError, Code
from sodam.groups import pushes, store, store_messages, store_reading, store_receipts
from sodam.groups.core import Core, Operator, hold_place, not_found, scene
from sodam.groups.events import GroupMessageEdited, GroupMessagesRecalled
from sodam.groups.message import TIP, Extra, GroupMessage
from sodam.groups.model import Group, check_place, is_topic
from sodam.groups.pins import notify_unpinned
from sodam.groups.types import TYPES, Operation, Power, Role, check, may
from sodam.messages.clock import SECOND
from sodam.messages.elements import MAX_BODY_BYTES
from sodam.messages.events import MessageEdited, MessagesRecalled, UnreadChanged
from sodam.messages.interceptors import Interceptors
from sodam.messages.model import GROUP, RECALLED, Source
from sodam.notices import Notice
from sodam.storage import Tx

SILENT_RANGE = 1000
"""Of a group's newest messages, those of a sender can be recalled without a word."""


class EditConflict(ApiError):
    """20027: the message was edited since the editor read it. ``stored`` is what it is now."""

    __slots__ = ("stored",)

    def __init__(self, stored: GroupMessage) -> None:
        super().__init__(Code.C2C_EDIT_VERSION)
        self.stored = stored


class Imported(NamedTuple):
    seq: int
    msg_time: int
    code: Code


class GroupChanges:
    def __init__(self, core: Core) -> None:
        self._core = core
        self.screens: Interceptors[GroupMessage] = Interceptors()
        """What the content of an edit passes, as that of a message does."""

    async def recall(
        self,
        app: App,
        group_id: str,
        seqs: Sequence[int],
        *,
        revoker: str,
        reason: str = "",
        as_member: bool,
        instid: int = 0,
        source: Source | None = None,
    ) -> list[Code]:
        """Recall messages; for each, in order: 0, 10030 unknown, 10031 too old, 10032 not to be recalled.

        ``as_member``: one's own within the app's window, those of others where the role allows; otherwise the app's.
        Raises ApiError 10007, 10010, 10015, 10033.
        """
        check_place(group_id)
        window = app.settings.recall_seconds

        async def run(tx: Tx) -> tuple[list[Code], list[GroupMessage], Group, set[int]]:
            now = self._core.now()
            group = await hold_place(tx, app.sdkappid, group_id)
            power = await self._power(tx, group, revoker, as_member=as_member)
            check(group.type, Operation.RECALL, *power)
            any_ = may(group.type, Operation.RECALL_ANY, *power)
            found = await store_messages.named(tx, app.sdkappid, group_id, seqs)
            done: dict[int, GroupMessage] = {}
            codes: list[Code] = []
            for seq in seqs:
                message = found.get(seq)
                if message is None:
                    codes.append(Code.GROUP_MESSAGE_NOT_FOUND)
                elif message.kind == TIP or message.flags & RECALLED:
                    codes.append(Code.OK if seq in done else Code.GROUP_RECALL_UNSUPPORTED)
                elif as_member and message.sender != revoker and not any_:
                    codes.append(Code.GROUP_NOT_PERMITTED)
                elif as_member and message.sender == revoker and now - message.msg_time > window:
                    codes.append(Code.GROUP_RECALL_EXPIRED)
                else:
                    message.flags |= RECALLED
                    message.extra.revoker, message.extra.reason = revoker, reason
                    done[seq] = message
                    codes.append(Code.OK)
            messages = list(done.values())
            if messages:
                group.changes += 1
                await store.save(tx, group)
                by = Operator(revoker, admin=not as_member, instid=instid, source=source)
                tx.emit(GroupMessagesRecalled(scene=scene(group, by), messages=messages))
            await self._put_recalls(tx, messages, group.changes)
            gone = await store_receipts.unpin(tx, app.sdkappid, group_id, done) if done else set()
            return codes, messages, group, gone

        codes, messages, group, unpinned = await self._core.db.write(run)
        if messages:
            await self._core.messages.names(messages)
            self._recalled(messages, group.changes, pushes.recalled(messages, revoker, reason))
            await notify_unpinned(self._core, [m for m in messages if m.seq in unpinned], group, revoker)
        return codes

    def _recalled(self, messages: Sequence[GroupMessage], num: int, notice: Notice) -> None:
        """To everyone: who never had a message of them takes no notice."""
        everyone = msgspec.structs.replace(messages[0], extra=Extra())
        self._core.feed.change(everyone, num, notice)

    async def recall_silently(self, app: App, group_id: str, sender: str, revoker: str) -> None:
        """Recall what ``sender`` wrote of the newest 1000 messages; no device is notified. Raises ApiError 10010."""
        check_place(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_place(tx, app.sdkappid, group_id)
            above = group.next_seq - 1 - SILENT_RANGE
            found = await store_messages.newest_of(tx, app.sdkappid, group_id, sender, above)
            fresh = [m for m in found if m.kind != TIP and not m.flags & RECALLED]
            for message in fresh:
                message.flags |= RECALLED
                message.extra.revoker = revoker
            await self._put_recalls(tx, fresh, 0)

        await self._core.db.write(run)

    async def _put_recalls(self, tx: Tx, messages: list[GroupMessage], num: int) -> None:
        for message in messages:
            await store_messages.update(tx, message)
        if messages:
            await store_messages.log_change(tx, messages, self._core.now() * SECOND, num, recalled=True)
            first, seqs = messages[0], [m.seq for m in messages]
            bodies = [part for m in messages for part in (m.body, m.cloud)]
            tx.emit(MessagesRecalled(app=first.app, type=GROUP, conv=first.group_id, seqs=seqs, bodies=bodies))

    async def _power(self, tx: Tx, group: Group, user_id: str, *, as_member: bool) -> Power:
        """Raises ApiError 10007 for a client that is no member."""
        if not as_member:
            return Power(Role.AppAdmin)
        member = (await self._core.members(tx, group, [user_id])).get(user_id)
        if member is None:
            raise ApiError(Code.GROUP_NOT_PERMITTED, "only members may do it")
        return Power(member.role, (await self._core.rights(tx, group, [user_id])).get(user_id))

    async def modify(
        self,
        app: App,
        group_id: str,
        seq: int,
        *,
        editor: str,
        body: bytes | None = None,
        cloud: bytes | None = None,
        version: int | None = None,
        as_member: bool,
        exclude: int = 0,
        source: Source | None = None,
        max_bytes: int = MAX_BODY_BYTES,
    ) -> GroupMessage:
        """Replace the parts that are given, raise the version by one, notify devices; the message as it is.

        Raises ApiError 10007, 10010, 10015, 20022 (unknown), 20023 (recalled), EditConflict, 93000, and what
        a screen refuses with.
        """
        check_place(group_id)
        if body is not None:
            draft = GroupMessage(app=app.sdkappid, group_id=group_id, sender=editor, random=0, client_time=0, body=body)
            await self.screens.run(app, draft)
            body = draft.body

        async def run(tx: Tx) -> GroupMessage:
            group = await hold_place(tx, app.sdkappid, group_id)
            check(group.type, Operation.CHANGE, *await self._power(tx, group, editor, as_member=as_member))
            stored = (await store_messages.named(tx, app.sdkappid, group_id, [seq])).get(seq)
            if stored is None or stored.kind == TIP or (as_member and not stored.for_user(editor)):
                raise ApiError(Code.C2C_MESSAGE_NOT_FOUND)
            if stored.flags & RECALLED:
                raise ApiError(Code.C2C_ALREADY_RECALLED)
            if version is not None and version != stored.version:
                raise EditConflict(stored)
            stored.body = stored.body if body is None else body
            stored.cloud = stored.cloud if cloud is None else cloud
            if len(stored.body) + len(stored.cloud) - 2 > max_bytes:
                stored.body = msgspec.json.encode(msgspec.json.decode(stored.body))  # as a new message is measured
                if len(stored.body) + len(stored.cloud) - 2 > max_bytes:
                    raise ApiError(Code.MSG_TOO_LONG)
            stored.version += 1
            await store_messages.update(tx, stored)
            group.changes += 1
            await store.save(tx, group)
            await store_messages.log_change(tx, [stored], self._core.now() * SECOND, group.changes)
            by = Operator(editor, admin=not as_member, instid=exclude, source=source)
            tx.emit(GroupMessageEdited(scene=scene(group, by), message=stored))
            if body is not None:
                tx.emit(_body_of(stored))
            num = group.changes
            tx.after_commit(lambda: self._core.feed.change(stored, num, pushes.edited(stored), exclude=exclude))
            return stored

        return await self._core.db.write(run)

    async def hold(self, tx: Tx, message: GroupMessage) -> bool:
        """Lock a message's group until the transaction ends; False: the message is gone, or it was recalled."""
        await hold_place(tx, message.app, message.group_id)
        now = await store_messages.named(tx, message.app, message.group_id, [message.seq])
        return message.seq in now and not now[message.seq].flags & RECALLED

    async def record(self, tx: Tx, message: GroupMessage, kind: int, detail: str) -> int:
        """Number a change of a message whose group ``tx`` holds. Who missed it is notified by ``Feed.tellers``."""
        group = await hold_place(tx, message.app, message.group_id)
        group.changes += 1
        await store.save(tx, group)
        at = self._core.now() * SECOND
        await store_messages.log_change(tx, [message], at, group.changes, kind=kind, detail=detail)
        return group.changes

    async def clear(self, app: App, group_id: str, seq: int | None) -> None:
        """Hide the history up to ``seq`` (None: all) from every client: unread it is no more. Raises ApiError
        10007, 10010, 10015."""
        check_place(group_id)

        async def run(tx: Tx) -> None:
            group = await hold_place(tx, app.sdkappid, group_id)
            check(group.type, Operation.CLEAR, Role.AppAdmin)
            newest = group.next_seq - 1
            group.clear_seq = max(group.clear_seq, newest if seq is None else min(seq, newest))
            await store.save(tx, group)
            behind = await store_reading.behind(tx, app.sdkappid, group_id, group.clear_seq)
            self._core.tell_unread(tx, group, behind)
            await store_reading.read_by_all(tx, app.sdkappid, group_id, group.clear_seq)

        await self._core.db.write(run)

    async def import_(
        self, app: App, group_id: str, items: Sequence[GroupMessage | Code], *, listed: bool
    ) -> list[Imported]:
        """Append messages with their own times; afterwards nothing is unread. A Code stands for one that was refused.

        Times ascend, after the group's creation and its newest message, before now: else 10004. ``listed``: they
        move the conversation in lists. Nobody is notified. Raises ApiError 10007, 10010, 10015.
        """
        check_place(group_id)

        async def run(tx: Tx) -> list[Imported]:
            now = self._core.now()
            group = await hold_place(tx, app.sdkappid, group_id)
            check(group.type, Operation.IMPORT_MESSAGES, Role.AppAdmin)
            given = [item for item in items if isinstance(item, GroupMessage)]
            keys = [store_messages.key(m) for m in given]
            before = await store_messages.recent(tx, app.sdkappid, keys, now)
            results: list[Imported] = []
            stored: dict[bytes, GroupMessage] = {}
            shown = group.shown_seq, group.shown_at
            for item in items:
                if not isinstance(item, GroupMessage):
                    results.append(Imported(0, 0, item))
                    continue
                key = store_messages.key(item)
                if numbers := before.get(key):
                    results.append(Imported(numbers[1], numbers[0], Code.OK))
                elif key in stored:
                    results.append(Imported(stored[key].seq, stored[key].msg_time, Code.OK))
                elif not max(group.created_at, group.last_msg_at) <= item.msg_time <= now:
                    results.append(Imported(0, item.msg_time, Code.GROUP_BAD_PARAMETER))
                else:
                    self._core.messages.number(group, [item], imported=True)
                    stored[key] = item
                    results.append(Imported(item.seq, item.msg_time, Code.OK))
            if stored:
                if not listed:
                    group.shown_seq, group.shown_at = shown
                await self._core.messages.store(tx, group, list(stored.values()))
                await store_messages.remember(tx, list(stored.items()), now)
                await store_reading.all_read(tx, app.sdkappid, group_id, group.next_seq - 1)
            return results

        return await self._core.db.write(run)

    async def _enter_topic(self, tx: Tx, app: int, user_id: str, group_id: str) -> None:
        """Have a member's row in a topic exist."""
        if is_topic(group_id) and (topic := (await store.load(tx, app, [group_id])).get(group_id)) is not None:
            await self._core.members(tx, topic, [user_id])

    async def mark_read(self, app: int, reader: str, group_id: str, seq: int, *, exclude: int = 0) -> None:
        """Everything up to ``seq`` is read; before an earlier position: nothing new.

        Raises ApiError 10007, 10010, 10015.
        """
        check_place(group_id)

        async def run(tx: Tx) -> None:
            await self._enter_topic(tx, app, reader, group_id)
            found = await store_reading.lock(tx, app, reader, group_id)
            if found is None:
                raise await _no_member(tx, app, group_id, "only members may read")
            before, newest = found
            if (position := min(seq, newest)) > before:
                await store_reading.put_read(tx, app, reader, group_id, position)
                tx.emit(UnreadChanged(app=app, user_id=reader))

        await self._core.db.write(run)
        self._core.live.send(of_user(app, reader), pushes.read(group_id, seq), exclude=exclude)

    async def clear_for(self, app: int, user_id: str, group_id: str, *, exclude: int = 0) -> bool:
        """Clear a group's history for oneself; it stays in the list. False: the user is no member.

        Other devices are notified that nothing is unread; of a cleared history the protocol knows no notice: they find
        it empty when they look again.
        """

        async def run(tx: Tx) -> int | None:
            held = await store_reading.lock(tx, app, user_id, group_id)
            newest = await store_reading.take_off(tx, app, user_id, group_id, clear=True, remove=False)
            if held is not None and held[0] < held[1]:
                tx.emit(UnreadChanged(app=app, user_id=user_id))
            return newest

        newest = await self._core.db.write(run)
        if newest is None:
            return False
        self._core.live.send(of_user(app, user_id), pushes.read(group_id, newest), exclude=exclude)
        return True

    async def set_unread(self, app: App, group: Group, user_id: str, unread: int) -> None:
        """Set a member's unread number, at most the number of messages that the member may read. Raises ApiError 10007
        for no member, 10010.

        Nothing happens in groups that count none. The group is held: what is being sent would count from the position
        that its sender had before.
        """
        if not TYPES[group.type].counts_unread:
            return

        async def run(tx: Tx) -> None:
            await hold_place(tx, app.sdkappid, group.group_id)
            found = await store_reading.lock(tx, app.sdkappid, user_id, group.group_id)
            if found is None:
                raise ApiError(Code.GROUP_NOT_PERMITTED, f"{user_id[:40]!r} is not a member")
            position = found[1]
            if unread:
                floor = await store_reading.floor(tx, app.sdkappid, user_id, group.group_id)
                behind = await store_reading.seq_with_unread(tx, app.sdkappid, user_id, group.group_id, unread)
                position = max(floor, behind)
            await store_reading.put_read(tx, app.sdkappid, user_id, group.group_id, position)
            if position != found[0]:
                tx.emit(UnreadChanged(app=app.sdkappid, user_id=user_id))

        await self._core.db.write(run)

    async def delete_for(self, app: App, user_id: str, group_id: str, seqs: Sequence[int]) -> None:
        """Delete messages for oneself. Raises ApiError 10007 (no member), 10010, 10015."""
        check_place(group_id)

        async def run(tx: Tx) -> None:
            await self._enter_topic(tx, app.sdkappid, user_id, group_id)
            held = await store_reading.lock(tx, app.sdkappid, user_id, group_id)
            if held is None:
                raise await _no_member(tx, app.sdkappid, group_id, "only members may delete")
            found = await store_messages.named(tx, app.sdkappid, group_id, seqs)
            gone = [found[seq] for seq in await store_reading.hide(tx, user_id, found.values()) if seq > held[0]]
            if any(m.counts and m.sender != user_id and not m.flags & RECALLED for m in gone):
                tx.emit(UnreadChanged(app=app.sdkappid, user_id=user_id))

        await self._core.db.write(run)


async def _no_member(tx: Tx, app: int, group_id: str, info: str) -> ApiError:
    """Why somebody has no row there: the group is gone, or it is none of theirs."""
    if group_id not in await store.load(tx, app, [group_id]):
        return not_found(group_id)
    return ApiError(Code.GROUP_NOT_PERMITTED, info)


def _body_of(message: GroupMessage) -> MessageEdited:
    return MessageEdited(
        app=message.app,
        type=GROUP,
        conv=message.group_id,
        seq=message.seq,
        rank=message.seq,
        at=message.msg_time,
        sender=message.sender,
        body=message.body,
    )
