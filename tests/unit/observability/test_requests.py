"""Numbers of requests in the log, and spans: what belongs to whom, also behind waits and beside other requests."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from _pytest.logging import LogCaptureHandler
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sodam.gateway.eager import drive
from sodam.messages.log import MessageLog
from sodam.observability import logs, requests
from sodam.observability.metrics import Metrics
from sodam.observability.traces import OpenTelemetry


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log of this test, as JSON."""
    root = logging.getLogger()
    before, level = [one for one in root.handlers if not isinstance(one, LogCaptureHandler)], root.level
    out = io.StringIO()
    logs.configure("info", "json", out)
    yield out
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    requests.trace_with(OpenTelemetry(provider))
    yield exporter
    requests.trace_with(None)


async def test_lines_name_the_request_to_which_they_belong(lines: io.StringIO) -> None:
    log = structlog.get_logger("test")
    ids: dict[str, str] = {}
    gates = {name: asyncio.get_running_loop().create_future() for name in "ab"}

    async def command(name: str) -> None:
        ids[name] = requests.begin().id
        log.info("begun", name=name)
        await gates[name]
        log.info("behind a wait", name=name)
        logging.getLogger("library").warning("a library says %s", name)
        try:
            raise ValueError(name)
        except ValueError:
            log.exception("failed", name=name, usersig="secret-signature")

    for name in "ab":
        drive(command(name))  # without tasks, one amid the other
    log.info("nobody's")
    for name in "ba":
        gates[name].set_result(None)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len(found) == 9
    assert ids["a"] != ids["b"]
    for line in found:
        name = line.get("name") or line["event"].rpartition(" ")[2]
        assert line.get("request_id") == ids.get(name), line
    assert "secret-signature" not in lines.getvalue()
    assert requests.CURRENT.get() is None


async def test_spans_along_the_hops(spans: InMemorySpanExporter) -> None:
    metrics, written = Metrics(), asyncio.Event()

    async def write(batch: list[str]) -> None:
        await asyncio.sleep(0)

    log: MessageLog[str] = MessageLog(write, lambda batch, error: written.set())

    async def call() -> None:
        requests.begin([(b"host", b"x"), (b"traceparent", b"00-" + b"ab" * 16 + b"-" + b"cd" * 8 + b"-01")])
        carried = dict(requests.headers())
        assert carried["traceparent"].split("-")[1] == "ab" * 16, "the app's server goes on with the trace"
        assert carried["traceparent"].split("-")[2] != "cd" * 8
        requests.done("callback C2C.CallbackBeforeSendMsg", 0.01, "outcome", "answered")
        log.append("message")
        await written.wait()
        metrics.rest("openim/sendmsg", 20006, 0.02)
        metrics.rest("openim/sendmsg", 0, 0.02)  # a request ends once

    await asyncio.create_task(call())
    metrics.client("openim/sendmsg", 0, 0.1)  # outside of any request
    found = {span.name: span for span in spans.get_finished_spans()}
    assert found.keys() == {"callback C2C.CallbackBeforeSendMsg", "commit", "rest openim/sendmsg"}
    whole: Any = found["rest openim/sendmsg"]
    assert (f"{whole.context.trace_id:032x}", f"{whole.parent.span_id:016x}") == ("ab" * 16, "cd" * 8)
    assert dict(whole.attributes) == {"sodam.code": 20006}
    assert not whole.status.is_ok
    for name in ("callback C2C.CallbackBeforeSendMsg", "commit"):
        part: Any = found[name]
        assert part.parent.span_id == whole.context.span_id, name
    assert dict(found["commit"].attributes or {}) == {"sodam.messages": 1}


async def test_a_batch_is_in_the_trace_of_its_first_and_linked_to_the_others(spans: InMemorySpanExporter) -> None:
    gates: list[asyncio.Future[None]] = []
    written: dict[str, asyncio.Event] = {name: asyncio.Event() for name in "abcd"}

    async def write(batch: list[str]) -> None:
        gates.append(asyncio.get_running_loop().create_future())
        await gates[-1]

    def done(batch: list[str], error: BaseException | None) -> None:
        requests.done("announced", 0.0, "of", "".join(batch))
        for name in batch:
            written[name].set()

    log: MessageLog[str] = MessageLog(write, done)
    metrics = Metrics()

    async def call(name: str) -> None:
        requests.begin()
        log.append(name)
        await written[name].wait()
        metrics.rest(f"say/{name}", 0, 0.01)

    async def begun(names: str, batches: int) -> None:
        calls.extend(asyncio.create_task(call(name)) for name in names)
        while len(gates) < batches:
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    calls: list[asyncio.Task[None]] = []
    await begun("ab", 1)
    await begun("cd", 1)  # they wait for the first commit
    gates[0].set_result(None)
    while len(gates) < 2:
        await asyncio.sleep(0)
    gates[1].set_result(None)
    await asyncio.gather(*calls)
    ended: list[Any] = list(spans.get_finished_spans())
    whole = {span.name.removeprefix("rest say/"): span.context.span_id for span in ended if span.name[:5] == "rest "}
    named = {number: name for name, number in whole.items()}
    commits = [span for span in ended if span.name == "commit"]
    told = [(named[c.parent.span_id], [named[link.context.span_id] for link in c.links]) for c in commits]
    assert told == [("a", ["b"]), ("c", ["d"])]
    announced = [span for span in ended if span.name == "announced"]
    assert [(named[one.parent.span_id], one.attributes["sodam.of"]) for one in announced] == [("a", "ab"), ("c", "cd")]


def test_nothing_of_it_is_loaded_or_made_while_it_is_off() -> None:
    assert requests.begin().span is None
    assert requests.headers() == []
    requests.CURRENT.set(None)
    program = "import sys, sodam.serving; sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], timeout=300, check=False).returncode == 0
