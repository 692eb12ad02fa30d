"""What the figures have to be, and whether they are."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench.plan import Figure
from bench.runner import Results

_SAME = 1.15
"""Two costs count as the same within this factor: repeats of one measurement differ by some 5 %."""


@dataclass(frozen=True)
class Verdict:
    """An aim, what was measured, and whether that is enough; `met` is None when something was not measured."""

    aim: str
    measured: str
    met: bool | None


Value = Callable[[Figure], float | None]


def median(results: Results, target: str, name: str, value: Value) -> float | None:
    """The median over the repeats, or None when there are none."""
    figures = results.figures.get((target, name), [])
    values = [found for figure in figures if (found := value(figure)) is not None]
    return statistics.median(values) if values else None


def _cpu(figure: Figure) -> float | None:
    return figure.cpu_per_10k


def _memory(figure: Figure) -> float | None:
    return figure.extra.get("KiB per connection")


@dataclass(frozen=True)
class _AtMost:
    text: str
    name: str
    limit: float
    unit: str
    value: Value = _cpu

    def judge(self, results: Results) -> Verdict:
        found = median(results, "sodam", self.name, self.value)
        aim = f"{self.text}: at most {self.limit:g} {self.unit}"
        if found is None:
            return Verdict(aim, "not measured", None)
        return Verdict(aim, f"{found:.2f} {self.unit}", found <= self.limit)


@dataclass(frozen=True)
class _Ratio:
    """`above` divided by `below`, each a target and a figure name, times `scale`."""

    text: str
    above: tuple[str, str]
    below: tuple[str, str]
    at_most: float | None = None
    at_least: float | None = None
    value: Value = _cpu
    scale: float = 1.0

    def judge(self, results: Results) -> Verdict:
        above, below = (median(results, *who, self.value) for who in (self.above, self.below))
        if above is None or not below:
            return Verdict(self.text, "not measured", None)
        ratio = above / below * self.scale
        met = (self.at_most is None or ratio <= self.at_most) and (self.at_least is None or ratio >= self.at_least)
        return Verdict(self.text, f"{ratio:.2f} times", met)


@dataclass(frozen=True)
class _Paired:
    """The median of the ratios of pairs that ran one after the other, each run of one target with that of the other."""

    text: str
    above: tuple[str, str]
    below: tuple[str, str]
    at_most: float

    def judge(self, results: Results) -> Verdict:
        above, below = (results.figures.get(who, []) for who in (self.above, self.below))
        if not above or len(above) != len(below):  # a run failed: who belongs to whom is not known
            return Verdict(self.text, "not measured in pairs", None)
        ratios = [one.cpu_per_10k / other.cpu_per_10k for one, other in zip(above, below, strict=True)]
        middle = statistics.median(ratios)
        text = f"{middle:.3f} times ({min(ratios):.3f} to {max(ratios):.3f}, {len(ratios)} pairs)"
        return Verdict(self.text, text, middle <= self.at_most)


COUNTED = ("c2c_loaded", "c2c_300", "rest_send", "group_200")
"""Where messages are measured with and without statistics and troubleshooting log."""
_WEBHOOKS = (
    ("sodam", "sodam-webhooks"),
    ("sodam", "sodam-webhooks-waiting"),
    ("sodam-postgres", "sodam-postgres-webhooks"),
    ("sodam-postgres", "sodam-postgres-webhooks-waiting"),
    ("sodam-postgres-apart", "sodam-postgres-webhooks-apart"),
)
"""Targets without and with callbacks after messages."""
_TOLD = "statistics and troubleshooting log cost at most a twentieth"
_CPU = "CPU s / 10 000"
_Aim = _AtMost | _Ratio | _Paired


def _over_floor(text: str, name: str, at_most: float) -> _Ratio:
    """Machines differ by half and one machine by as much within an hour: only what ran beside it says anything."""
    return _Ratio(f"{text}: at most {at_most:g} times the floor", ("sodam", name), ("floor", name), at_most=at_most)


_FIXED: tuple[_Aim, ...] = (
    _over_floor("one-to-one, loaded", "c2c_loaded", 2.2),
    _over_floor("one-to-one at 300/s", "c2c_300", 1.4),
    _over_floor("a topic of 5000 sockets", "fanout/5000", 1.5),
    _over_floor("a topic of 200 sockets", "fanout/200", 1.5),
    _over_floor("a group of 200, loaded", "group_200", 3),
    _over_floor("a group of 200, one message of each sender at a time", "group_200/1", 3),
    _Ratio(
        "a group of 200, loaded: ejabberd's room uses at least 15 times as much",
        ("ejabberd", "group_200"),
        ("sodam", "group_200"),
        at_least=15,
    ),
    _over_floor("a live room of 5000", "avchatroom", 1.5),
    _over_floor("REST sendmsg", "rest_send", 1.6),
    _over_floor("login", "login", 1.2),
    _Ratio(
        "one-to-one, loaded: ejabberd uses at least 20 times as much",
        ("ejabberd", "c2c_loaded"),
        ("sodam", "c2c_loaded"),
        at_least=20,
    ),
    _Ratio(
        "one-to-one at 300/s: p50 no worse than ejabberd's",
        ("sodam", "c2c_300"),
        ("ejabberd", "c2c_300"),
        at_most=1.0,
        value=lambda figure: figure.p50_ms,
    ),
    _AtMost("idle connection", "idle", 24, "KiB", _memory),
    _AtMost("friend_add", "friend_add", 3, _CPU),
    _Ratio(
        "friend_add: ejabberd's add_rosteritem uses at least 4 times as much",
        ("ejabberd", "friend_add"),
        ("sodam", "friend_add"),
        at_least=4,
    ),
    _Ratio(
        "reading 1000 relations: ejabberd's get_roster uses at least 6 times as much",
        ("ejabberd", "friend_read"),
        ("sodam", "friend_read"),
        at_least=6,
    ),
    _Ratio(
        "a page of friend_get with 3000 friends costs as with 100",
        ("sodam", "friend_page/3000"),
        ("sodam", "friend_page/100"),
        at_most=_SAME,
    ),
    _Ratio(
        "the last page of 3000 costs as the first of 100",
        ("sodam", "friend_page/3000, last page"),
        ("sodam", "friend_page/100"),
        at_most=_SAME,
    ),
    _Ratio(
        "a page of friend_get in an app of 10^6 users costs as in a small one",
        ("sodam", "friend_page/100, 1000000 users"),
        ("sodam", "friend_page/100"),
        at_most=_SAME,
    ),
    _Ratio(
        "friend_check of 1000 in one call: at most a tenth of 1000 single checks",
        ("sodam", "friend_check/1000"),
        ("sodam", "friend_check/1"),
        at_most=0.1,
        scale=1 / 1000,
    ),
)


def judge(results: Results) -> list[Verdict]:
    """Every aim that this benchmark can judge; those of which nothing was measured are left out."""
    on_postgres: list[_Aim] = [
        _Ratio(f"{name}: PostgreSQL at most 1.3 times SQLite", ("sodam-postgres", name), ("sodam", name), at_most=1.3)
        for name in ("c2c_loaded", "c2c_300", "rest_send", "login", "friend_add", "friend_read")
    ]
    names = {name for _, name in results.figures}
    counted: list[_Aim] = [
        _Paired(f"{name}: {_TOLD}", (target, name), without, at_most=1.05)
        for target in ("sodam", "sodam-postgres")
        for name in COUNTED
        if (without := (f"{target}-uncounted", name)) in results.figures
    ]
    counted += [
        _Paired(f"{name}: {webhooks} over {target} at most 1.15 times", with_them, (target, name), at_most=1.15)
        for target, webhooks in _WEBHOOKS
        for name in COUNTED
        if (with_them := (webhooks, name)) in results.figures
    ]
    return [aim.judge(results) for aim in (*_FIXED, *on_postgres, *counted) if _concerns(aim, names)]


def _concerns(aim: _Aim, names: set[str]) -> bool:
    if isinstance(aim, _AtMost):
        return aim.name in names
    return aim.above[1] in names or aim.below[1] in names
