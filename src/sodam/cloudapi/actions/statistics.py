"""Statistics of an app: day by day, and the minutes of today (console.md section 7)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Id, OfApp
from sodam.control import invalid
from sodam.statistics import days, figures
from sodam.statistics.figures import FigureName, Kind, SeriesName
from sodam.statistics.reading import State

Date = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
MAX_DAYS: Final = 366
Column = Id | UnsetType


class DescribeDailyStatistics(OfApp, kw_only=True):
    Kind: Kind
    From: Date
    To: Date
    """At most 366 days; later days than today are left out."""


class StatisticsDay(msgspec.Struct, kw_only=True):
    Date: str
    State: State
    """``closed``: over and added up. ``open``: it may still grow. ``partial``: counting began within it. ``none``:
    before counting began; the numbers are unknown and 0."""
    ActiveUsers: Column = UNSET
    """Of ``users``, as are the next two."""
    Users: Column = UNSET
    NewUsers: Column = UNSET
    Messages: Column = UNSET
    """Of ``messages``, as are the next four: one-to-one and in groups that are no live rooms."""
    C2CMessages: Column = UNSET
    GroupMessages: Column = UNSET
    Senders: Column = UNSET
    OfflinePushes: Column = UNSET
    NewGroups: Column = UNSET
    """Of ``groups``, as are the next three."""
    ActiveGroups: Column = UNSET
    Groups: Column = UNSET
    PeakGroups: Column = UNSET


class StatisticsFigure(msgspec.Struct):
    Name: FigureName
    Value: Id
    Before: Id | None
    """The same of the month or day before; none where nothing was counted then."""


class DailyStatistics(msgspec.Struct, kw_only=True):
    TimeZone: str
    Today: str
    UpTo: str
    """The last day that is over: yesterday."""
    Since: str
    """The first day of which anything is known."""
    Overview: list[StatisticsFigure]
    """Peaks are of this month, today included; what stands for a day is yesterday's."""
    Days: list[StatisticsDay]
    """The oldest first."""


@action("im", "DescribeDailyStatistics", kind="read", level="app")
async def describe_daily_statistics(call: Call, request: DescribeDailyStatistics) -> DailyStatistics:
    """Users, messages or groups of an app by the days of its time zone, and what stands out, compared with before."""
    first, last = _date(request.From, "From"), _date(request.To, "To")
    if not 0 <= last - first < MAX_DAYS:
        raise invalid(f"From to To are 1 to {MAX_DAYS} days", detail="FieldValue", Field="To")
    app, reading = call.the_app.sdkappid, call.plane.services.statistics.reading
    today = reading.today(app).number
    found = await reading.days(app, first, last)
    overview = await figures.overview(reading, app, request.Kind, today)
    return DailyStatistics(
        TimeZone=reading.zone(app),
        Today=days.date_text(today),
        UpTo=days.date_text(today - 1),
        Since=days.date_text(await reading.since(app)),
        Overview=[StatisticsFigure(one.name, one.value, one.before) for one in overview],
        Days=[
            StatisticsDay(Date=days.date_text(one.number), State=one.state, **figures.columns(request.Kind, one))
            for one in found
        ],
    )


def _date(text: str, name: str) -> int:
    try:
        return days.parse_date(text)
    except ValueError:
        raise invalid(f"{name} is no date: {text}", detail="FieldValue", Field=name) from None


class DescribeRealtimeStatistics(OfApp, kw_only=True):
    Series: list[SeriesName] = msgspec.field(default_factory=list)
    """None: all."""
    Since: Id = 0
    """Minutes since 1970: only what is at or after it, for a page that has the rest. 0: all of the day."""
    Day: Date | Literal[""] = ""
    """Empty: today."""


class StatisticsPoint(msgspec.Struct, array_like=True):
    Minute: Id
    """Since 1970."""
    Total: Id
    Success: Id


class StatisticsLine(msgspec.Struct, kw_only=True):
    Series: SeriesName
    Line: str
    """A platform (``Web``, ``Android``, ``iOS``, ``Windows``, ``Mac``, ``iPad``, ``Linux``, ``RESTAPI``,
    ``Unknown``), for pushes the vendor; empty where the series has one line."""
    Points: list[StatisticsPoint]
    """In order; minutes without a point have 0. Without failures ``Success`` is ``Total``."""


class RealtimeCounts(msgspec.Struct, kw_only=True):
    OnlineNow: Id
    C2CToday: Id
    GroupToday: Id
    RoomToday: Id
    """Of live rooms (AVChatRoom)."""


class RealtimeStatistics(msgspec.Struct, kw_only=True):
    Time: Id
    """The server's unix second."""
    TimeZone: str
    Day: str
    DayStart: Id
    DayEnd: Id
    """Unix seconds of the app's day: the axis of the charts."""
    Step: Id
    """Minutes from one point to the next: 1, and 60 for days more than three days ago."""
    Settled: Id
    """Minutes before this one do not change any more: what to give as ``Since`` next."""
    Overview: RealtimeCounts
    Lines: list[StatisticsLine]


@action("im", "DescribeRealtimeStatistics", kind="read", level="app")
async def describe_realtime_statistics(call: Call, request: DescribeRealtimeStatistics) -> RealtimeStatistics:
    """The minutes of a day in the app's time zone, and the counts of today so far."""
    services, app = call.plane.services, call.the_app.sdkappid
    number = _date(request.Day, "Day") if request.Day else None
    now = await services.statistics.reading.chart(app, request.Since, number)
    wanted = set(request.Series)
    return RealtimeStatistics(
        Time=now.second,
        TimeZone=now.zone,
        Day=days.date_text(now.day.number),
        DayStart=now.day.start,
        DayEnd=now.day.end,
        Step=now.step,
        Settled=now.settled,
        Overview=await today_counts(call, app),
        Lines=[
            StatisticsLine(Series=series, Line=line, Points=[StatisticsPoint(*point) for point in points])
            for (series, line), points in figures.lines(now.values).items()
            if not wanted or series in wanted
        ],
    )


async def today_counts(call: Call, app: int) -> RealtimeCounts:
    """What the overview pages show of today."""
    services = call.plane.services
    c2c, group, room = await services.statistics.reading.messages_today(app)
    return RealtimeCounts(OnlineNow=services.presence.online(app), C2CToday=c2c, GroupToday=group, RoomToday=room)
