"""How an outcome looks on the wire: the envelope, and the HTTP status that fits a code."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.responses import Response

from sodam.control import ControlError
from sodam.errors import Code

_STATUS: Final = {
    "AuthFailure.NotSignedIn": 401,
    "AuthFailure.LoginFailure": 401,
    "AuthFailure.MFAFailure": 401,
    "AuthFailure.AccountLocked": 429,
    "AuthFailure": 403,
    "IpInBlacklist": 403,
    "IpNotInWhitelist": 403,
    "UnsupportedOperation.PlanRequired": 403,
    "UnsupportedOperation": 409,
    "UnsupportedMediaType": 415,
    "InvalidAction": 404,
    "InvalidParameter": 400,
    "MissingParameter": 400,
    "ResourceNotFound": 404,
    "FailedOperation": 409,
    "ResourceInUse": 409,
    "OperationDenied": 409,
    "LimitExceeded": 409,
    "RequestLimitExceeded": 429,
    "RequestSizeLimitExceeded": 413,
    "InternalError": 500,
}


def status_of(error: ControlError) -> int:
    """The HTTP status of a refusal; a rule of the chat plane (plain ``FailedOperation``) is 400."""
    if error.code == "FailedOperation":
        return 400
    return _STATUS.get(error.code) or _STATUS.get(error.code.split(".", 1)[0], 400)


def success(result: Any, request_id: str) -> Response:
    data = msgspec.json.encode(result) if result is not None else b"{}"
    return _json(200, b'{"RequestId":"' + request_id.encode() + b'","Data":' + data + b"}")


def failure(error: ControlError, request_id: str) -> Response:
    described: dict[str, Any] = {"Code": error.code, "Message": error.message}
    if error.cure:
        described["Cure"] = error.cure
    if detail := error.detail or _number(error):
        described["Detail"] = detail
    if error.params:
        described["Params"] = error.params
    described |= error.extra
    return _json(status_of(error), msgspec.json.encode({"RequestId": request_id, "Error": described}))


def _number(error: ControlError) -> str:
    """The chat plane's number where its meaning is all that the message says."""
    number = error.extra.get("ErrorCode", 0)
    return str(number) if number and error.message == Code(number).meaning else ""


def _json(status: int, body: bytes) -> Response:
    return Response(body, status, media_type="application/json", headers={"cache-control": "no-store"})
