"""What an edge of the control plane answers when something goes wrong inside the server."""

from __future__ import annotations

import structlog

from sodam.control import ControlError, invalid
from sodam.errors import Unavailable

log = structlog.get_logger(__name__)


def of(error: Exception, request_id: str, **where: str) -> ControlError:
    """The refusal that an exception becomes; to be called while it is handled.

    A body nested so deeply that reading it took all the stack is the caller's mistake, wherever that was noticed. What
    nobody expected is logged with its traceback and ``where`` it came up; that the database is away was said already.
    """
    if isinstance(error, ControlError):
        return error
    if isinstance(error, RecursionError):
        return too_deep()
    if isinstance(error, Unavailable):
        return ControlError("InternalError", "the server cannot reach its database now", cure="Try again.")
    log.exception("a request failed", request_id=request_id, **where)
    return ControlError("InternalError", "the request failed inside the server; its log has the RequestId")


def too_deep() -> ControlError:
    return invalid("the body is not valid JSON: it is nested too deeply", detail="NotJson")
