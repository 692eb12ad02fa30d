"""Before-callbacks: the app is asked, has two seconds, and decides (webhooks.md 1.4 to 1.6).

Its ``ErrorCode`` alone decides. What is no proper answer in time counts as none: then the app's policy decides about a
message (let it go, or 80003), and everything else goes on as if nobody had been asked. An app that gave none several
times in a row is not asked for some seconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from sodam.apps.model import App
from sodam.apps.webhooks import Failure
from sodam.c2c.model import Message
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.groups.core import Operator
from sodam.groups.model import Wanted
from sodam.messages.elements import check_body
from sodam.messages.interceptors import Dropped
from sodam.messages.model import BY_REST, HIDE_RECEIVER
from sodam.messages.outgoing import cloud_json
from sodam.outbound import Answer, OutboundError
from sodam.relations.model import AddItem, Origin, Outcome, Reply
from sodam.webhooks import bodies
from sodam.webhooks.breaker import Breaker
from sodam.webhooks.delivery import Sender
from sodam.webhooks.group_bodies import members_of
from sodam.webhooks.model import event

C2C_CODES: Final = range(120_001, 130_001)
GROUP_CODES: Final = range(10_100, 10_201)
DROP: Final = 2
_MOST_TEXT: Final = 1024
"""Characters of an app's text that are passed on."""


class ResultItem(msgspec.Struct):
    To_Account: str
    ResultCode: int = 0
    ResultInfo: str = ""


class Decision(msgspec.Struct):
    """What an app answers; fields that are not for this command are ignored."""

    ErrorCode: int
    ErrorInfo: str | None = ""
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    CloudCustomData: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    ResultItem: list[ResultItem] | None = None
    RefusedMembers_Account: list[str] | None = None
    RefusedSubscribers_Account: list[str] | None = None

    @property
    def text(self) -> str:
        return (self.ErrorInfo or "")[:_MOST_TEXT]


class _Verdict(msgspec.Struct):
    ErrorCode: int


_decode: Final = msgspec.json.Decoder(Decision, strict=False).decode
_verdict: Final = msgspec.json.Decoder(_Verdict, strict=False).decode


def decided(body: bytes) -> Decision:
    """An app's answer. Its ErrorCode alone decides: where other fields are not what they should be, they say nothing.

    Raises ValueError or RecursionError for what has no ErrorCode.
    """
    try:
        return _decode(body)
    except msgspec.ValidationError:
        return Decision(_verdict(body).ErrorCode)


class Asking:
    """Asks one app."""

    def __init__(self, sender: Sender, clock: Callable[[], float] = wall_clock) -> None:
        self._sender = sender
        self._breaker = Breaker(clock=clock)
        self._clock = clock

    @property
    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock() * 1000)

    def wanted(self, app: App, command: str) -> bool:
        return app.settings.webhooks.wants(command)

    async def ask(self, app: App, command: str, body: dict[str, Any], platform: str, client_ip: str) -> Decision | None:
        """What the app decides; None: it gave no proper answer."""
        config, sdkappid = app.settings.webhooks, app.sdkappid
        self._breaker.changed(sdkappid, config.url)
        if not self._breaker.room(sdkappid):
            return None
        found: list[Decision] = []

        def judge(answer: Answer) -> str:
            if answer.status != 200:
                return "status"
            if not answer.whole:
                return "too long"
            try:
                found.append(decided(answer.body))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return "no decision"
            return "answered"

        with contextlib.suppress(OutboundError):
            await self._sender.send(sdkappid, config, event(command, platform, client_ip, body), attempt=1, judge=judge)
        if not found:
            self._breaker.bad(sdkappid, config.url)
            return None
        self._breaker.good(sdkappid)
        return found[0]


def refuse(decision: Decision, codes: range, default: Code) -> ApiError:
    """The refusal that a decision other than 0 asks for: with the app's own code and text, or the default's."""
    if decision.ErrorCode in codes:
        return ApiError(decision.ErrorCode, decision.text)
    return ApiError(default)


def unanswered(policy: Failure) -> None:
    """Raises ApiError 80003 where an app wants no message to go that it was not asked about."""
    if policy == "refuse":
        raise ApiError(Code.CALLBACK_FAILED)


