"""The figures of a running server: memory, descriptors, what is on disk, how long its event loop makes a call wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.soak.trend import Limit, Trend, judge

MIB = 1024 * 1024
LIMITS = {
    "rss": Limit(24 * MIB, 0.15),
    "fds": Limit(10, 0.10),
    "wal": Limit(24 * MIB, 0.50),
    "bytes/message": Limit(256, 0.20),
    "lag ms": Limit(40, 1.0),
}
"""What each figure may gain in the second half of a run (bench/soak/trend.py). `rss` and `fds` are those of each
node; `lag ms` is the best answer time of `/livez`, which does nothing: what is above a millisecond is the event loop's
waiting, or the machine's."""
_PROBES = 3


def memory(pid: int) -> int:
    """Resident bytes of one process, without shared memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssFile")))


def descriptors(pid: int) -> int:
    """Open files and sockets of one process."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


@dataclass
class Watched:
    """What is watched: servers by name, and the size of their database and of its log, in bytes."""

    nodes: Mapping[str, tuple[int, str]]
    """Name to process and URL."""
    database: Callable[[], int]
    log: Callable[[], int]
    stored: Callable[[], int]
    """Messages acknowledged so far."""


@dataclass
class Watch:
    """Samples of all figures over the time of a run."""

    watched: Watched
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    begin: float = field(default_factory=time.monotonic)
    _empty: int = -1

    async def sample(self, client: httpx.AsyncClient) -> None:
        """Take all figures once. A figure that cannot be read now, since something was cut, is left out."""
        at = time.monotonic() - self.begin
        for name, (pid, url) in self.watched.nodes.items():
            self._note(at, f"{name} rss", memory(pid))
            self._note(at, f"{name} fds", descriptors(pid))
            lags = []
            for _ in range(_PROBES):
                asked = time.perf_counter()
                try:
                    await client.get(f"{url}/livez")
                except httpx.HTTPError:
                    continue
                lags.append(1000 * (time.perf_counter() - asked))
            if lags:
                self._note(at, f"{name} lag ms", min(lags))
        size = self.watched.database()
        if self._empty < 0:
            self._empty = size
        if stored := self.watched.stored():
            self._note(at, "bytes/message", (size - self._empty) / stored)
        self._note(at, "wal", self.watched.log())
        self._note(at, "messages", stored)

    def _note(self, at: float, name: str, value: float) -> None:
        self.samples.setdefault(name, []).append((at, value))

    def verdicts(self) -> dict[str, Trend]:
        """Each figure that has a limit and samples enough."""
        found = {}
        for name, samples in self.samples.items():
            kind = next((kind for kind in LIMITS if name == kind or name.endswith(f" {kind}")), None)
            if kind is not None and (trend := judge(samples, LIMITS[kind])) is not None:
                found[name] = trend
        return found

    def table(self) -> str:
        """All figures over time, about a dozen lines."""
        names = list(self.samples)
        times = sorted({at for samples in self.samples.values() for at, _ in samples})
        step = max(1, len(times) // 12)
        lines = ["| seconds | " + " | ".join(_title(name) for name in names) + " |", "|---:" * (len(names) + 1) + "|"]
        for at in [*times[::step], *times[-1:]]:
            cells = (_shown(name, _value_at(self.samples[name], at)) for name in names)
            lines.append(f"| {at:.0f} | " + " | ".join(cells) + " |")
        return "\n".join(dict.fromkeys(lines))


def tree_size(folder: Path, names: Iterable[str] = ("*",)) -> int:
    """Bytes of the files under `folder` whose names match."""
    total = 0
    for name in names:
        for path in folder.rglob(name):
            try:
                total += path.stat().st_size if path.is_file() else 0
            except FileNotFoundError:
                continue
    return total


def _value_at(samples: list[tuple[float, float]], at: float) -> float | None:
    return next((value for when, value in samples if when == at), None)


def _in_mib(name: str) -> bool:
    return name == "wal" or name.endswith(" rss")


def _title(name: str) -> str:
    return f"{name} MiB" if _in_mib(name) else name


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value / MIB:.1f}" if _in_mib(name) else f"{value:.1f}" if "lag" in name else f"{value:.0f}"
