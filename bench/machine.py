"""What a result was measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import msgspec


class Machine(msgspec.Struct):
    """The machine and its state when the benchmark began."""

    processor: str
    cores: int
    memory_gib: float
    kernel: str
    system: str
    load: tuple[float, float, float]


def _value(path: str, key: str, separator: str) -> str:
    for line in Path(path).read_text().splitlines():
        name, found, value = line.partition(separator)
        if found and name.strip() == key:
            return value.strip().strip('"')
    return "unknown"


def describe() -> Machine:
    """Read it from the kernel."""
    memory = _value("/proc/meminfo", "MemTotal", ":").split()[0]
    return Machine(
        processor=_value("/proc/cpuinfo", "model name", ":"),
        cores=os.cpu_count() or 1,
        memory_gib=int(memory) / 2**20,
        kernel=platform.release(),
        system=_value("/etc/os-release", "PRETTY_NAME", "="),
        load=os.getloadavg(),
    )
