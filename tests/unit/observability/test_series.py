"""Histograms: what Prometheus reads is what was observed."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from sodam.observability.metrics import Metrics
from sodam.observability.series import CALL_SECONDS, Series, SeriesBy


def test_values_stand_under_every_bound_that_they_do_not_exceed() -> None:
    series = Series((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 7.0):
        series.observe(value)
    assert series.samples() == ([("1.0", 2.0), ("2.0", 3.0), ("+Inf", 4.0)], 10.0)
    assert series.count == 4


def test_many_at_a_time_are_each_of_them() -> None:
    values = [0.5, 1.0, 1.0, 1.5, 2.0, 7.0, 0.25, 2.0, 9.0]
    one, many, few = Series((1.0, 2.0)), Series((1.0, 2.0)), Series((1.0, 2.0))
    for value in values:
        one.observe(value)
    many.observe_all(values)
    for at in range(0, len(values), 2):
        few.observe_all(values[at : at + 2])
    assert many.samples() == few.samples() == one.samples()


def test_who_reads_has_what_waits_counted() -> None:
    values = [0.5, 1.0, 7.0]
    one, late = Series((1.0, 2.0)), Series((1.0, 2.0))
    for value in values:
        one.observe(value)
    waiting = late.waiting
    waiting += values
    assert (late.count, late.sum) == (3, 8.5)
    assert late.samples() == one.samples()
    waiting.append(2.0)  # whoever appends may hold the list
    assert late.count == 4


def test_as_prometheus_reads_it() -> None:
    metrics, pushes = Metrics(), SeriesBy((0.1, 1.0))
    metrics.histogram("push_seconds", "Pushes", ("vendor", "outcome"), pushes)
    assert b"sodam_push_seconds_bucket" not in metrics.text(), "nothing was observed"
    pushes["fcm", "ok"].observe(0.05)
    pushes["fcm", "ok"].observe(3)
    metrics.rest("openim/sendmsg", 0, 0.002)
    metrics.client("openim/sendmsg", 0)
    families = {family.name: family for family in text_string_to_metric_families(metrics.text().decode())}
    assert families["sodam_push_seconds"].type == "histogram"
    found = {(s.name, s.labels.get("le")): s.value for s in families["sodam_push_seconds"].samples}
    assert found == {
        ("sodam_push_seconds_bucket", "0.1"): 1,
        ("sodam_push_seconds_bucket", "1.0"): 1,
        ("sodam_push_seconds_bucket", "+Inf"): 2,
        ("sodam_push_seconds_count", None): 2,
        ("sodam_push_seconds_sum", None): 3.05,
    }
    calls = families["sodam_call_duration_seconds"].samples
    assert {s.labels["edge"] for s in calls} == {"rest"}, "nobody waited for what has no duration"
    assert len(calls) == len(CALL_SECONDS) + 3
