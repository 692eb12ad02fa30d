"""Aims: a miss is a miss, and nothing measured is nothing judged."""

from __future__ import annotations

from bench import aims, report
from bench.__main__ import _ASKED_FOR, _TARGETS, _able
from bench.machine import describe
from bench.plan import Figure
from bench.runner import Results, Timing
from bench.workloads import WORKLOADS


def figure(name: str, cpu: float, **more: float) -> Figure:
    return Figure(name=name, title=name, unit="thing", ops=10_000, seconds=5.0, server_cpu=cpu, extra=more)


def verdicts(results: Results) -> dict[str, bool | None]:
    return {verdict.aim: verdict.met for verdict in aims.judge(results)}


def test_the_median_decides_and_the_database_counts() -> None:
    floor, peer = (
        "one-to-one, loaded: at most 2.2 times the floor",
        "one-to-one, loaded: ejabberd uses at least 20 times as much",
    )
    results = Results()
    for cpu in (0.3, 0.4, 9.0):
        results.add("sodam", [figure("c2c_loaded", cpu)])
        results.add("floor", [figure("c2c_loaded", cpu / 2)])
        results.add("ejabberd", [figure("c2c_loaded", cpu * 20.5)])
    assert verdicts(results)[floor] is True
    assert verdicts(results)[peer] is True
    results.add("sodam", [Figure(name="c2c_loaded", title="", unit="", ops=1, seconds=1, database_cpu=1.0)] * 9)
    assert verdicts(results)[floor] is False


def test_a_peer_that_did_not_run_is_not_judged() -> None:
    results = Results()
    results.add("sodam", [figure("friend_add", 1.0)])
    found = verdicts(results)
    assert found["friend_add: at most 3 CPU s / 10 000"] is True
    assert found["friend_add: ejabberd's add_rosteritem uses at least 4 times as much"] is None
    assert not any(aim.startswith("login") for aim in found)


def test_a_group_is_judged_by_its_floor_and_its_peer() -> None:
    results = Results()
    for target, loaded, single in (("sodam", 0.011, 0.05), ("floor", 0.005, 0.025), ("ejabberd", 0.4, 0.5)):
        results.add(target, [figure("group_200", loaded), figure("group_200/1", single)])
    group = {aim: met for aim, met in verdicts(results).items() if aim.startswith("a group of 200")}
    assert list(group.values()) == [True, True, True]
    results.figures["sodam", "group_200"] = [figure("group_200", 0.03)]
    group = {aim: met for aim, met in verdicts(results).items() if aim.startswith("a group of 200")}
    assert list(group.values()) == [False, True, False]


def test_one_call_of_1000_is_compared_with_1000_calls() -> None:
    results = Results()
    results.add("sodam", [figure("friend_check/1000", 99.0), figure("friend_check/1", 1.0)])
    assert verdicts(results)["friend_check of 1000 in one call: at most a tenth of 1000 single checks"] is True
    results.figures["sodam", "friend_check/1000"] = [figure("friend_check/1000", 101.0)]
    assert verdicts(results)["friend_check of 1000 in one call: at most a tenth of 1000 single checks"] is False


def test_what_statistics_cost_is_judged_pair_by_pair() -> None:
    """A machine that grows slower within a run changes both sides of a pair."""
    aim, results = "c2c_loaded: statistics and troubleshooting log cost at most a twentieth", Results()
    for slow, ratio in ((1.0, 1.02), (2.0, 1.04), (4.0, 1.2)):
        results.add("sodam", [figure("c2c_loaded", slow * ratio)])
        results.add("sodam-uncounted", [figure("c2c_loaded", slow)])
    [one] = [verdict for verdict in aims.judge(results) if verdict.aim == aim]
    assert (one.measured, one.met) == ("1.040 times (1.020 to 1.200, 3 pairs)", True)
    results.figures["sodam", "c2c_loaded"][0] = figure("c2c_loaded", 1.06)
    assert verdicts(results)[aim] is False
    results.figures["sodam", "c2c_loaded"].pop()
    assert verdicts(results)[aim] is None, "a run failed"


def test_the_report_shows_medians_skips_and_failures() -> None:
    results = Results(failures=["idle on sodam: lost"], skipped=["ejabberd: not installed"])
    results.add("sodam", [figure("login", 2.0), figure("login", 4.0), figure("login", 3.0)])
    results.add("floor", [figure("login", 1.0)])
    about = report.About("2026-11-22T10:00+00:00", "python -m bench", describe(), ["sodam 1"], Timing(2, 6, False), 3)
    text = report.markdown(about, results, aims.judge(results))
    assert "3.000 (2.000 to 4.000)" in text
    assert "**failed**: idle on sodam: lost" in text
    assert "**skipped**: ejabberd: not installed" in text
    assert "| login: at most 1.2 times the floor | 3.00 times | **no** |" in text
    assert report.as_json(about, results, []).startswith(b"{")


def test_webhooks_are_judged_pair_by_pair() -> None:
    aim, results = "c2c_300: sodam-webhooks over sodam at most 1.15 times", Results()
    results.add("sodam", [figure("c2c_300", 1.0)])
    assert aim not in verdicts(results)
    results.add("sodam-webhooks", [figure("c2c_300", 1.14)])
    assert verdicts(results)[aim] is True
    results.add("sodam", [figure("c2c_300", 2.0)])
    results.add("sodam-webhooks", [figure("c2c_300", 2.4)])
    assert verdicts(results)[aim] is False


def test_what_statistics_cost_is_measured_without_being_named() -> None:
    """Beside messages alone: half an hour is long enough."""
    uncounted, webhooks = _ASKED_FOR["sodam-uncounted"], _ASKED_FOR["sodam-webhooks"]
    assert {name for name in WORKLOADS if _able(uncounted, name, named=False)} == set(aims.COUNTED)
    assert _able(uncounted, "login", named=True)
    assert _able(_TARGETS["sodam"], "login", named=False)
    assert not _able(webhooks, "login", named=False)
