"""Where days begin and end: fixed offsets, zones with summer time, and what is no zone."""

from __future__ import annotations

import datetime

import pytest

from sodam import zones
from sodam.statistics import days


@pytest.mark.parametrize(
    ("zone", "date", "hours"),
    [
        ("+09:00", "2026-11-27", 24),
        ("-03:30", "2026-11-27", 24),
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Europe/Berlin", "2026-10-26", 24),
        ("Africa/Cairo", "2026-04-24", 23),  # its clocks change at midnight
    ],
)
def test_a_day_from_its_first_to_its_last_second(zone: str, date: str, hours: int) -> None:
    at, number = zones.zone(zone), days.parse_date(date)
    day = days.numbered(number, at)
    assert (day.end - day.start, days.date_text(day.number)) == (hours * 3600, date)
    for second, expected in (
        (day.start - 0.001, number - 1),
        (day.start, number),
        (day.end - 0.001, number),
        (day.end, number + 1),
    ):
        assert days.day_of(second, at).number == expected
    if hours == 24:
        assert datetime.datetime.fromtimestamp(day.start, at).time() == datetime.time()


def test_months_begin_on_the_first() -> None:
    assert days.date_text(days.month_start(days.parse_date("2028-02-29"))) == "2028-02-01"


@pytest.mark.parametrize(
    "text", ["", "8", "+8", "+15:00", "+08:60", "UTC+8", "../etc/passwd", "Mars/Olympus", "x" * 99]
)
def test_what_is_no_time_zone(text: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        zones.zone(text)
    assert zones.known(text) == zones.zone(zones.DEFAULT_ZONE)


@pytest.mark.parametrize("text", ["", "2026-2-1", "2026-02-30", "20260201", "2026-02-01T", "0001-01-01", "9999-12-31"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        days.parse_date(text)
