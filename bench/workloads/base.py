"""What a workload is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bench.load.driver import Driver
from bench.load.meter import Meter
from bench.plan import Figure, Job


@dataclass(frozen=True)
class Bench:
    """What a workload works with."""

    job: Job
    driver: Driver

    def meter(self) -> Meter:
        """A fresh meter for one figure."""
        return Meter(self.job)

    def scaled(self, full: int, quick: int) -> int:
        """A size: the real one, or that of a quick run."""
        return quick if self.job.quick else full


class Workload(Protocol):
    """One file, one kind of load. Runs in the load client."""

    name: str
    title: str
    kinds: frozenset[str]
    """Kinds of target that can do it."""

    async def run(self, bench: Bench) -> list[Figure]:
        """Prepare users, run, verify that everything arrived, and return the figures."""


EVERYONE = frozenset({"sodam", "ejabberd", "floor"})
WITH_RELATIONS = frozenset({"sodam", "ejabberd"})
ONE_TO_ONE = EVERYONE | {"cluster"}
FAN_OUT = frozenset({"sodam", "floor"})
"""Who has a topic of thousands that needs no group."""
ONLY_SODAM = frozenset({"sodam"})
