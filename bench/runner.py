"""One run: a fresh target, a fresh load client, and nothing left afterwards."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.plan import Figure, Job, Report
from bench.processes import TargetError, run_folder
from bench.targets.base import Target

_LONGEST_RUN_SECONDS = 1800
SLOWER = 1.15
"""A run in which the probe took so many times what it took in the quickest run of the workload says nothing."""
TRIES = 5
"""Of a run, where the machine was slow; the last one counts, whatever the probe says."""


@dataclass(frozen=True)
class Timing:
    """How long a run warms up and measures, in seconds; `quick` also shrinks the workloads."""

    warm_up: float
    measure: float
    quick: bool


@dataclass
class Results:
    """All figures of a benchmark, in the order in which they were measured."""

    figures: dict[tuple[str, str], list[Figure]] = field(default_factory=dict)
    """By target and figure name; one entry for each repeat."""
    failures: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    aside: int = 0
    """Runs that were made again, because the machine was slow meanwhile."""
    _quickest: dict[str, float] = field(default_factory=dict)
    """By figure name, what the probe took at the best."""

    def add(self, target: str, figures: list[Figure]) -> None:
        """Keep what a run gave."""
        for figure in figures:
            self.figures.setdefault((target, figure.name), []).append(figure)

    def slow(self, figures: list[Figure]) -> str:
        """Empty, or by how much the machine was slower than in the quickest run so far."""
        for figure in figures:
            best = self._quickest[figure.name] = min(
                figure.probe_us or math.inf, self._quickest.get(figure.name, math.inf)
            )
            if figure.probe_us > SLOWER * best:
                return f"the probe took {figure.probe_us:.0f} microseconds, {best:.0f} at the best"
        return ""


def run_once(workload: str, target: Target, timing: Timing, parent: Path) -> list[Figure]:
    """Start, load, stop. Raises `TargetError` when the target does not start or the load fails."""
    with run_folder(parent) as folder, target.start(folder, workload) as started:
        job = Job(
            workload=workload,
            address=started.address,
            server=started.server,
            database=started.database,
            beside=started.beside,
            warm_up=timing.warm_up,
            measure=timing.measure,
            quick=timing.quick,
        )
        try:
            return _load(job)
        except TargetError as error:
            raise TargetError(f"{error}{_last_words(folder)}") from error


def _load(job: Job) -> list[Figure]:
    command = [sys.executable, "-m", "bench.load"]
    # A process of its own that dies with this one: subprocess.run kills it on any exception, Ctrl-C included.
    done = subprocess.run(
        command,
        input=msgspec.json.encode(job),
        stdout=subprocess.PIPE,
        timeout=_LONGEST_RUN_SECONDS,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        check=False,
    )
    lines = done.stdout.splitlines()
    if not lines:
        raise TargetError(f"the load client ended with {done.returncode} and no report")
    report = msgspec.json.decode(lines[-1], type=Report)
    if report.error:
        raise TargetError(report.error)
    return report.figures


def _last_words(folder: Path) -> str:
    """The end of the servers' logs, for a failure that they may explain."""
    words = ""
    for log in sorted(folder.glob("*.log")) + sorted(folder.glob("*.out")):
        tail = log.read_text(errors="replace").splitlines()[-5:]
        words += "".join(f"\n  {log.name}: {line}" for line in tail)
    return words
