"""An app at a glance, as it is now."""

from __future__ import annotations

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import OfApp


class RealtimeOverview(msgspec.Struct):
    OnlineNow: int
    """Users who are connected, in a cluster as of a second ago."""
    AccountCount: int
    MessagesToday: int
    """Since the app's day began: one-to-one, in groups and in live rooms."""


@action("im", "DescribeRealtimeOverview", kind="read", level="app")
async def describe_realtime_overview(call: Call, request: OfApp) -> RealtimeOverview:
    """How many users are connected now, how many accounts the app has, and how many messages were sent today."""
    services, app = call.plane.services, request.SDKAppID
    return RealtimeOverview(
        OnlineNow=services.presence.online(app),
        AccountCount=await services.accounts.count(app),
        MessagesToday=sum(await services.statistics.reading.messages_today(app)),
    )
