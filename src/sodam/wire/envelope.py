"""The envelope of every answer, and the decoding of a request body with the documented codes."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from sodam.errors import ApiError, Code
from sodam.wire.command import Call, Command
from sodam.wire.surrogates import whole_characters

_encode = msgspec.json.Encoder().encode
_OK = b'{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0'
_OK_DISPLAY = _OK + b',"ErrorDisplay":""'
_PATH = re.compile(r"at `\$((?:\.[A-Za-z_]\w*|\[[^\]]*\])*)")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_NOT_STRING = re.compile(r"Expected `str( \| null)?`, got")


def success(command: Command, call: Call, result: Any) -> bytes:
    """The answer of a command that worked."""
    if call.status == "OK" and not call.info and not call.code:
        head = _OK_DISPLAY if command.service.display else _OK
    else:
        fields = {"ActionStatus": call.status, "ErrorInfo": call.info, "ErrorCode": call.code}
        head = _encode(fields | ({"ErrorDisplay": ""} if command.service.display else {}))[:-1]
    if result is None:
        return head + b"}"
    body = _encode(result)
    return head + b"}" if body == b"{}" else head + b"," + body[1:]


def failure(error: ApiError, *, display: bool = False) -> bytes:
    """The answer of a command that was refused."""
    fields: dict[str, Any] = {"ActionStatus": "FAIL", "ErrorCode": int(error.code), "ErrorInfo": error.info}
    if display or error.display:
        fields["ErrorDisplay"] = error.display
    return _encode(fields)


def decode_request(command: Command, body: bytes) -> Any:
    """The typed request, or the ApiError that this command documents for what is wrong with it."""
    try:
        data = bytes(body)
        if not data.isascii():
            data.decode()  # the typed decoder takes no close look at fields that it skips
        data = whole_characters(data)
        if b"null" in data and command.cut is not None:
            data = command.cut(data)
        return command.decode(data)
    except msgspec.ValidationError as error:
        raise _refusal(command, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ApiError(command.service.bad_json, f"the body is not valid JSON: {error}") from None
    except RecursionError:
        raise ApiError(command.service.bad_json, "the body is nested too deeply") from None


def _refusal(command: Command, text: str) -> ApiError:
    missing = _MISSING.search(text)
    path = _PATH.search(text)
    names = re.findall(r"[A-Za-z_]\w*", path[1]) if path else []
    if missing:
        names.append(missing[1])
    name = names[-1] if names else ""
    wrong_id = not missing and _NOT_STRING.search(text) is not None
    if wrong_id and name in ("UserID", "Identifier"):
        return ApiError(Code.USER_ID_NOT_STRING, text)
    for candidate in reversed(names):
        if candidate in command.fields:
            return ApiError(command.fields[candidate], text)
    if wrong_id and name in ("To_Account", "From_Account"):
        return ApiError(Code.USER_ID_NOT_STRING, text)
    return ApiError(command.service.bad_request, text)
