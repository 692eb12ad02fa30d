"""An app at a glance, as it is now."""

from __future__ import annotations

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import OfApp


class RealtimeOverview(msgspec.Struct):
    OnlineNow: int
    """Users who are connected, in a cluster as of a second ago."""
    AccountCount: int


@action("im", "DescribeRealtimeOverview", kind="read", level="app")
async def describe_realtime_overview(call: Call, request: OfApp) -> RealtimeOverview:
    """How many users are connected now, and how many accounts the app has."""
    services, app = call.plane.services, request.SDKAppID
    return RealtimeOverview(OnlineNow=services.presence.online(app), AccountCount=await services.accounts.count(app))
