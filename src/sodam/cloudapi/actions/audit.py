"""The audit log: search, show, export."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.audit.model import Event, Filter
from sodam.cloudapi import exports
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.apps import JobBegun
from sodam.cloudapi.actions.views import Id, Keyword, Limit
from sodam.cloudapi.files.reading import Format
from sodam.cloudapi.paging import cut
from sodam.control import missing


class EventFilter(msgspec.Struct, kw_only=True):
    From: Id = 0
    To: Id = 0
    Uin: Id = 0
    User: Keyword = ""
    Action: Keyword = ""
    SDKAppID: Id = 0
    Keyword: Keyword = ""
    Outcome: Literal["", "ok", "partly", "refused", "failed", "challenged"] = ""

    def wanted(self) -> Filter:
        return Filter(
            since=self.From,
            until=self.To,
            uin=self.Uin,
            user=self.User,
            action=self.Action,
            about_app=self.SDKAppID,
            keyword=self.Keyword,
            outcome=self.Outcome,
        )


class DescribeEvents(EventFilter, kw_only=True):
    Before: Id = 0
    Limit: Limit = 20


class EventView(msgspec.Struct, kw_only=True):
    EventId: Id
    Time: int
    """Unix milliseconds."""
    Uin: Id
    Name: str
    Edge: str
    Action: str
    Resource: str
    SDKAppID: Id
    Outcome: str
    ErrorCode: str
    Before: str
    After: str
    """JSON text: what is true afterwards. Of a call that was refused or failed: what was asked for. Of a bulk action
    whose items were not all carried out: who was ``Done``, and the number of each that was ``Refused``."""
    Ip: str
    UserAgent: str
    RequestId: str


class EventList(msgspec.Struct):
    Events: list[EventView]
    Next: int
    """Pass it as ``Before`` for what is older; 0 at the end."""


def _view(event: Event) -> EventView:
    return EventView(
        EventId=event.id,
        Time=event.time_ms,
        Uin=event.uin,
        Name=event.user_name,
        Edge=event.edge,
        Action=event.action,
        Resource=event.resource,
        SDKAppID=event.about_app,
        Outcome=event.outcome,
        ErrorCode=event.error_code,
        Before=event.before,
        After=event.after,
        Ip=event.ip,
        UserAgent=event.user_agent,
        RequestId=event.request_id,
    )


@action("cloudaudit", "DescribeEvents", kind="list", level="operation")
async def describe_events(call: Call, request: DescribeEvents) -> EventList:
    """Search the audit log, newest first."""
    found = await call.plane.audit.search(request.wanted(), before=request.Before, limit=request.Limit + 1)
    page, more = cut(found, request.Limit)
    return EventList([_view(event) for event in page], page[-1].id if more else 0)


class OfEvent(msgspec.Struct):
    EventId: Id


@action("cloudaudit", "DescribeEvent", kind="read", level="operation")
async def describe_event(call: Call, request: OfEvent) -> EventView:
    """One event of the audit log."""
    event = await call.plane.audit.get(request.EventId)
    if event is None:
        raise missing(f"there is no event {request.EventId}", detail="NoSuchEvent")
    return _view(event)


class ExportEvents(EventFilter, kw_only=True):
    Format: Format = "csv"


@action("cloudaudit", "ExportEvents", kind="read", level="operation", audited=True)
async def export_events(call: Call, request: ExportEvents) -> JobBegun:
    """Write what a search finds into a file, as a job."""
    params = exports.EventParams(request.Format, request.wanted())
    return JobBegun(await exports.begin_event_export(call.plane, call.caller, params))
