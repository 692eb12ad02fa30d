"""``openim_robot_http_svc``: a robot's answer in growing pieces (rest-messages.md 3.3)."""

from __future__ import annotations

import random
from typing import Annotated, Any, Final

import msgspec

from sodam.c2c.draft import draft
from sodam.c2c.modify import EditConflict
from sodam.errors import ApiError, Code
from sodam.rest.openim import check_account, place_of
from sodam.wire import Call, Service

service = Service(
    "openim_robot_http_svc",
    bad_json=Code.MSG_BODY_NOT_JSON,
    bad_request=Code.MSG_BODY_NOT_JSON,
    internal=Code.MSG_INTERNAL,
)
ROBOT: Final = "@RBT#"
MAX_STREAM_BYTES: Final = 128 * 1024
_MARK: Final = {"chatbotPlugin": 2, "src": 2}
"""By this the vendor's client kits know a growing answer."""
_TRIES: Final = 5


class SendStream(msgspec.Struct, kw_only=True):
    From_Account: str
    To_Account: str
    Chunk: str
    MsgKey: str = ""
    Finish: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0


class SendStreamAnswer(msgspec.Struct):
    MsgKey: str


@service.command(
    "send_stream_msg",
    errors=(
        Code.C2C_ACCOUNT_INVALID,
        Code.C2C_ALREADY_RECALLED,
        Code.C2C_EDIT_CONFLICT,
        Code.C2C_INTERNAL,
        Code.C2C_MESSAGE_NOT_FOUND,
        Code.MSG_FORMAT,
        Code.MSG_KEY,
        Code.MSG_RECEIVER_NOT_FOUND,
        Code.MSG_TOO_LONG,
        Code.TEXT_REFUSED,
    ),
    fields={"From_Account": Code.MSG_FROM_ACCOUNT, "To_Account": Code.MSG_TO_ACCOUNT},
)
async def send_stream_msg(call: Call, request: SendStream) -> SendStreamAnswer:
    """Send a message of a robot (a UserID that begins with @RBT#) piece by piece.

    The first call names no MsgKey, the later ones the one that it was answered with; Finish 1 ends it, and further
    pieces are refused with 90010. Clients see a custom message whose Data grows by edits, up to 128 KiB (93000).
    Source: rest-messages.md 3.3.
    """
    if not request.From_Account.startswith(ROBOT):
        raise ApiError(Code.MSG_FROM_ACCOUNT, f"From_Account is no robot: those begin with {ROBOT}")
    await check_account(call, request.From_Account, "From_Account", Code.MSG_FROM_ACCOUNT)
    if request.MsgKey:
        await _append(call, request)
        return SendStreamAnswer(request.MsgKey)
    body = _body([request.Chunk], request.Finish)
    if len(body) > MAX_STREAM_BYTES:
        raise ApiError(Code.MSG_TOO_LONG)
    message = draft(call.app, request.From_Account, request.To_Account, seq=0, random=random.getrandbits(32), body=body)
    sent = await call.services.c2c.send(call.app, message, checked=False)
    return SendStreamAnswer(sent.key)


async def _append(call: Call, request: SendStream) -> None:
    ids, place = (request.From_Account, request.To_Account), place_of(request.MsgKey)
    for _ in range(_TRIES):
        stored = await call.services.c2c.histories.find(call.app, *ids, place)
        chunks = _chunks(stored.body)
        if chunks is None:
            raise ApiError(Code.MSG_FORMAT, "MsgKey names no message that still grows")
        body = _body([*chunks, request.Chunk], request.Finish)
        try:
            await call.services.c2c_changes.modify(
                call.app, *ids, place, body=body, version=stored.version, max_bytes=MAX_STREAM_BYTES
            )
        except EditConflict:
            continue  # another piece came first
        return
    raise ApiError(Code.C2C_EDIT_CONFLICT)


def _body(chunks: list[str], finished: int) -> bytes:
    data = msgspec.json.encode({**_MARK, "chunks": chunks, "isFinished": finished}).decode()
    return msgspec.json.encode([{"MsgType": "TIMCustomElem", "MsgContent": {"Data": data}}])


def _chunks(body: bytes) -> list[str] | None:
    """The pieces of a message that still grows; None for any other."""
    try:
        data: Any = msgspec.json.decode(msgspec.json.decode(body)[0]["MsgContent"]["Data"])
        if data["chatbotPlugin"] != _MARK["chatbotPlugin"] or data["isFinished"]:
            return None
        chunks = data["chunks"]
    except (msgspec.DecodeError, LookupError, TypeError):
        return None
    return chunks if isinstance(chunks, list) else None
