"""One trace shows a send on one node and the delivery on another: the hint between them carries it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sodam.bus import Live, of_user
from sodam.bus.local import LocalBus
from sodam.notices import Kind, Notice
from sodam.observability import requests
from sodam.observability.traces import OpenTelemetry
from tests.contract.world import Device

BOB = of_user(1_400_000_001, "bob")


class Wire(LocalBus):
    """Two nodes' bus: what one publishes waits until it is carried over."""

    clustered = True

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes]] = []

    def publish(self, subject: str, data: bytes) -> None:
        self.published.append((subject, data))


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    requests.trace_with(OpenTelemetry(provider))
    yield exporter
    requests.trace_with(None)
    requests.CURRENT.set(None)


def carried(wire: Wire) -> bytes:
    [(subject, data)] = wire.published
    assert subject == BOB.subject
    return data


def test_a_trace_goes_on_at_the_other_node(spans: InMemorySpanExporter) -> None:
    wire = Wire()
    here, there = Live(wire), Live(Wire())
    there.add(BOB, Device())
    requests.begin()
    here.send(BOB, Notice(b'{"a":1}', Kind.OTHER))
    requests.answered("rest", "openim/sendmsg", 0)
    requests.CURRENT.set(None)  # another process knows nothing of it
    there._hear(BOB, carried(wire))
    assert requests.CURRENT.get() is None
    found: dict[str, Any] = {span.name: span for span in spans.get_finished_spans()}
    assert found.keys() == {"rest openim/sendmsg", "hint", "fan-out"}
    send, hint, delivery = found["rest openim/sendmsg"], found["hint"], found["fan-out"]
    assert {one.context.trace_id for one in found.values()} == {send.context.trace_id}
    assert (hint.parent.span_id, delivery.parent.span_id) == (send.context.span_id, hint.context.span_id)


def test_hints_of_nodes_that_trace_nothing(spans: InMemorySpanExporter) -> None:
    node, wire, device = Live(Wire()), Wire(), Device()
    node.add(BOB, device)
    sender = Live(wire)
    sender.send(BOB, Notice(b"{}", Kind.OTHER))  # on behalf of no request
    data = carried(wire)
    older = json.dumps(json.loads(data)[:5]).encode()  # of a version that knows of no traces
    for hint in (data, older):
        node._hear(BOB, hint)
    assert {span.name for span in spans.get_finished_spans()} == {"fan-out"}
    requests.trace_with(None)
    node._hear(BOB, data)
