"""What the server counts about itself, in the Prometheus text format at ``/metrics``.

Hot paths add to plain dictionaries; a collector turns them into samples when somebody asks. Label values come from
the command tables and the error enum, so that no caller can grow them without bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sodam.observability import requests
from sodam.observability.series import CALL_SECONDS, Series, SeriesBy, family

Timed = Mapping[tuple[str, ...], Series]


class Metrics:
    def __init__(self) -> None:
        self._calls: dict[tuple[str, str, int], int] = defaultdict(int)
        self._seconds = SeriesBy(CALL_SECONDS)
        self._histograms: dict[str, tuple[str, Sequence[str], Timed]] = {}
        self._counts: dict[str, int] = defaultdict(int)
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        self._gatherers: list[Callable[[], None]] = []
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def register(self, collector: Collector) -> None:
        """Add the samples of a part that counts for itself."""
        self._registry.register(collector)

    def expect(self, edge: str, commands: Iterable[tuple[str, int]]) -> None:
        """Show these commands before their first call, each with the code of its own failure: a rate that begins with
        a hole hides the first of them."""
        for command, failure in commands:
            self._calls[(edge, command, 0)] += 0
            self._calls[(edge, command, failure)] += 0

    def rest(self, command: str, code: int, seconds: float) -> None:
        self._calls[("rest", command, code)] += 1
        self._seconds["rest", command].observe(seconds)
        requests.answered("rest", command, code)

    def rests(self, command: str, seconds: Sequence[float]) -> None:
        """Calls of a REST command that all went well, with what each took."""
        self._calls[("rest", command, 0)] += len(seconds)
        self._seconds["rest", command].observe_all(seconds)

    def client(self, command: str, code: int, seconds: float | None = None) -> None:
        """``seconds``: None where nobody waited for an answer that long, but for what the client did."""
        self._calls[("client", command, code)] += 1
        requests.answered("client", command, code)
        if seconds is not None:
            self._seconds["client", command].observe(seconds)

    def clients(self, command: str, seconds: Sequence[float]) -> None:
        """Calls of a client command that all went well, with what each took."""
        self._calls[("client", command, 0)] += len(seconds)
        self._seconds["client", command].observe_all(seconds)

    def gathered_by(self, count: Callable[[], None]) -> None:
        """``count`` is called before anybody reads: it adds what was gathered to be counted together."""
        self._gatherers.append(count)

    def histogram(self, name: str, help: str, labels: Sequence[str], series: Timed) -> None:
        """Offer ``sodam_<name>`` from series that a part of the server keeps, by the values of ``labels``."""
        self._histograms[name] = (help, labels, series)

    def count(self, name: str, amount: int = 1) -> None:
        """Add to ``sodam_<name>_total``. ``name`` is a literal of the code, never input; 0 shows it from the start."""
        self._counts[name] += amount

    def gauge(self, name: str, help: str, read: Callable[[], float]) -> None:
        """Offer ``sodam_<name>``, read when asked for."""
        self._gauges[name] = (help, read)

    def collect(self) -> Iterator[Metric]:
        for count in self._gatherers:
            count()
        calls = CounterMetricFamily("sodam_calls", "Commands answered", labels=("edge", "command", "code"))
        for (edge, command, code), value in list(self._calls.items()):
            calls.add_metric((edge, command, str(code)), value)
        yield calls
        help = "Time from request to answer, waiting included; of commands that were called"
        yield family("sodam_call_duration_seconds", help, ("edge", "command"), self._seconds)
        for name, (about, labels, series) in list(self._histograms.items()):
            yield family(f"sodam_{name}", about, labels, series)
        for name, value in list(self._counts.items()):
            counter = CounterMetricFamily(f"sodam_{name}", name.replace("_", " "))
            counter.add_metric((), value)
            yield counter
        for name, (help, read) in list(self._gauges.items()):
            yield GaugeMetricFamily(f"sodam_{name}", help, value=read())

    def text(self) -> bytes:
        return generate_latest(self._registry)
