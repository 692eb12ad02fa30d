"""Traces for OpenTelemetry, where the operator names a collector: loaded then, and only then."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sodam.observability import requests
from sodam.observability.requests import Headers


class TracesMissing(Exception):
    """The packages are not installed; the text is one line with the cure."""


def start(url: str, version: str) -> Callable[[], None]:
    """Send spans to the collector at ``url`` (OTLP over HTTP); gives what ends that, after sending what waits.

    Raises TracesMissing.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracesMissing(f"traces need more packages: pip install 'sodam[otel]' ({error})") from None
    provider = TracerProvider(resource=Resource.create({"service.name": "sodam", "service.version": version}))
    exporter = OTLPSpanExporter(endpoint=f"{url}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    requests.trace_with(OpenTelemetry(provider))

    def end() -> None:
        requests.trace_with(None)
        provider.shutdown()

    return end


class OpenTelemetry:
    """See ``requests.Tracer``. Spans name commands, codes and numbers, never users, bodies or signatures."""

    def __init__(self, provider: Any) -> None:
        from opentelemetry.trace import Link, SpanKind, Status, StatusCode, set_span_in_context
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._tracer = provider.get_tracer("sodam")
        self._inside = set_span_in_context
        self._link = Link
        self._propagator = TraceContextTextMapPropagator()
        self._server = SpanKind.SERVER
        self._failed = Status(StatusCode.ERROR)

    def begin(self, headers: Headers) -> Any:
        told = {b"traceparent": "traceparent", b"tracestate": "tracestate"}
        carrier = {told[name]: value.decode("latin-1") for name, value in headers if name in told}
        context = self._propagator.extract(carrier) if carrier else None
        return self._tracer.start_span("request", context=context, kind=self._server)

    def end(self, span: Any, name: str, code: int) -> None:
        span.update_name(name)
        span.set_attribute("sodam.code", code)
        if code:
            span.set_status(self._failed)
        span.end()

    def done(self, parent: Any, name: str, seconds: float, facts: dict[str, Any], links: Sequence[Any]) -> None:
        now = time.time_ns()
        span = self._tracer.start_span(
            name,
            context=self._inside(parent) if parent is not None else None,
            start_time=now - int(seconds * 1e9),
            attributes={f"sodam.{key}": value for key, value in facts.items()},
            links=[self._link(other.get_span_context()) for other in links],
        )
        span.end(end_time=now)

    def headers(self, span: Any) -> list[tuple[str, str]]:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, context=self._inside(span))
        return list(carrier.items())
