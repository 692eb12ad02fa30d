"""``openim``: recall, edit, deletion and read marks of one-to-one messages (rest-messages.md 2.5 to 2.9)."""

from __future__ import annotations

import msgspec

from sodam.c2c.changes import EVERYTHING
from sodam.errors import ApiError, Code
from sodam.messages import outgoing
from sodam.messages.elements import check_body
from sodam.rest.openim import check_account, place_of, service
from sodam.wire import Call

_MAX_KEYS = 30
_PARTIES = {
    "From_Account": Code.MSG_FROM_ACCOUNT,
    "To_Account": Code.MSG_TO_ACCOUNT,
    "Operator_Account": Code.MSG_FROM_ACCOUNT,
    "Report_Account": Code.MSG_FROM_ACCOUNT,
    "Peer_Account": Code.MSG_TO_ACCOUNT,
    "MsgKey": Code.MSG_KEY,
    "MsgKeyList": Code.MSG_KEY,
}
_ERRORS = (Code.MSG_TO_ACCOUNT, Code.MSG_FROM_ACCOUNT, Code.MSG_NOT_ADMIN)


async def _explain(call: Call, error: ApiError, sender: str, recipient: str) -> None:
    """A message that is not found may be due to an account that never was: raises that instead.

    Not asked beforehand, because messages of deleted accounts can still be recalled.
    """
    if error.code == Code.C2C_MESSAGE_NOT_FOUND:
        await check_account(call, sender, "From_Account", Code.MSG_FROM_ACCOUNT)
        await check_account(call, recipient, "To_Account", Code.MSG_TO_ACCOUNT)


class Withdraw(msgspec.Struct):
    From_Account: str
    To_Account: str
    MsgKey: str


@service.command(
    "admin_msgwithdraw",
    errors=(*_ERRORS, Code.C2C_MESSAGE_NOT_FOUND, Code.C2C_ALREADY_RECALLED, Code.MSG_KEY),
    fields=_PARTIES,
)
async def admin_msgwithdraw(call: Call, request: Withdraw) -> None:
    """Recall a message, whoever sent it and however long ago within the app's retention; it cannot be undone.

    It stays in histories with MsgFlagBits 8, and is unread no more. Source: rest-messages.md 2.5.
    """
    ids = (request.From_Account, request.To_Account)
    try:
        await call.services.c2c_changes.withdraw(
            call.app, *ids, place_of(request.MsgKey), revoker=call.caller, limit=False, source=call.source
        )
    except ApiError as error:
        await _explain(call, error, *ids)
        raise


class Modify(msgspec.Struct):
    From_Account: str
    To_Account: str
    MsgKey: str
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    CloudCustomData: str | None = None


@service.command(
    "modify_c2c_msg",
    errors=(
        *_ERRORS,
        Code.C2C_MESSAGE_NOT_FOUND,
        Code.C2C_ALREADY_RECALLED,
        Code.MSG_BODY_MALFORMED,
        Code.MSG_BODY_NOT_ARRAY,
        Code.MSG_FORMAT,
        Code.MSG_KEY,
        Code.MSG_TOO_LONG,
        Code.TEXT_REFUSED,
    ),
    fields={**_PARTIES, "MsgBody": Code.MSG_BODY_NOT_ARRAY, "CloudCustomData": Code.MSG_FORMAT},
)
async def modify_c2c_msg(call: Call, request: Modify) -> None:
    """Replace the MsgBody or the CloudCustomData of a message, or both; it cannot be undone.

    A part that is absent stays. Nothing given is 90010; a recalled message is 20023. Source: rest-messages.md 2.6.
    """
    raw = bytes(request.MsgBody)
    body = check_body(raw, strict_required=True).raw if raw and raw != b"null" else None
    cloud = None if request.CloudCustomData is None else outgoing.cloud_json(request.CloudCustomData)
    if body is None and cloud is None:
        raise ApiError(Code.MSG_FORMAT, "neither MsgBody nor CloudCustomData is given")
    ids = (request.From_Account, request.To_Account)
    try:
        await call.services.c2c_changes.modify(
            call.app, *ids, place_of(request.MsgKey), body=body, cloud=cloud, operator=call.caller, source=call.source
        )
    except ApiError as error:
        await _explain(call, error, *ids)
        raise
    call.info = "succeed"


