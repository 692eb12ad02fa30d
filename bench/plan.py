"""What the runner and the load client tell each other."""

from __future__ import annotations

import msgspec


class Address(msgspec.Struct, frozen=True):
    """Where a target listens and how to sign in. `kind` chooses the wire: `sodam`, `floor` or `ejabberd`."""

    kind: str
    host: str
    port: int
    http_port: int
    sdkappid: int = 1400000001
    key: str = ""
    more_ports: tuple[int, ...] = ()
    """Of further processes of the same server: users take turns, so that peers are on different ones."""

    def port_of(self, user: int) -> int:
        """Where this user signs in."""
        ports = (self.port, *self.more_ports)
        return ports[user % len(ports)]


class Job(msgspec.Struct, frozen=True):
    """One run of one workload. `server` and `database` are the root process ids whose trees are accounted."""

    workload: str
    address: Address
    server: tuple[int, ...]
    database: tuple[int, ...]
    beside: tuple[int, ...]
    """Processes that are not accounted, nor what the database does for them."""
    warm_up: float
    measure: float
    quick: bool


class Figure(msgspec.Struct, kw_only=True):
    """What one measurement gave. CPU is user plus system, in seconds, within the measured window only."""

    name: str
    title: str
    unit: str
    ops: int
    seconds: float
    server_cpu: float = 0.0
    database_cpu: float = 0.0
    client_cpu: float = 0.0
    other_cpu: float = 0.0
    """CPU seconds that the rest of the machine used meanwhile: a high value spoils rates and latencies."""
    probe_us: float = 0.0
    """What a fixed piece of work took meanwhile, microseconds of CPU (see ``bench.load.probe``). 0: not measured."""
    p50_ms: float | None = None
    p99_ms: float | None = None
    memory_mib: float = 0.0
    """Memory of every server process at the end, shared memory left out."""
    extra: dict[str, float] = {}

    @property
    def rate(self) -> float:
        """Operations per second."""
        return self.ops / self.seconds

    @property
    def cpu_per_10k(self) -> float:
        """Server CPU seconds, the database's included, for 10 000 operations."""
        return (self.server_cpu + self.database_cpu) * 10_000 / self.ops


class Report(msgspec.Struct):
    """What the load client prints as its last line: figures, or why there are none."""

    figures: list[Figure] = []
    error: str = ""
