"""The load client: reads a job from its standard input, runs it, prints a report as its last line."""

from __future__ import annotations

import gc
import sys
import traceback

import msgspec
import uvloop

from bench.load.driver import Driver
from bench.load.ejabberd import EjabberdDriver
from bench.load.errors import LoadError
from bench.load.sodam import SodamDriver
from bench.plan import Figure, Job, Report
from bench.processes import prepare_child
from bench.workloads import WORKLOADS
from bench.workloads.base import Bench


async def _run(job: Job) -> list[Figure]:
    driver: Driver = (EjabberdDriver if job.address.kind == "ejabberd" else SodamDriver)(job.address)
    # A collection pause of the client would be measured as the server's latency.
    gc.disable()
    return await WORKLOADS[job.workload].run(Bench(job, driver))


def _first(error: BaseException) -> BaseException:
    """The error behind the groups that task groups wrap it in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def main() -> None:
    """Run the job; the report says how it went."""
    prepare_child()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        report = Report(uvloop.run(_run(job)))
    except Exception as failure:
        error = _first(failure)
        if not isinstance(error, LoadError):
            traceback.print_exception(error)
        report = Report(error=f"{type(error).__name__}: {error}")
    print(msgspec.json.encode(report).decode(), flush=True)


main()