class BeforeC2C:
    """The interceptor of ``C2C.CallbackBeforeSendMsg``."""

    COMMAND: Final = "C2C.CallbackBeforeSendMsg"

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def waits(self, app: App) -> bool:
        return self._asking.wanted(app, self.COMMAND)

    def passes(self, app: App, message: Message) -> bool:
        source = message.source
        return source is None or not source.before or bool(message.flags & HIDE_RECEIVER) or not self.waits(app)

    async def check(self, app: App, message: Message) -> None:
        """Raises ApiError 20006, 80003 or the app's own code of 120001 to 130000; Dropped."""
        assert message.source is not None
        now = self._asking.now
        body = bodies.before(message, now // 1000, now)
        decision = await self._asking.ask(app, self.COMMAND, body, message.source.platform, message.source.client_ip)
        if decision is None:
            unanswered(app.settings.webhooks.c2c_failure)
        elif decision.ErrorCode == DROP:
            raise Dropped
        elif decision.ErrorCode:
            raise refuse(decision, C2C_CODES, Code.C2C_CALLBACK_REFUSED)
        else:
            message.body, message.cloud = replaced(decision, message.body, message.cloud)


def replaced(decision: Decision, body: bytes, cloud: bytes) -> tuple[bytes, bytes]:
    """Body and CloudCustomData as the app wants them. What no sender could send replaces nothing."""
    new_body, new_cloud = body, cloud
    try:
        if given := _given(decision.CloudCustomData):
            new_cloud = cloud_json(msgspec.json.decode(given, type=str))
        if given := _given(decision.MsgBody):
            new_body = check_body(given, strict_required=True, extra_bytes=len(new_cloud) - 2).raw
    except (ApiError, msgspec.DecodeError, RecursionError):
        return body, cloud
    return new_body, new_cloud


def _given(raw: msgspec.Raw) -> bytes:
    data = bytes(raw)
    return b"" if data == b"null" else data


class FriendGuard:
    """Asks about a client's friend requests and its answers to them: see ``relations.work.Guard``."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def adding(
        self, app: App, origin: Origin, user_id: str, items: Sequence[AddItem], *, both: bool
    ) -> Mapping[str, Outcome]:
        command = "Sns.CallbackPrevFriendAdd"
        if not self._asking.wanted(app, command):
            return {}
        wanted = [
            {
                "To_Account": item.to,
                "Remark": item.remark,
                "GroupName": item.groups[0] if item.groups else "",
                "AddSource": item.source,
                "AddWording": item.wording,
            }
            for item in items
        ]
        body = {
            "Requester_Account": origin.operator,
            "From_Account": user_id,
            "FriendItem": wanted,
            "AddType": "Add_Type_Both" if both else "Add_Type_Single",
            "ForceAddFlags": 0,
            "EventTime": self._asking.now,
        }
        return await self._refused(app, origin, command, body)

    async def answering(
        self, app: App, origin: Origin, user_id: str, replies: Sequence[Reply]
    ) -> Mapping[str, Outcome]:
        command = "Sns.CallbackPrevFriendResponse"
        if not self._asking.wanted(app, command):
            return {}
        wanted = [
            {
                "To_Account": reply.to,
                "Remark": reply.remark,
                "TagName": reply.group,
                "ResponseAction": reply.action,
            }
            for reply in replies
        ]
        body = {
            "Requester_Account": origin.operator,
            "From_Account": user_id,
            "ResponseFriendItem": wanted,
            "EventTime": self._asking.now,
        }
        return await self._refused(app, origin, command, body)

    async def _refused(self, app: App, origin: Origin, command: str, body: dict[str, Any]) -> Mapping[str, Outcome]:
        """By UserID, those that the app refuses. An outer code other than 0: it could not decide, all go through."""
        decision = await self._asking.ask(app, command, body, origin.platform, origin.client_ip)
        if decision is None or decision.ErrorCode:
            return {}
        return {
            item.To_Account: Outcome(item.To_Account, item.ResultCode, item.ResultInfo[:_MOST_TEXT])
            for item in decision.ResultItem or ()
            if item.ResultCode
        }


class GroupGuard:
    """Asks before groups are made and members added: see ``groups.core.Guard``."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def wanted(self, app: App, command: str) -> bool:
        return self._asking.wanted(app, command)

    async def creating(self, app: App, operator: Operator, wanted: Wanted, name: str, created: int) -> None:
        """``created``: groups of that type that the owner has. Raises ApiError 10016 or the app's own code."""
        body = {
            "Operator_Account": operator.user_id,
            "Owner_Account": wanted.owner,
            "Type": wanted.kind.name,
            "Name": name,
            "CreateGroupNum": created,
            "MemberList": members_of(n.user_id for n in wanted.newcomers),
            "EventTime": self._asking.now,
        }
        await self._decide(app, operator, "Group.CallbackBeforeCreateGroup", body)

    async def inviting(
        self, app: App, operator: Operator, group_id: str, group_type: str, user_ids: Sequence[str]
    ) -> frozenset[str]:
        """Who of them may not become a member. Raises ApiError 10016 or the app's own code for all."""
        body = {
            "GroupId": group_id,
            "Type": group_type,
            "Operator_Account": operator.user_id,
            "DestinationMembers": members_of(user_ids),
            "EventTime": self._asking.now,
        }
        decision = await self._decide(app, operator, "Group.CallbackBeforeInviteJoinGroup", body)
        return frozenset(decision.RefusedMembers_Account or ()) if decision is not None else frozenset()

    async def creating_topic(self, app: App, operator: Operator, group_id: str, group_type: str, name: str) -> None:
        """Raises ApiError 10016 or the app's own code."""
        body = {
            "GroupId": group_id,
            "Operator_Account": operator.user_id,
            "Type": group_type,
            "Name": name,
            "EventTime": self._asking.now,
        }
        await self._decide(app, operator, "Group.CallbackBeforeCreateTopic", body)

    async def applying(self, app: App, operator: Operator, group_id: str, group_type: str) -> None:
        """Raises ApiError 10016 or the app's own code."""
        body = {
            "GroupId": group_id,
            "Type": group_type,
            "Requestor_Account": operator.user_id,
            "EventTime": self._asking.now,
        }
        await self._decide(app, operator, "Group.CallbackBeforeApplyJoinGroup", body)

    async def _decide(self, app: App, operator: Operator, command: str, body: dict[str, Any]) -> Decision | None:
        decision = await self._asking.ask(app, command, body, *(operator.source or BY_REST)[:2])
        if decision is not None and decision.ErrorCode:
            raise refuse(decision, GROUP_CODES, Code.GROUP_CALLBACK_REFUSED)
        return decision
