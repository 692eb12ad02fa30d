"""The measured window: how many operations, how long each took, what the servers and the machine used."""

from __future__ import annotations

import asyncio
import time
from array import array
from dataclasses import dataclass

from bench import procstat
from bench.load.errors import LoadError
from bench.load.probe import Probe
from bench.plan import Figure, Job


@dataclass(frozen=True)
class _Reading:
    at: float
    server: float
    database: float
    client: float
    machine: float


class Meter:
    """Counts while its window is open. One meter serves one figure."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._latencies = array("d")
        self.is_open = False

    def add(self, latency: float) -> None:
        """One operation is done, `latency` seconds after it was due. Ignored outside the window."""
        if self.is_open:
            self._latencies.append(latency)

    async def window(self, name: str, title: str, unit: str) -> Figure:
        """Warm up, measure, and return what was counted. Raises `LoadError` when nothing was done."""
        probe = Probe()
        await asyncio.sleep(self._job.warm_up)
        before = self._read()
        self.is_open = True
        probe.start()
        await asyncio.sleep(self._job.measure)
        self.is_open = False
        after = self._read()
        figure = self.figure(name, title, unit, before, after)
        figure.probe_us = probe.stop()
        return figure

    def figure(self, name: str, title: str, unit: str, before: _Reading, after: _Reading) -> Figure:
        """The difference of two readings."""
        if not self._latencies:
            raise LoadError(f"{name}: no operation finished within {self._job.measure} s")
        ordered = sorted(self._latencies)
        server, database, client = (
            after.server - before.server,
            after.database - before.database,
            after.client - before.client,
        )
        return Figure(
            name=name,
            title=title,
            unit=unit,
            ops=len(ordered),
            seconds=after.at - before.at,
            server_cpu=server,
            database_cpu=database,
            client_cpu=client,
            other_cpu=max(0.0, after.machine - before.machine - server - database - client),
            p50_ms=ordered[len(ordered) // 2] * 1000,
            p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
            memory_mib=memory_mib(self._job),
        )

    def _read(self) -> _Reading:
        job = self._job
        database = procstat.cpu_seconds(job.database) if job.database else 0.0
        for client in job.beside:
            database -= procstat.cpu_seconds(procstat.serving(client, job.database))
        server = procstat.cpu_seconds(job.server)
        return _Reading(time.perf_counter(), server, database, time.process_time(), procstat.machine_busy_seconds())


def memory_mib(job: Job) -> float:
    """Memory of every server process now, the database's included."""
    return procstat.memory_bytes((*job.server, *job.database)) / 2**20
