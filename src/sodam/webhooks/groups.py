"""Callbacks about messages of groups: the app is asked before, and hears of those that were sent and of those that were
not (webhooks.md 6.7 to 6.9, 7).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.errors import ApiError, Code
from sodam.groups.message import GroupMessage
from sodam.groups.model import Group
from sodam.messages.interceptors import Dropped
from sodam.outbox.model import New
from sodam.webhooks import content
from sodam.webhooks import group_bodies as bodies
from sodam.webhooks.before import DROP, GROUP_CODES, Asking, refuse, replaced, unanswered
from sodam.webhooks.model import TOPIC, encode, event

_UNTOLD: Final = frozenset(
    (
        Code.GROUP_INTERNAL,
        Code.GROUP_BAD_PARAMETER,
        Code.GROUP_NOT_PERMITTED,
        Code.GROUP_NOT_FOUND,
        Code.GROUP_ID_INVALID,
        Code.GROUP_CALLBACK_REFUSED,
        *GROUP_CODES,
    )
)
"""Refusals that are the caller's mistake, the server's, or the app's own decision."""


class BeforeGroup:
    """The interceptor of ``Group.CallbackBeforeSendMsg``."""

    COMMAND: Final = "Group.CallbackBeforeSendMsg"

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def waits(self, app: App) -> bool:
        return self._asking.wanted(app, self.COMMAND)

    def passes(self, app: App, message: GroupMessage) -> bool:
        return message.source is None or not message.source.before or not self.waits(app)

    async def check(self, app: App, message: GroupMessage) -> None:
        """Raises ApiError 10016, 80003 or the app's own code of 10100 to 10200; Dropped."""
        assert message.source is not None
        body = bodies.before(message, message.group_type, self._asking.now)
        source = message.source
        decision = await self._asking.ask(app, self.COMMAND, body, source.platform, source.client_ip)
        if decision is None:
            unanswered(app.settings.webhooks.group_failure)
        elif decision.ErrorCode == DROP:
            raise Dropped
        elif decision.ErrorCode:
            raise refuse(decision, GROUP_CODES, Code.GROUP_CALLBACK_REFUSED)
        else:
            message.body, message.cloud = replaced(decision, message.body, message.cloud)


class GroupTelling:
    """What the outbox holds of messages of groups: see ``groups.sending.Teller``."""

    def __init__(self, apps: AppService, now: Callable[[], int]) -> None:
        self._apps = apps
        self._now = now
        """Unix milliseconds."""

    def sent(self, group: Group, message: GroupMessage) -> list[New]:
        if message.source is None or not (message.source.after or message.source.marks):
            return []
        app = self._apps.get(message.app)
        if app is None or not app.settings.webhooks.url:
            return []
        entries = []
        if (marks := message.source.marks) is not None and app.settings.webhooks.wants(content.COMMAND):
            entries.append(self._entry(message, content.COMMAND, content.marked_in_group(message, marks)))
        if not message.source.after:
            return entries
        if app.settings.webhooks.wants("Group.CallbackAfterSendMsg"):
            entries.append(
                self._entry(message, "Group.CallbackAfterSendMsg", bodies.sent(message, group.type, self._now()))
            )
        robots = [user_id for user_id in message.extra.at if user_id.startswith(bodies.ROBOT)]
        if robots and app.settings.webhooks.wants("Bot.OnGroupMessage"):
            body = bodies.to_robots(message, group.type, robots, self._now())
            entries.append(self._entry(message, "Bot.OnGroupMessage", body))
        return entries

    def wants_failed(self, app: App, message: GroupMessage, error: ApiError) -> bool:
        command = "Group.CallbackSendMsgException"
        return (
            message.source is not None
            and message.source.after
            and error.code not in _UNTOLD
            and app.settings.webhooks.wants(command)
        )

    def failed(self, group: Group, message: GroupMessage, error: ApiError) -> list[New]:
        body = bodies.failed(message, group.type, int(error.code), error.info, self._now())
        return [self._entry(message, "Group.CallbackSendMsgException", body)]

    @staticmethod
    def _entry(message: GroupMessage, command: str, body: bodies.Body) -> New:
        assert message.source is not None
        one = event(command, message.source.platform, message.source.client_ip, body)
        return New(message.app, TOPIC, encode(one), lane=message.group_id)
