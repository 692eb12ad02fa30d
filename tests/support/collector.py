"""A collector of traces: takes what OpenTelemetry's own exporter sends (OTLP, protobuf over HTTP), and reads it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.receiver import Got, Receiver


@dataclass(frozen=True)
class Span:
    trace: bytes
    id: bytes
    parent: bytes
    name: str
    kind: int
    failed: bool
    links: tuple[bytes, ...]
    """The traces that it is linked to."""
    attributes: dict[str, Any]
    service: str


def needed() -> Any:
    """The messages of the protocol; without the package a test is skipped."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    return pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")


def raw(got: Got) -> bytes:
    return gzip.decompress(got.raw) if got.headers.get("content-encoding") == "gzip" else got.raw


def spans(collector: Receiver) -> list[Span]:
    """All that were sent so far."""
    found = []
    for got in collector.got:
        assert got.path == "/v1/traces", got.path
        assert got.headers["content-type"] == "application/x-protobuf"
        request = needed().ExportTraceServiceRequest.FromString(raw(got))
        for resource in request.resource_spans:
            service = _plain(resource.resource.attributes)["service.name"]
            for one in (span for scope in resource.scope_spans for span in scope.spans):
                assert one.start_time_unix_nano <= one.end_time_unix_nano
                links = tuple(link.trace_id for link in one.links)
                ends = (one.trace_id, one.span_id, one.parent_span_id)
                facts = _plain(one.attributes)
                found.append(Span(*ends, one.name, one.kind, one.status.code == 2, links, facts, service))
    return found


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
