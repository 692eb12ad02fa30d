"""What is being answered: a number for the log, and spans where traces are on.

Each command of REST and of clients calls ``begin``, which costs an object; what it does afterwards, also in other tasks
and behind waits, knows of it by its context. Without a tracer everything else here is one comparison.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Final, Protocol

Headers = Iterable[tuple[bytes, bytes]]
_PREFIX: Final = secrets.token_hex(4)
_next = itertools.count(1).__next__


class Request:
    __slots__ = ("number", "span")

    def __init__(self) -> None:
        self.number = _next()
        self.span: Any = None
        """The tracer's."""

    @property
    def id(self) -> str:
        """No other request has it, of other processes neither."""
        return f"{_PREFIX}-{self.number:x}"


class Tracer(Protocol):
    def begin(self, headers: Headers) -> Any:
        """The span of a new request, whose caller's headers may name a trace to which it belongs."""
        ...

    def end(self, span: Any, name: str, code: int) -> None: ...

    def done(self, parent: Any, name: str, seconds: float, facts: dict[str, Any], links: Sequence[Any]) -> None:
        """Something that took so long has just ended; ``parent``: a request's span or None. ``links``: spans of the
        other requests on whose behalf it was done."""
        ...

    def headers(self, span: Any) -> list[tuple[str, str]]:
        """For a request of ours to others, that belongs to ``span``."""
        ...


CURRENT: Final[ContextVar[Request | None]] = ContextVar("request", default=None)
_tracer: Tracer | None = None


def trace_with(tracer: Tracer | None) -> None:
    global _tracer
    _tracer = tracer


def traced() -> bool:
    """Whether spans are made: then each request is to go its whole way by itself."""
    return _tracer is not None


def begin(headers: Headers = ()) -> Request:
    """A request is being answered from here on."""
    request = Request()
    CURRENT.set(request)
    if _tracer is not None:
        request.span = _tracer.begin(headers)
    return request


def answered(edge: str, command: str, code: int) -> None:
    """The request of this context was."""
    if _tracer is not None and (request := CURRENT.get()) is not None and request.span is not None:
        span, request.span = request.span, None
        _tracer.end(span, f"{edge} {command}", code)


def tracing() -> bool:
    return _tracer is not None


def done(name: str, seconds: float, fact: str, value: Any, others: Sequence[Request | None] = ()) -> None:
    """Something that took so long has just ended, on behalf of the request of this context, if there is one, and of
    ``others``."""
    if _tracer is not None:
        request = CURRENT.get()
        links = [other.span for other in others if other is not None and other.span is not None]
        _tracer.done(request.span if request is not None else None, name, seconds, {fact: value}, links)


def parent() -> str:
    """What a hint to other nodes takes along, for the trace to go on there; empty: there is none."""
    return next((value for name, value in headers() if name == "traceparent"), "")


@contextlib.contextmanager
def heard(parent: str, name: str) -> Iterator[None]:
    """A hint of another node, whose trace goes on in the block; an empty ``parent`` is of no trace."""
    if _tracer is None or not parent:
        yield
        return
    request = Request()
    request.span = _tracer.begin([(b"traceparent", parent.encode("latin-1", "replace"))])
    token = CURRENT.set(request)
    try:
        yield
    finally:
        CURRENT.reset(token)
        _tracer.end(request.span, name, 0)


def headers() -> list[tuple[str, str]]:
    """What a request to others takes along, for their traces to go on from here."""
    if _tracer is None or (request := CURRENT.get()) is None or request.span is None:
        return []
    return _tracer.headers(request.span)
