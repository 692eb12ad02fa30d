"""The result as a table for people and as JSON for machines."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from bench.aims import Verdict
from bench.machine import Machine
from bench.plan import Figure
from bench.runner import Results, Timing


@dataclass(frozen=True)
class About:
    """Everything a reader needs to judge or repeat the result."""

    date: str
    command: str
    machine: Machine
    versions: list[str]
    timing: Timing
    repeats: int


def _spread(figures: list[Figure], value: Callable[[Figure], float | None], places: int) -> str:
    values = [found for figure in figures if (found := value(figure)) is not None]
    if not values:
        return "-"
    middle = statistics.median(values)
    text = f"{middle:,.{places}f}".replace(",", " ")
    if len(values) == 1:
        return text
    return f"{text} ({min(values):.{places}f} to {max(values):.{places}f})"


def _row(target: str, figures: list[Figure], base: float | None) -> str:
    middle = statistics.median(figure.cpu_per_10k for figure in figures)
    measured = any(figure.server_cpu for figure in figures)
    extra = {name: [figure.extra[name] for figure in figures] for name in figures[0].extra}
    cells = [
        target,
        _spread(figures, lambda f: f.rate, 0),
        _spread(figures, lambda f: f.p50_ms, 2),
        _spread(figures, lambda f: f.p99_ms, 2),
        _spread(figures, lambda f: f.cpu_per_10k, 3) if measured else "-",
        _spread(figures, lambda f: f.database_cpu * 10_000 / f.ops, 2) if any(f.database_cpu for f in figures) else "-",
        f"{middle / base:.2f}" if base and measured else "-",
        _spread(figures, lambda f: f.memory_mib, 0),
        _spread(figures, lambda f: f.other_cpu / f.seconds, 2) if measured else "-",
        _spread(figures, lambda f: f.probe_us or None, 0),
        "; ".join(f"{name} {statistics.median(values):.1f}" for name, values in extra.items()),
    ]
    return "| " + " | ".join(cells) + " |"


_HEAD = (
    "| target | per second | p50 ms | p99 ms | CPU s / 10 000 | of it database | against sodam | memory MiB |"
    " others' cores | probe us | more |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def tables(results: Results) -> str:
    """One table for each figure."""
    titles = {figure.name: figure for figures in results.figures.values() for figure in figures[:1]}
    parts: list[str] = []
    for name, sample in titles.items():
        measured = {target: figures for (target, of), figures in results.figures.items() if of == name}
        own = measured.get("sodam", [])
        base = statistics.median(figure.cpu_per_10k for figure in own) if own else None
        rows = [_row(target, figures, base) for target, figures in measured.items()]
        parts.append("\n".join([f"### {sample.title}", f"An operation is one {sample.unit}.", "", _HEAD, *rows]))
    return "\n\n".join(parts)


def markdown(about: About, results: Results, verdicts: list[Verdict]) -> str:
    """The whole report."""
    machine = about.machine
    timing = about.timing
    lines = [
        f"# Benchmark of {about.date}",
        "",
        f"`{about.command}`",
        "",
        f"{machine.processor}, {machine.cores} cores, {machine.memory_gib:.0f} GiB, {machine.system},"
        f" Linux {machine.kernel}; load at the start {' '.join(f'{load:.2f}' for load in machine.load)}.",
        f"Each run: fresh server and data, warm-up {timing.warm_up:g} s, measured {timing.measure:g} s,"
        f" {about.repeats} in turn; median (range)."
        + (
            f" {results.aside} runs were made again: the machine was slow meanwhile (see probe)."
            if results.aside
            else ""
        )
        + (" A quick run: small workloads, good for a look only." if timing.quick else ""),
        "",
        *[f"- {version}" for version in about.versions],
        *[f"- **skipped**: {reason}" for reason in results.skipped],
        *[f"- **failed**: {reason}" for reason in results.failures],
        "",
        tables(results),
        "",
        "### Aims",
        "| aim | measured | met |",
        "|---|---|---|",
        *[f"| {v.aim} | {v.measured} | {_word(v.met)} |" for v in verdicts],
        "",
    ]
    return "\n".join(lines)


def _word(met: bool | None) -> str:
    return "not judged" if met is None else "yes" if met else "**no**"


def as_json(about: About, results: Results, verdicts: list[Verdict]) -> bytes:
    """Everything that was measured, run by run."""
    figures = [{"target": target, "figure": f} for (target, _), found in results.figures.items() for f in found]
    document = {
        "about": about,
        "figures": figures,
        "verdicts": verdicts,
        "skipped": results.skipped,
        "failures": results.failures,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1)
