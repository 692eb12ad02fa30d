"""Callbacks of official accounts: the app is asked before, and hears of what was done (webhooks.md 8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from sodam.apps.model import App
from sodam.errors import Code
from sodam.messages.interceptors import Dropped
from sodam.messages.model import BY_REST, EMPTY_TEXT, Source
from sodam.officials import events
from sodam.officials.model import Act, Broadcast
from sodam.webhooks.before import DROP, GROUP_CODES, Asking, Decision, refuse, replaced
from sodam.webhooks.bodies import Body

PREFIX: Final = "OfficialAccount.Callback"


class OfficialGuard:
    """Asks before: see ``officials.service.Guard``. An app that does not answer has nothing against it."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def creating(self, app: App, act: Act, owner: str, name: str) -> None:
        """Raises ApiError 10016 or the app's own code."""
        body = {"Operator_Account": act.operator, "Owner_Account": owner, "Name": name}
        await self._decide(app, act.source, "BeforeCreateOfficialAccount", body)

    async def subscribing(self, app: App, act: Act, account: str, user_ids: Sequence[str]) -> Collection[str]:
        """Who of them may not. Raises ApiError 10016 or the app's own code for all."""
        body = {
            "Official_Account": account,
            "Operator_Account": act.operator,
            "SubscribeAccountList": subscribers_of(user_ids),
        }
        decision = await self._decide(app, act.source, "BeforeAddSubscriber", body)
        return frozenset(decision.RefusedSubscribers_Account or ()) if decision is not None else frozenset()

    async def sending(self, app: App, message: Broadcast) -> None:
        """Raises ApiError 10016 or the app's own code; Dropped."""
        source = message.source or BY_REST
        body = {
            "Official_Account": message.account,
            "OnlineOnlyFlag": int(source.online_only),
            "MsgBody": msgspec.Raw(message.body),
            **_cloud(message),
        }
        decision = await self._decide(app, source, "BeforeSendMsg", body, dropping=True)
        if decision is not None:
            message.body, message.cloud = replaced(decision, message.body, message.cloud)

    async def _decide(
        self, app: App, source: Source, name: str, body: dict[str, Any], *, dropping: bool = False
    ) -> Decision | None:
        command = PREFIX + name
        if not self._asking.wanted(app, command):
            return None
        body["EventTime"] = self._asking.now
        decision = await self._asking.ask(app, command, body, source.platform, source.client_ip)
        if decision is not None and dropping and decision.ErrorCode == DROP:
            raise Dropped
        if decision is not None and decision.ErrorCode:
            raise refuse(decision, GROUP_CODES, Code.GROUP_CALLBACK_REFUSED)
        return decision


def subscribers_of(user_ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"Subscriber_Account": user_id} for user_id in user_ids]


def _cloud(message: Broadcast) -> Body:
    return {} if message.cloud == EMPTY_TEXT else {"CloudCustomData": msgspec.Raw(message.cloud)}


def created(event: events.OfficialCreated, at: int) -> Body:
    return {
        "Operator_Account": event.operator,
        "Official_Account": event.account,
        "Owner_Account": event.owner,
        "Name": event.name,
        "EventTime": at,
    }


def changed(event: events.OfficialChanged, at: int) -> Body:
    names = {"Official_Account": event.account, "Operator_Account": event.operator}
    return names | event.changes | {"EventTime": at}


def destroyed(event: events.OfficialDestroyed, at: int) -> Body:
    return {"Official_Account": event.account, "Owner_Account": event.owner, "Name": event.name, "EventTime": at}


def subscribed(event: events.SubscribersAdded | events.SubscribersLeft, at: int) -> Body:
    return {
        "Official_Account": event.account,
        "Operator_Account": event.operator,
        "SubscribeAccountList": subscribers_of(event.user_ids),
        "EventTime": at,
    }


def full(event: events.OfficialFull, at: int) -> Body:
    return {"Official_Account": event.account, "EventTime": at}


def sent(event: events.BroadcastSent, at: int) -> Body:
    message = event.message
    return {
        "Official_Account": event.account,
        "MsgKey": message.key,
        "MsgTime": message.msg_time,
        "OnlineOnlyFlag": int(not message.seq),
        "MsgBody": msgspec.Raw(message.body),
        **_cloud(message),
        "EventTime": at,
    }


def recalled(event: events.BroadcastsRecalled, at: int) -> Body:
    return {
        "Official_Account": event.account,
        "WithdrawMsgList": [{"MsgKey": key} for key in event.keys],
        "EventTime": at,
    }


AFTER: Final[dict[type[events.OfficialEvent], tuple[str, Callable[[Any, int], Body | None]]]] = {
    events.OfficialCreated: ("AfterCreateOfficialAccount", created),
    events.OfficialChanged: ("AfterOfficialAccountInfoChanged", changed),
    events.OfficialDestroyed: ("AfterOfficialAccountDestroyed", destroyed),
    events.SubscribersAdded: ("AfterAddSubscriber", subscribed),
    events.SubscribersLeft: ("AfterDeleteSubscriber", subscribed),
    events.OfficialFull: ("AfterOfficialAccountFull", full),
    events.BroadcastSent: ("AfterSendMsg", sent),
    events.BroadcastsRecalled: ("AfterMsgWithDraw", recalled),
}
