"""What every answer of REST v4 must be, whatever was asked (rest-accounts-relations.md 1.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from sodam.errors import Code
from sodam.rest.http import MAX_BODY
from sodam.wire import Command
from tests.fuzz.wire import Answer

GATEWAY: Final = frozenset(
    {
        Code.REQUEST_MALFORMED,
        Code.CREDENTIALS_MALFORMED,
        Code.SDKAPPID_INVALID,
        Code.NO_SUCH_COMMAND,
        Code.GROUP_NO_SUCH_COMMAND,
        Code.NOT_ADMIN,
        Code.SDKAPPID_MISSING,
        Code.APP_DISABLED,
        Code.PLAN_EXPIRED,
        Code.USERSIG_EXPIRED,
        Code.USERSIG_EMPTY,
        Code.USERSIG_UNDECODABLE,
        Code.USERSIG_CONTENT_INVALID,
        Code.USERSIG_MISMATCH,
        Code.USERSIG_USER_MISMATCH,
        Code.USERSIG_SDKAPPID_MISMATCH,
        Code.USERSIG_NO_METHOD,
        Code.LOGIN_KICKED,
    }
)
"""Codes of a call that is refused before its command is reached (1.5, 2.5)."""
_ITEM_CODES: Final = {"ErrorCode", "ResultCode"}


def envelope(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object, once its form is right."""
    assert answer.status == 200, f"HTTP {answer.status}: {answer.body[:300]!r}"
    assert answer.headers["content-type"].startswith("application/json")
    value = json.loads(answer.body.decode("utf-8"), parse_constant=_no_constant)
    assert isinstance(value, dict)
    assert type(value["ErrorCode"]) is int
    assert isinstance(value["ErrorInfo"], str)
    statuses = ("FAIL",) if value["ErrorCode"] else ("OK", "SomeError")
    assert value["ActionStatus"] in statuses, f"{value['ActionStatus']} with {value['ErrorCode']}"
    assert len(answer.body) <= MAX_BODY + 65536, "an answer over 1 MB"
    return value


def admitted(command: Command, answer: Answer) -> int:
    """The ErrorCode of a call that reached its command: 0 or one that the command documents, never its failure."""
    value = envelope(answer)
    code: int = value["ErrorCode"]
    allowed = {0, Code.USER_ID_NOT_STRING, *command.errors} - {command.service.internal}
    assert code in allowed, f"{command.path} answered {code} ({value['ErrorInfo']}), which it does not document"
    for item in _item_codes([v for k, v in value.items() if k not in _ITEM_CODES]):
        assert item in allowed, f"{command.path} gave an item {item}, which it does not document"
    if code == 0 and command.response is not None:
        msgspec.json.decode(answer.body, type=command.response)
    if code == 0:
        assert ("ErrorDisplay" in value) == command.service.display
    return code


def refused(answer: Answer) -> int:
    """The ErrorCode of a call that must not reach any command."""
    code: int = envelope(answer)["ErrorCode"]
    assert code in GATEWAY, f"answered {code}"
    return code


def _item_codes(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        yield from (value[name] for name in _ITEM_CODES if isinstance(value.get(name), int))
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _item_codes(item)


def _no_constant(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")