class DeleteRamble(msgspec.Struct):
    Operator_Account: str
    Peer_Account: str
    MsgKeyList: list[str] | str


@service.command("delete_c2c_msg_ramble", errors=(*_ERRORS, Code.MSG_KEY), fields=_PARTIES)
async def delete_c2c_msg_ramble(call: Call, request: DeleteRamble) -> None:
    """Delete 1 to 30 messages from the history of Operator_Account alone; messages that are not there are passed over.

    Source: rest-messages.md 2.7.
    """
    keys = [request.MsgKeyList] if isinstance(request.MsgKeyList, str) else request.MsgKeyList
    if not 0 < len(keys) <= _MAX_KEYS:
        raise ApiError(Code.MSG_KEY, f"MsgKeyList must name 1 to {_MAX_KEYS} messages")
    places = [place_of(key) for key in keys]
    owner = await check_account(call, request.Operator_Account, "Operator_Account", Code.MSG_FROM_ACCOUNT)
    if not request.Peer_Account:
        raise ApiError(Code.MSG_TO_ACCOUNT, "Peer_Account is empty")
    await call.services.c2c_changes.delete_for(call.app, owner, request.Peer_Account, places)


class SetRead(msgspec.Struct):
    Report_Account: str
    Peer_Account: str
    MsgReadTime: int | None = None


@service.command("admin_set_msg_read", errors=_ERRORS, fields=_PARTIES)
async def admin_set_msg_read(call: Call, request: SetRead) -> None:
    """Mark what Peer_Account sent to Report_Account up to MsgReadTime (unix seconds, default now) as read.

    A time before an earlier mark changes nothing. Source: rest-messages.md 2.8.
    """
    reader = await check_account(call, request.Report_Account, "Report_Account", Code.MSG_FROM_ACCOUNT)
    peer = await check_account(call, request.Peer_Account, "Peer_Account", Code.MSG_TO_ACCOUNT)
    read_time = min(max(request.MsgReadTime or EVERYTHING, 0), EVERYTHING)
    await call.services.c2c_changes.mark_read(call.app, reader, peer, read_time, source=call.source)


class ReadMessage(msgspec.Struct):
    From_Account: str
    To_Account: str
    MsgKey: str


class ReadReceipt(msgspec.Struct):
    Operator_Account: str
    Peer_Account: str
    C2CMsgInfo: list[ReadMessage]


@service.command(
    "c2c_msg_read_receipt",
    errors=(*_ERRORS, Code.C2C_BAD_PACKET, Code.C2C_MESSAGE_NOT_FOUND, Code.MSG_KEY),
    fields={**_PARTIES, "C2CMsgInfo": Code.C2C_BAD_PACKET},
)
async def c2c_msg_read_receipt(call: Call, request: ReadReceipt) -> None:
    """Tell Peer_Account that Operator_Account has read 1 to 30 of its messages, one by one.

    Each entry goes from Peer_Account to Operator_Account (20001). 20022 when none of the messages exists; receipts
    given before are not given again. Source: rest-messages.md 2.9.
    """
    if not 0 < len(request.C2CMsgInfo) <= _MAX_KEYS:
        raise ApiError(Code.C2C_BAD_PACKET, f"C2CMsgInfo must name 1 to {_MAX_KEYS} messages")
    reader = await check_account(call, request.Operator_Account, "Operator_Account", Code.MSG_FROM_ACCOUNT)
    peer = await check_account(call, request.Peer_Account, "Peer_Account", Code.MSG_TO_ACCOUNT)
    for item in request.C2CMsgInfo:
        if (item.From_Account, item.To_Account) != (peer, reader):
            raise ApiError(
                Code.C2C_BAD_PACKET, "C2CMsgInfo names a message that Peer_Account did not send to the reader"
            )
    places = [place_of(item.MsgKey) for item in request.C2CMsgInfo]
    if not await call.services.c2c_changes.receipt(call.app, reader, peer, places, source=call.source):
        raise ApiError(Code.C2C_MESSAGE_NOT_FOUND)
