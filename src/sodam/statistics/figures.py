"""The numbers of the console's pages and of ``getappinfo``, from what was counted: one definition each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from sodam.statistics import days, model
from sodam.statistics.reading import DayValues, Reading

Kind = Literal["users", "messages", "groups"]
FigureName = Literal[
    "PeakActiveUsers", "Users", "NewUsers", "Messages", "C2CMessages", "GroupMessages", "PeakGroups", "Groups"
]
SeriesName = Literal[
    "Logins",
    "C2CSends",
    "GroupSends",
    "Callbacks",
    "RestCalls",
    "Pushes",
    "Online",
    "C2CMessages",
    "GroupMessages",
    "RoomMessages",
]
_RATES: Final[dict[str, SeriesName]] = {
    model.LOGIN: "Logins",
    model.SEND_C2C: "C2CSends",
    model.SEND_GROUP: "GroupSends",
    model.CALLBACK: "Callbacks",
    model.REST: "RestCalls",
    model.PUSH: "Pushes",
}
_PLAIN: Final[dict[str, SeriesName]] = {
    model.ONLINE: "Online",
    model.C2C: "C2CMessages",
    model.GROUP: "GroupMessages",
    model.ROOM: "RoomMessages",
}
_OF: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "users": {
        "ActiveUsers": (model.ACTIVE,),
        "Users": (model.ACCOUNTS_TOTAL,),
        "NewUsers": (model.ACCOUNTS,),
    },
    "messages": {
        "Messages": (model.C2C, model.GROUP),
        "C2CMessages": (model.C2C,),
        "GroupMessages": (model.GROUP,),
        "Senders": (model.SENDERS,),
    },
    "groups": {
        "NewGroups": (model.GROUPS,),
        "ActiveGroups": (model.ACTIVE_GROUPS,),
        "Groups": (model.GROUPS_TOTAL,),
        "PeakGroups": (model.GROUPS_PEAK,),
    },
}
_PEAKS: Final[dict[str, tuple[FigureName, str]]] = {
    "users": ("PeakActiveUsers", "ActiveUsers"),
    "groups": ("PeakGroups", "PeakGroups"),
}
_OF_YESTERDAY: Final[dict[str, tuple[FigureName, ...]]] = {
    "users": ("Users", "NewUsers"),
    "messages": ("Messages", "C2CMessages", "GroupMessages"),
    "groups": ("Groups",),
}


class Figure(NamedTuple):
    name: FigureName
    value: int
    before: int | None


def columns(kind: Kind, day: DayValues) -> dict[str, int]:
    """What the table of a kind shows of a day."""
    found = {name: sum(day[what] for what in whats) for name, whats in _OF[kind].items()}
    if kind == "messages":
        found["OfflinePushes"] = day.sum(f"{model.PUSH}.", ".ok")
    return found


async def overview(reading: Reading, app: int, kind: Kind, today: int) -> list[Figure]:
    """What stands out: the month's peak against last month's, yesterday against the day before."""
    month = days.month_start(today)
    last_month = days.month_start(month - 1)
    found = {day.number: day for day in await reading.days(app, min(last_month, today - 2), today)}
    figures: list[Figure] = []
    if kind in _PEAKS:
        name, column = _PEAKS[kind]
        this = [columns(kind, day)[column] for number, day in found.items() if number >= month]
        last = [
            columns(kind, day)[column]
            for number, day in found.items()
            if last_month <= number < month and day.state != "none"
        ]
        figures.append(Figure(name, max(this, default=0), max(last, default=None)))
    yesterday, before = columns(kind, found[today - 1]), found[today - 2]
    for name in _OF_YESTERDAY[kind]:
        compared = None if before.state == "none" else columns(kind, before)[name]
        figures.append(Figure(name, yesterday[name], compared))
    return figures


Points = list[tuple[int, int, int]]
"""Minute since 1970, total, success."""


def lines(values: Iterable[tuple[int, str, int]]) -> dict[tuple[SeriesName, str], Points]:
    """The lines of the real-time charts, by series and platform."""
    found: dict[tuple[SeriesName, str], dict[int, list[int]]] = {}
    for minute, what, value in values:
        if (series := _PLAIN.get(what)) is not None:
            found.setdefault((series, ""), {})[minute] = [value, value]
            continue
        stem, _, outcome = what.rpartition(".")
        rate, line = _split(stem)
        if rate is not None and outcome in ("ok", "bad"):
            point = found.setdefault((rate, line), {}).setdefault(minute, [0, 0])
            point[0] += value
            point[1] += value * (outcome == "ok")
    return {
        key: [(minute, total, good) for minute, (total, good) in sorted(points.items())]
        for key, points in sorted(found.items())
    }


def _split(stem: str) -> tuple[SeriesName | None, str]:
    """``login.Web`` is a line of logins."""
    if stem in _RATES:
        return _RATES[stem], ""
    rate, _, line = stem.rpartition(".")
    return _RATES.get(rate), line
