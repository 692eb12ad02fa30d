"""After-callbacks: domain events become entries of the outbox, in the transaction that raises them.

Lanes: a conversation, a group, a user. An app without a URL, or with a command's switch off, costs a look into its
settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Live, of_user
from sodam.c2c.domain_events import MessageModified, MessageRecalled, MessagesRead, ReceiptsSent
from sodam.c2c.histories import Histories
from sodam.c2c.model import Message
from sodam.clock import now as wall_clock
from sodam.errors import Code
from sodam.extensions.events import MessageExtended
from sodam.groups import events as groups
from sodam.messages.model import BY_REST, GROUP, HIDE_RECEIVER, ONE_TO_ONE, Source
from sodam.moderation.events import ContentRefused
from sodam.outbox.model import New
from sodam.outbox.service import Outbox
from sodam.presence.devices import opt_platform
from sodam.presence.events import StateChanged
from sodam.profiles.events import PortraitSet
from sodam.push.events import PushReported
from sodam.relations import events as relations
from sodam.storage import Database, Events, Tx
from sodam.webhooks import bodies, content, group_bodies, robots
from sodam.webhooks.bodies import Body
from sodam.webhooks.model import SENT, TOPIC, encode, encode_stored, event, new_id
from sodam.webhooks.officials import AFTER as OFFICIALS
from sodam.webhooks.officials import PREFIX as OFFICIAL
from sodam.webhooks.pushes import PushTelling

E = TypeVar("E")
_BLOCKED: Final = int(Code.C2C_BLOCKED)
_GROUPS: Final[dict[type[groups.GroupEvent], tuple[str, Callable[[Any, int], Body | None]]]] = {
    groups.GroupCreated: ("AfterCreateGroup", group_bodies.created),
    groups.GroupInfoChanged: ("AfterGroupInfoChanged", group_bodies.changed),
    groups.GroupDestroyed: ("AfterGroupDestroyed", group_bodies.destroyed),
    groups.GroupFull: ("AfterGroupFull", group_bodies.full),
    groups.MembersJoined: ("AfterNewMemberJoin", group_bodies.joined),
    groups.MembersLeft: ("AfterMemberExit", group_bodies.left),
    groups.OwnerChanged: ("AfterChangeGroupOwner", group_bodies.owner_changed),
    groups.RoleChanged: ("AfterMemberFieldChanged", group_bodies.field_changed),
    groups.NameCardChanged: ("AfterMemberFieldChanged", group_bodies.field_changed),
    groups.AttributesChanged: ("AfterGroupAttrChanged", group_bodies.attributes_changed),
    groups.GroupMessagesRecalled: ("AfterRecallMsg", group_bodies.recalled),
    groups.GroupMessageEdited: ("AfterModifyMsg", group_bodies.edited),
    groups.ReceiptsGiven: ("AfterReadReceipt", group_bodies.receipts),
    groups.TopicCreated: ("AfterCreateTopic", group_bodies.topic_created),
    groups.TopicsDestroyed: ("AfterTopicDestroyed", group_bodies.topics_destroyed),
    groups.TopicInfoChanged: ("AfterTopicInfoChanged", group_bodies.topic_changed),
    groups.VisitorsChanged: ("OnMemberStateChange", group_bodies.visitors),
}


class After:
    def __init__(
        self,
        db: Database,
        apps: AppService,
        outbox: Outbox,
        histories: Histories,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._outbox = outbox
        self._histories = histories
        self._clock = clock
        self.live: Live | None = None
        """The connections of this process; None: it has none."""

    @property
    def _now(self) -> int:
        return int(self._clock() * 1000)

    def wants(self, app: int, command: str) -> App | None:
        """The app, if it wants this command."""
        found = self._apps.get(app)
        return found if found is not None and found.settings.webhooks.wants(command) else None

    def entry(self, app: int, command: str, lane: str, body: Body, platform: str, client_ip: str) -> New:
        return New(app, TOPIC, encode(event(command, platform, client_ip, body)), lane=lane)

    def subscribe(self, events: Events) -> None:
        for kind in relations.COMMANDS:
            events.subscribe(kind, self._relations)
        events.subscribe(MessageRecalled, self._recalled)
        events.subscribe(MessagesRead, self._read)
        events.subscribe(MessageExtended, self._extended)
        events.subscribe(PushReported, PushTelling(self._outbox, self.wants))
        self._each(events, MessageModified, "C2C.CallbackAfterModifyMsg", lambda e: e.conv, bodies.modified)
        self._each(events, ReceiptsSent, "C2C.CallbackAfterMsgReadReceipt", lambda e: e.conv, bodies.receipts)
        self._each(
            events, PortraitSet, "Profile.CallbackPortraitSet", lambda e: e.user_id, lambda e, at: bodies.portrait(e)
        )
        self._each(
            events,
            StateChanged,
            "State.StateChange",
            lambda e: e.user_id,
            lambda e, at: bodies.state(e.action, e.user_id, e.reason, e.kicked, e.at),
        )
        self._each(events, ContentRefused, content.COMMAND, lambda e: e.group_id or e.sender, content.refused)
        alarm = "Group.CallbackOnDailyGroupQuotaAlarm"
        self._each(events, groups.QuotaNearlyUsed, alarm, lambda e: "", group_bodies.quota)
        for official_event, (command, body) in OFFICIALS.items():
            self._each(events, official_event, OFFICIAL + command, lambda e: e.account, body)
        for group_event, (command, body) in _GROUPS.items():
            self._each(events, group_event, f"Group.Callback{command}", lambda e: e.group_id, body)

    def _each(
        self,
        events: Events,
        kind: type[E],
        command: str,
        lane: Callable[[E], str],
        body: Callable[[E, int], Body | None],
    ) -> None:
        """Have an entry written for every event of a type whose app wants it."""

        async def subscriber(tx: Tx, found: Sequence[Any]) -> None:
            entries = []
            for one in found:
                if self.wants(one.app, command) and (made := body(one, self._now)) is not None:
                    platform, client_ip = self._source(one)
                    entries.append(self.entry(one.app, command, lane(one), made, platform, client_ip))
            await self._outbox.put(tx, entries)

        events.subscribe(kind, subscriber)

    def _source(self, one: Any) -> tuple[str, str]:
        """Platform and address of who caused an event; one that says neither, and names no client, came by REST."""
        source = getattr(one, "source", one)
        if hasattr(source, "platform"):
            return source.platform, source.client_ip
        if instid := getattr(one, "instid", 0):
            return self._client(one.app, one.operator, instid)
        return "RESTAPI", ""

    def _client(self, app: int, user_id: str, instid: int) -> tuple[str, str]:
        """Of a connection here. The writer of SQLite asks from its own thread: it looks at a copy."""
        here = list(self.live.local(of_user(app, user_id))) if self.live is not None else []
        for session in here:
            if session.instid == instid:
                return opt_platform(session.platform), session.client_ip
        return "Unknown", ""

    async def _relations(self, tx: Tx, found: Sequence[relations.DomainEvent]) -> None:
        entries = []
        for one in found:
            if self.wants(one.app, one.command):
                body = bodies.relation(one)
                lane = str(body.get("From_Account") or body["PairList"][0]["From_Account"])
                entries.append(self.entry(one.app, one.command, lane, body, one.platform, one.client_ip))
        await self._outbox.put(tx, entries)

    async def _recalled(self, tx: Tx, found: Sequence[MessageRecalled]) -> None:
        command = "C2C.CallbackAfterMsgWithDraw"
        for one in found:
            if app := self.wants(one.app, command):
                body = bodies.recalled(one, await self._unread(tx, app, one.recipient))
                await self._outbox.put(
                    tx, [self.entry(one.app, command, one.conv, body, one.source.platform, one.source.client_ip)]
                )

    async def _read(self, tx: Tx, found: Sequence[MessagesRead]) -> None:
        command = "C2C.CallbackAfterMsgReport"
        for one in found:
            if app := self.wants(one.app, command):
                body: Body = {
                    "Report_Account": one.reader,
                    "Peer_Account": one.peer,
                    "LastReadTime": one.until,
                    "UnreadMsgNum": await self._unread(tx, app, one.reader),
                }
                await self._outbox.put(
                    tx, [self.entry(one.app, command, one.conv, body, one.source.platform, one.source.client_ip)]
                )

    async def _unread(self, tx: Tx, app: App, user_id: str) -> int:
        return await self._histories.unread_in(tx, app, user_id)

    async def _extended(self, tx: Tx, found: Sequence[MessageExtended]) -> None:
        command = "C2C.CallbackAfterC2CMsgExtension"
        of_groups = "Group.CallbackAfterGroupMsgExtension"
        for one in found:
            ref = one.ref
            if ref.type == GROUP and self.wants(ref.app, of_groups):
                body = group_bodies.extended(one, self._now)
                await self._outbox.put(tx, [self.entry(ref.app, of_groups, ref.conv, body, *one.source[:2])])
            if ref.type != ONE_TO_ONE or not self.wants(ref.app, command):
                continue
            names = await self._histories.named(tx, ref.app, ref.conv, ref.seq)
            if names is not None:
                body = bodies.extended(one, *names, self._now)
                await self._outbox.put(tx, [self.entry(ref.app, command, ref.conv, body, *one.source[:2])])

    def idle(self, app: int) -> bool:
        """Nothing is said of messages of this app."""
        found = self._apps.get(app)
        return found is None or not found.settings.webhooks.url

    def sent(self, messages: Sequence[Message]) -> list[tuple[int, bytes]]:
        """For the message log: what is to be said of one-to-one messages of an app that are about to be stored.

        Of each, that it was sent, that it was sent or signalled to a robot, and that the app's words mark it.
        """
        app = self._apps.get(messages[0].app)
        if app is None:
            return []
        wants = app.settings.webhooks.wants
        sent, to_robot, signal = wants(SENT), wants(robots.TO_ROBOT), wants(robots.COMMAND)
        marks = wants(content.COMMAND)
        at, found = self._now, []
        if not (to_robot or signal or marks):  # in nearly every app: this runs for each of its messages
            return [
                (place, _sent(message, source, at))
                for place, message in enumerate(messages)
                if (source := message.source) is not None and source.after and sent
            ]
        for place, message in enumerate(messages):
            if (source := message.source) is None:
                continue
            if source.after:
                if sent:
                    found.append((place, _sent(message, source, at)))
                if (to_robot or signal) and _for_robot(message):
                    if to_robot:
                        found.append((place, _stored(message, source, robots.TO_ROBOT, at, tiny_id=message.tiny_id)))
                    if signal and source.platform != BY_REST.platform:  # over REST there is nobody who would
                        data = robots.signal(message.body)
                        if data is not None:
                            found.append((place, _stored(message, source, robots.COMMAND, at, encode(data))))
            if marks and source.marks is not None:
                found.append((place, _stored(message, source, content.COMMAND, at, encode(source.marks))))
        return found


def _sent(message: Message, source: Source, at: int) -> bytes:
    """Without the last fields, which need not be said."""
    return encode_stored((*_head(message, source, at), message.body, message.cloud))


def _stored(
    message: Message, source: Source, command: str, at: int, body: bytes | None = None, tiny_id: int = 0
) -> bytes:
    body = message.body if body is None else body
    return encode_stored((*_head(message, source, at), body, message.cloud, command, tiny_id))


def _head(message: Message, source: Source, at: int) -> tuple[str | int, ...]:
    return (
        new_id(),
        source.platform,
        source.client_ip,
        message.sender,
        message.recipient,
        message.msg_random,
        1 if source.online_only else 0,
        _BLOCKED if message.flags & HIDE_RECEIVER else 0,
        at,
    )


def _for_robot(message: Message) -> bool:
    """Whether a robot gets it."""
    return message.recipient.startswith(group_bodies.ROBOT) and not message.flags & HIDE_RECEIVER
