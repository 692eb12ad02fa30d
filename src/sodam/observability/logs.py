"""Logs: one line an event on standard error, as text for people or JSON for machines.

Code logs with ``structlog.get_logger(__name__)`` and a constant event text; what varies goes into keywords. Libraries
that use the standard ``logging`` come out in the same form.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor

from sodam.observability.requests import CURRENT

_SECRETS: Final = frozenset(
    {"usersig", "sig", "a2", "a2key", "password", "secret", "secret_key", "key", "token", "authorization", "cookie"}
)
_QUIET: Final = ("uvicorn", "nats", "picows", "asyncio", "websockets")
"""Libraries whose INFO tells an operator nothing that our own lines do not."""


def hide_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    """Blot out keywords that name a secret: a log is read by more people than a key is."""
    for name in event.keys() & _SECRETS:
        event[name] = "***"
    return event


def name_request(_: Any, __: str, event: EventDict) -> EventDict:
    """Say which request a line belongs to: its answer over REST has the same number in ``X-Request-Id``."""
    request = CURRENT.get()
    if request is not None:
        event.setdefault("request_id", request.id)
    return event


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Set logging up for this process. `level` and `form` are values of the settings log_level and log_format."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        name_request,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        hide_secrets,
    ]
    target = stream or sys.stderr
    last: list[Processor]
    if form == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        last = [
            structlog.dev.ConsoleRenderer(
                colors=target.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
            )
        ]
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING) if number > logging.DEBUG else number)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
