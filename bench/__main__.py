"""`python -m bench`: run workloads against targets in turn, print and keep the result."""

from __future__ import annotations

import argparse
import datetime
import os
import shlex
import signal
import sys
from pathlib import Path

from bench import aims, machine, report
from bench.plan import Figure
from bench.processes import TargetError
from bench.runner import TRIES, Results, Timing, run_once
from bench.targets.base import Target
from bench.targets.cluster import Cluster
from bench.targets.ejabberd import Ejabberd
from bench.targets.floor import Floor, FloorOnPostgres, Least
from bench.targets.sodam import Sodam, Webhooks
from bench.workloads import WORKLOADS

_RECEIVER: tuple[Webhooks, ...] = ("taken", "waiting")
_WITHOUT_AND_WITH: tuple[Webhooks, ...] = ("", "taken")
_TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Sodam(on_postgres=False),
        Sodam(on_postgres=True),
        Cluster(with_nats=False),
        Cluster(with_nats=True),
        Ejabberd(),
        Floor(),
    )
}
_MORE: tuple[Target, ...] = (
    *(Sodam(on_postgres, counted=False) for on_postgres in (False, True)),
    *(Sodam(on_postgres, webhooks=stage) for on_postgres in (False, True) for stage in _RECEIVER),
    *(Sodam(on_postgres=True, webhooks=webhooks, apart=True) for webhooks in _WITHOUT_AND_WITH),
    Least(),
    FloorOnPostgres(),
)
_ASKED_FOR = {target.name: target for target in _MORE}
"""Measured only when they are named, but for those without statistics and log beside ``aims.COUNTED``."""
_RESULTS = Path(__file__).parent / "results"
_FULL = Timing(warm_up=2.0, measure=6.0, quick=False)
_QUICK = Timing(warm_up=1.0, measure=2.0, quick=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--workload", "-w", action="append", choices=WORKLOADS, help="run this one (may be repeated)")
    parser.add_argument(
        "--target", "-t", action="append", choices=[*_TARGETS, *_ASKED_FOR], help="measure this one (may be repeated)"
    )
    parser.add_argument("--repeat", "-r", type=int, help="runs of each workload and target, in turn (3; quick: 1)")
    parser.add_argument("--quick", action="store_true", help="small and short: to see that all works")
    parser.add_argument("--measure", type=float, help="seconds that are measured in a run (6; quick: 2)")
    parser.add_argument("--name", default="bench", help="part of the result's file name")
    parser.add_argument("--dir", type=Path, default=Path("/var/tmp"), help="where runs keep their data: on a real disk")
    parser.add_argument("--list", action="store_true", help="name workloads and targets, run nothing")
    return parser.parse_args()


def _available(names: list[str], results: Results) -> dict[str, Target]:
    """The targets that can run here; the others are said aloud and in the report."""
    usable: dict[str, Target] = {}
    known = _TARGETS | _ASKED_FOR
    for name in names:
        reason = known[name].unavailable()
        if reason:
            results.skipped.append(f"{name}: {reason}")
            print(f"SKIPPED {name}: {reason}", flush=True)
        else:
            usable[name] = known[name]
    return usable


def _kind(target: Target) -> str:
    return target.name.partition("-")[0]


def _able(target: Target, workload: str, *, named: bool) -> bool:
    """``named``: the target was asked for."""
    wanted = named or target.name in _TARGETS or workload in aims.COUNTED
    return wanted and _kind(target) in WORKLOADS[workload].kinds


def _run_all(
    names: list[str],
    targets: dict[str, Target],
    repeats: int,
    timing: Timing,
    parent: Path,
    to: Results,
    *,
    named: bool,
) -> None:
    """Workload by workload, repeat by repeat, the targets in turn, every other time backwards: a slow minute of the
    machine hits all alike, and nobody always runs second."""
    for name in names:
        able = [target for target in targets.values() if _able(target, name, named=named)]
        for repeat in range(repeats):
            for target in able if repeat % 2 == 0 else reversed(able):
                load = os.getloadavg()[0]
                try:
                    figures = _steady(name, target, timing, parent, to)
                except TargetError as error:
                    to.failures.append(f"{name} on {target.name}, run {repeat + 1}: {error}")
                    print(f"FAILED {to.failures[-1]}", flush=True)
                    continue
                to.add(target.name, figures)
                for figure in figures:
                    print(f"{repeat + 1}/{repeats} {target.name:17}{_line(figure)}  load {load:.2f}", flush=True)


def _steady(name: str, target: Target, timing: Timing, parent: Path, to: Results) -> list[Figure]:
    """One run, made again while others slow the machine down."""
    for _ in range(TRIES - 1):
        figures = run_once(name, target, timing, parent)
        if not (reason := to.slow(figures)):
            return figures
        to.aside += 1
        print(f"AGAIN {name} on {target.name}: {reason}", flush=True)
    figures = run_once(name, target, timing, parent)
    to.slow(figures)
    return figures


def _line(figure: Figure) -> str:
    extra = "".join(f"  {name} {value:.1f}" for name, value in figure.extra.items())
    latency = f"  p50 {figure.p50_ms:.2f}  p99 {figure.p99_ms:.2f} ms" if figure.p50_ms is not None else ""
    cpu = f"  CPU {figure.cpu_per_10k:.3f} s/10k" if figure.server_cpu else ""
    cpu += f"  probe {figure.probe_us:.0f}" if figure.probe_us else ""
    return f"{figure.name:32}{figure.rate:10.0f}/s{latency}{cpu}{extra}"


def _keep(about: report.About, results: Results, name: str) -> str:
    verdicts = aims.judge(results)
    text = report.markdown(about, results, verdicts)
    _RESULTS.mkdir(exist_ok=True)
    stem = f"{about.date[:10]}-{name}"
    (_RESULTS / f"{stem}.md").write_text(text)
    (_RESULTS / f"{stem}.json").write_bytes(report.as_json(about, results, verdicts))
    return f"{text}\nwritten to bench/results/{stem}.md and .json"


def main() -> int:
    """Returns 0 when every run finished, 1 when one failed, 130 when interrupted. A missed aim is only reported."""
    options = _arguments()
    if options.list:
        for workload in WORKLOADS.values():
            print(f"{workload.name:14}{workload.title}  [{', '.join(sorted(workload.kinds))}]")
        print("targets: " + ", ".join(_TARGETS) + "; when named: " + ", ".join(_ASKED_FOR))
        return 0
    # A stop from outside unwinds like Ctrl-C: every server that runs is stopped on the way out.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    timing = _QUICK if options.quick else _FULL
    if options.measure:
        timing = Timing(timing.warm_up, options.measure, timing.quick)
    repeats = options.repeat or (1 if options.quick else 3)
    results = Results()
    host = machine.describe()
    counted = [name for name in _ASKED_FOR if name.endswith("-uncounted")]
    targets = _available(options.target or [*_TARGETS, *counted], results)
    named = options.target is not None
    interrupted = False
    try:
        _run_all(options.workload or list(WORKLOADS), targets, repeats, timing, options.dir, results, named=named)
    except KeyboardInterrupt:
        interrupted = True
        results.failures.append("interrupted: what follows is not complete")
    about = report.About(
        date=datetime.datetime.now().astimezone().isoformat(timespec="minutes"),
        command=shlex.join(["python", "-m", "bench", *sys.argv[1:]]),
        machine=host,
        versions=[target.version() for target in targets.values()],
        timing=timing,
        repeats=repeats,
    )
    if results.figures:
        print("\n" + _keep(about, results, options.name))
    return 130 if interrupted else 1 if results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
