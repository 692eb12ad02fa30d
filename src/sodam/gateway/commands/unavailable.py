"""What clients may ask for and this server does not offer: refused with the documented code, for the application."""

from __future__ import annotations

import msgspec

from sodam.errors import Code
from sodam.wire import Call, Empty, Service

translate = Service(
    "im_open_translate",
    bad_json=Code.BODY_NOT_JSON,
    bad_request=Code.BODY_NOT_JSON,
    internal=Code.SERVER_TIMEOUT,
)
speech = Service(
    "im_open_speech",
    bad_json=Code.BODY_NOT_JSON,
    bad_request=Code.BODY_NOT_JSON,
    internal=Code.SERVER_TIMEOUT,
)


class CmdError(msgspec.Struct):
    ErrorCode: int
    ErrorInfo: str


class Refusal(msgspec.Struct):
    """The SDK reads the code here."""

    CmdErrorCode: CmdError


def _refuse(call: Call, why: str) -> Refusal:
    call.fail(Code.PLAN_EXPIRED, why)
    return Refusal(CmdError(int(Code.PLAN_EXPIRED), why))


@translate.command("ws_batch_trans_text", errors=(Code.PLAN_EXPIRED,))
async def ws_batch_trans_text(call: Call, request: Empty) -> Refusal:
    """Texts in another language: not offered, 60020."""
    return _refuse(call, "this server does not translate")


@speech.command("ws_sentence_recognition", errors=(Code.PLAN_EXPIRED,))
async def ws_sentence_recognition(call: Call, request: Empty) -> Refusal:
    """The words of a sound: not offered, 60020."""
    return _refuse(call, "this server does not turn voice into text")
