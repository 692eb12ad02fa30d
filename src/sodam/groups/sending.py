"""Sending to groups: who may, repetitions, and the way to the disk and to the devices.

Messages of one node gather while a commit is under way and are written together. Everything is decided under the rows
of their groups: membership, mutes, repetition, sequence. An answer is given only after the message is on disk.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import msgspec
import structlog

from sodam.apps.model import App
from sodam.bus import of_user
from sodam.errors import ApiError, Code, Unavailable
from sodam.groups import pushes, store, store_members, store_messages, store_rooms
from sodam.groups.core import Core, not_found
from sodam.groups.message import GroupMessage
from sodam.groups.model import Group, Member, check_place
from sodam.groups.options import check_receipts
from sodam.groups.seats import Key
from sodam.groups.sent import sent
from sodam.groups.shedding import Shedder
from sodam.groups.types import TYPES, Operation, Power, Role, check, may
from sodam.messages.followers import Followers, entry
from sodam.messages.interceptors import Dropped, Interceptors
from sodam.messages.log import MessageLog
from sodam.messages.model import NEED_RECEIPT, Numbers
from sodam.outbox.model import New
from sodam.outbox.service import Outbox
from sodam.storage import Database, Tx

log = structlog.get_logger(__name__)
MAX_TARGETS: Final = 50
MAX_MENTIONS: Final = 30
MAX_RECEIPT_MEMBERS: Final = 200
_KNOWN_SECONDS: Final = 60.0
_KNOWN_MOST: Final = 100_000


class Sent(NamedTuple):
    msg_time: int
    seq: int
    dropped: bool = False
    """The room takes no more messages this second: neither stored nor delivered."""


class Teller(Protocol):
    """Says what the outbox holds of messages."""

    def sent(self, group: Group, message: GroupMessage) -> Sequence[New]: ...

    def wants_failed(self, app: App, message: GroupMessage, error: ApiError) -> bool: ...

    def failed(self, group: Group, message: GroupMessage, error: ApiError) -> Sequence[New]: ...


class _Sending(msgspec.Struct, eq=False):
    app: App
    message: GroupMessage
    exclude: int
    """InstId of the sending device: it gets an answer, not a copy."""
    as_member: bool
    """Only members may send; otherwise the app does, in anyone's name."""
    keep: int
    """Of a live room: how many messages are kept for newcomers."""
    future: asyncio.Future[Sent]
    outcome: Sent | ApiError | None = None
    """Set by each run of the transaction."""
    stored: bool = False
    """Not a repetition."""
    group: Group | None = None


class Sender:
    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core = core
        self.interceptors: Interceptors[GroupMessage] = Interceptors()
        """What a client's message passes before it is stored."""
        self.screens: Interceptors[GroupMessage] = Interceptors()
        """What the content of every message passes, an administrator's, too."""
        self.callbacks: Interceptors[GroupMessage] = Interceptors()
        """What every message with a ``source`` passes at last: the app itself is asked."""
        self.tellers: list[Teller] = []
        self.followers: Followers[GroupMessage] = Followers(outbox)
        """What is to be done outside for messages that are stored."""
        self._shedder = Shedder()
        self._sheds: dict[Key, float] = {}
        """Which groups drop messages above a rate, and when that was found out."""
        self.log: MessageLog[_Sending] = MessageLog(self._write, self._written)
        self._loop = asyncio.get_running_loop()

    async def drain(self) -> None:
        await self.log.drain()

    async def forget_recent(self) -> int:
        """Periodic work: forget which messages were sent before the window within which they count as the same."""
        return await store_messages.purge_recent(self._core.db, self._core.now())

    async def send(
        self, app: App, message: GroupMessage, *, exclude: int = 0, online_only: bool = False, as_member: bool = True
    ) -> Sent:
        """Check, store, deliver; the same message within 300 s is stored once. ``online_only``: not stored, MsgSeq 0.

        Raises ApiError 10004, 10007, 10010, 10015, 10017 (muted), 10053, 10059 (plan), 10060 and 10061 (receipts), and
        what an interceptor or screen refuses with.
        """
        check_place(message.group_id)
        try:
            return await self._send(app, message, exclude, online_only=online_only, as_member=as_member)
        except ApiError as error:
            await self._publish_failed(app, message, error)
            raise

    async def _send(self, app: App, message: GroupMessage, exclude: int, *, online_only: bool, as_member: bool) -> Sent:
        _check_content(app, message, online_only=online_only)
        if as_member:
            await self.interceptors.run(app, message)
        await self.screens.run(app, message)
        if message.source is not None and self.callbacks.waits(app):
            group = await self._looked(app, message, as_member=as_member)  # nobody is asked about what cannot go
            message.group_type = group.type
            try:
                await self.callbacks.run(app, message)
            except Dropped:
                return Sent(self._core.now(), 0 if online_only else group.next_seq)
        await self._core.messages.names([message])
        if online_only:
            return await self._send_online(app, message, exclude, as_member=as_member)
        if await self._full(app, message, as_member=as_member):
            return Sent(self._core.now(), 0, dropped=True)
        future: asyncio.Future[Sent] = self._loop.create_future()
        self.log.append(_Sending(app, message, exclude, as_member, app.settings.room_history, future))
        return await future

    async def _full(self, app: App, message: GroupMessage, *, as_member: bool) -> bool:
        """Whether the group drops the message, for others of the same second. What is refused anyway does not count."""
        key, now = (message.app, message.group_id), self._loop.time()
        known = self._sheds.get(key)
        if known is None or now - abs(known) > _KNOWN_SECONDS:
            group = (await store.load(self._core.db, message.app, [message.group_id])).get(message.group_id)
            if len(self._sheds) >= _KNOWN_MOST:
                self._sheds.clear()
            known = self._sheds[key] = now if group is not None and TYPES[group.type].sheds else -now
        if known < 0 or (as_member and not self._core.seats.here(key, message.sender)):
            return False
        return not self._shedder.take(key, message.priority, app.settings.room_message_rate, now)

    async def notify(self, app: App, group_id: str, content: str, user_ids: Sequence[str]) -> None:
        """Push a notice of the app's own to members who are online; ``user_ids`` empty: to all. Nothing is stored.

        Raises ApiError 10004 for single members of a live room, 10010, 10015.
        """
        check_place(group_id)
        group = (await store.load(self._core.db, app.sdkappid, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        notice = pushes.custom_notice(group, content, self._core.now(), random.getrandbits(32))
        if not user_ids:
            self._core.feed.notify(app.sdkappid, group_id, notice)
            return
        if not TYPES[group.type].stores_members:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"{group.type} groups know no single members")
        for user_id in await store_members.load(self._core.db, app.sdkappid, group.home, user_ids):
            self._core.live.send(of_user(app.sdkappid, user_id), notice)

    async def _looked(self, app: App, message: GroupMessage, *, as_member: bool) -> Group:
        """The group, of which the sender may write this. Raises ApiError."""
        db, group_id = self._core.db, message.group_id
        group = (await store.load(db, message.app, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        sender = message.sender
        member = (await store_members.load(db, message.app, group.home, [sender])).get(sender)
        role = member.role if member is not None else (await self._visitors(db, group, {sender})).get(sender)
        over = await self._over(db, group)
        mutes = await self._mutes(db, group, {sender})
        rights = await self._core.rights(db, group, [sender], over=over) if as_member else {}
        power = None if role is None else Power(role, rights.get(sender))
        _check_sender(app, group, over, message, power, mutes.get(sender, 0), as_member=as_member)
        return group

    async def _send_online(self, app: App, message: GroupMessage, exclude: int, *, as_member: bool) -> Sent:
        group = await self._looked(app, message, as_member=as_member)
        if not TYPES[group.type].stores_messages:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"{group.type} groups know no OnlineOnlyFlag")
        message.msg_time = self._core.now()
        self._core.feed.publish(group, message, exclude=exclude)
        entries = [entry for teller in self.tellers for entry in teller.sent(group, message)]
        if entries:
            await self._core.db.write(lambda tx: self.followers.outbox.put(tx, entries))
        return Sent(message.msg_time, 0)

    async def _publish_failed(self, app: App, message: GroupMessage, error: ApiError) -> None:
        tellers = [teller for teller in self.tellers if teller.wants_failed(app, message, error)]
        if not tellers:
            return
        group = (await store.load(self._core.db, message.app, [message.group_id])).get(message.group_id)
        if group is None:
            return
        entries = [entry for teller in tellers for entry in teller.failed(group, message, error)]
        await self._core.db.write(lambda tx: self.followers.outbox.put(tx, entries))

    async def _write(self, batch: list[_Sending]) -> None:
        async def run(tx: Tx) -> None:
            by_app: defaultdict[int, defaultdict[str, list[_Sending]]] = defaultdict(lambda: defaultdict(list))
            for sending in batch:
                sending.outcome, sending.stored, sending.group = None, False, None
                by_app[sending.message.app][sending.message.group_id].append(sending)
            for app in sorted(by_app):
                held = await store.lock(tx, app, list(by_app[app]))
                before = await self._before(tx, app, by_app[app])
                for group_id, sendings in by_app[app].items():
                    if group_id in held:
                        await self._append(tx, held[group_id], sendings, before)
                    else:
                        for sending in sendings:
                            sending.outcome = not_found(group_id)

        await self._core.db.write(run, lane="log")

    async def _before(self, tx: Tx, app: int, by_group: dict[str, list[_Sending]]) -> dict[bytes, Sent]:
        """Those of the messages that were stored before, by key."""
        keys = [store_messages.key(s.message) for sendings in by_group.values() for s in sendings]
        recent = await store_messages.recent(tx, app, keys, self._core.now())
        return {key: Sent(*numbers) for key, numbers in recent.items()}

    async def _append(self, tx: Tx, group: Group, sendings: list[_Sending], before: dict[bytes, Sent]) -> None:
        now = self._core.now()
        senders = {s.message.sender for s in sendings}
        members = await self._core.members(tx, group, senders)
        over = await self._over(tx, group)
        mutes = await self._mutes(tx, group, senders)
        visitors = await self._visitors(tx, group, senders)
        rights = await self._core.rights(tx, group, senders, over=over)
        new: dict[bytes, GroupMessage] = {}
        again: list[tuple[_Sending, bytes]] = []
        for sending in sendings:
            message = sending.message
            key = store_messages.key(message)
            if key in before:
                sending.outcome = before[key]
                continue
            if key in new:
                again.append((sending, key))
                continue
            member, muted = members.get(message.sender), mutes.get(message.sender, 0)
            role = member.role if member is not None else visitors.get(message.sender)
            bound = rights.get(message.sender) if sending.as_member else None  # the app asks nobody's permission
            power = None if role is None else Power(role, bound)
            try:
                _check_sender(sending.app, group, over, message, power, muted, as_member=sending.as_member)
            except ApiError as error:
                sending.outcome = error
                continue
            if member is not None and member.role is Role.Owner:
                group.active = 1
            if not TYPES[group.type].stores_members:
                message.wish = None  # nobody is away from a live room
            new[key] = message
            sending.stored, sending.group = True, group
        if not new:
            return
        messages = list(new.values())
        self._core.messages.number(group, messages)
        await self._core.messages.store(tx, group, messages)
        if (keep := max(s.keep for s in sendings)) and not TYPES[group.type].stores_members:
            items = [(m.seq, pushes.polled(m, group)) for m in messages]
            await store_rooms.keep(tx, group.app, group.group_id, items, keep)
        await store_messages.remember(tx, list(new.items()), now)
        await self._move(tx, group, messages, members)
        await self._follow(tx, group, messages)
        tx.emit(sent(group, over, messages, members, now))
        for sending in sendings:
            if sending.stored:
                sending.outcome = Sent(sending.message.msg_time, sending.message.seq)
        for sending, key in again:
            sending.outcome = Sent(new[key].msg_time, new[key].seq)

    async def _over(self, source: Database | Tx, group: Group) -> Group | None:
        """The community of a topic."""
        return (await store.load(source, group.app, [group.parent])).get(group.parent) if group.parent else None

    async def _mutes(self, source: Database | Tx, group: Group, senders: set[str]) -> dict[str, int]:
        """Who of them is muted there, or in the community of a topic, and until when."""
        now = self._core.now()
        found = await store_members.mutes_of(source, group.app, group.group_id, senders, now)
        if group.parent:
            found = await store_members.mutes_of(source, group.app, group.parent, senders, now) | found
        return found

    async def _visitors(self, source: Database | Tx, group: Group, senders: set[str]) -> dict[str, Role]:
        """What the senders are in a live room, as far as they are there."""
        if TYPES[group.type].stores_members:
            return {}
        admins = await store_rooms.admins(source, group.app, group.group_id) if group.profile.mute_all == "On" else ()
        found: dict[str, Role] = {}
        for user_id in senders:
            if self._core.seats.here((group.app, group.group_id), user_id):
                owns = user_id == group.owner
                found[user_id] = Role.Owner if owns else Role.Admin if user_id in admins else Role.Member
        return found

    async def _move(self, tx: Tx, group: Group, messages: list[GroupMessage], members: dict[str, Member]) -> None:
        """The senders' own rows: who has read everything so far has also read what it writes now."""
        moved: dict[str, tuple[int, int, int]] = {}
        for message in messages:
            member = members.get(message.sender)
            if member is None:
                continue
            _, read, own = moved.get(message.sender, (0, member.read_seq, 0))
            if read == message.seq - 1:
                read = message.seq
            else:
                own += message.counts
            moved[message.sender] = (message.msg_time, read, own)
        if moved:
            await store_messages.sent(tx, group.app, group.group_id, moved)

    async def _follow(self, tx: Tx, group: Group, messages: list[GroupMessage]) -> None:
        entries = [told for m in messages for teller in self.tellers for told in teller.sent(group, m)]
        if self.followers.follow(group.app):
            entries += [
                entry(m.app, m.group_id, m.seq, Numbers(m.msg_time, m.seq), follow)
                for m in messages
                for follow in self.followers.of(m)
            ]
        if entries:
            await self.followers.outbox.put(tx, entries)

    def _written(self, batch: list[_Sending], error: BaseException | None) -> None:
        if error is not None and not isinstance(error, Unavailable):  # which is logged once for all calls
            log.error("group messages could not be stored", count=len(batch), error=repr(error))
        for sending in batch:
            outcome = ApiError(Code.GROUP_INTERNAL) if error is not None else sending.outcome
            if error is None and sending.stored and sending.group is not None:
                self._core.feed.publish(sending.group, sending.message, exclude=sending.exclude)
            if sending.future.done():
                continue
            if isinstance(outcome, Sent):
                sending.future.set_result(outcome)
            else:
                sending.future.set_exception(outcome or ApiError(Code.GROUP_INTERNAL))


def _check_content(app: App, message: GroupMessage, *, online_only: bool) -> None:
    extra = message.extra
    if len(extra.at) > MAX_MENTIONS:
        raise ApiError(Code.GROUP_TOO_MANY_MENTIONS)
    if len(extra.to) > MAX_TARGETS:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"To_Account names at most {MAX_TARGETS} members")
    if message.flags & NEED_RECEIPT and online_only:
        raise ApiError(Code.GROUP_RECEIPT_ONLINE_ONLY)


def _check_sender(
    app: App,
    group: Group,
    over: Group | None,
    message: GroupMessage,
    known: Power | None,
    muted: int,
    *,
    as_member: bool,
) -> None:
    """Raises ApiError unless the sender, who is ``known`` in the group, may write this. The app may write for anyone
    who is not muted. ``over``: the community of a topic."""
    if as_member and known is None:
        raise ApiError(Code.GROUP_NOT_PERMITTED, "only members may write")
    power = known or Power(Role.AppAdmin)
    if not group.active and power.role not in (Role.Owner, Role.AppAdmin):
        raise ApiError(Code.GROUP_NOT_PERMITTED, "the owner has not written yet")
    check(group.type, Operation.SEND, *power)
    if muted:
        raise ApiError(Code.GROUP_MUTED)
    all_muted = group.profile.mute_all == "On" or (over is not None and over.profile.mute_all == "On")
    if all_muted and not may(group.type, Operation.SEND_MUTED_ALL, *power):
        raise ApiError(Code.GROUP_MUTED, "all are muted")
    if message.extra.to:
        check(group.type, Operation.TARGET, *power)
    if message.extra.at_all:
        check(group.type, Operation.MENTION_ALL, *power)
    if group.profile.support_topic:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "messages of this community go to its topics")
    if message.flags & NEED_RECEIPT:
        check_receipts(app, group.type)
        if group.members > MAX_RECEIPT_MEMBERS:
            raise ApiError(Code.GROUP_RECEIPT_TOO_LARGE)
