"""``openim_msg_ext_http_svc``: key-value pairs of one-to-one messages (rest-messages.md 2.11 and 2.12)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import ApiError, Code
from sodam.extensions.model import MAX_ITEMS, MAX_KEY, MAX_VALUE, Extension, Item, Operation, Subject
from sodam.messages.model import parse_key
from sodam.wire import Call, Service

service = Service(
    "openim_msg_ext_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
Number = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
ERRORS = (Code.GROUP_REQUEST_ILLEGAL, Code.GROUP_NOT_PERMITTED, Code.EXTENSION_NOT_FOUND)


class Named(msgspec.Struct, kw_only=True):
    """A one-to-one message; From_Account is its sender, for an administrator oneself if it is absent."""

    To_Account: str
    MsgKey: str
    From_Account: str | None = None


class Pair(msgspec.Struct):
    Key: str
    Value: str = ""
    Seq: Number = 0


class SetKeyValues(Named, kw_only=True):
    OperateType: int
    ExtensionList: list[Pair] | None = None


class ExtensionResult(msgspec.Struct):
    ErrorCode: int
    Extension: Pair


class SetKeyValuesAnswer(msgspec.Struct):
    ExtensionList: list[ExtensionResult]
    Seq: int
    """Of the message's last accepted write."""


class GetKeyValues(Named, kw_only=True):
    StartSeq: Number = 0
    startSeq: Number = 0
    """As the web SDK writes it."""


class GetKeyValuesAnswer(msgspec.Struct):
    CompleteFlag: int
    LatestSeq: int
    ClearSeq: int
    ExtensionList: list[Pair]


async def subject_of(call: Call, request: Named) -> Subject:
    """The message that a request names. Raises ApiError 10004, 10007 (a client is none of its two users), 23004."""
    return await subject_at(call, request.From_Account or call.caller, request.To_Account, request.MsgKey)


async def subject_at(call: Call, sender: str, recipient: str, key: str) -> Subject:
    """As ``subject_of``."""
    parsed = parse_key(key)
    if parsed is None:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"{key[:60]!r} is no MsgKey")
    seq, random, time = parsed
    check_party(call, sender, recipient)
    viewer = "" if call.admin else call.caller
    return await call.services.c2c_extensions.find(call.app, sender, recipient, (time, seq, random), viewer=viewer)


def check_party(call: Call, sender: str, recipient: str) -> None:
    """Raises ApiError 10007 for a client that is none of the two."""
    if not call.admin and call.caller not in (sender, recipient):
        raise ApiError(Code.GROUP_NOT_PERMITTED, "the message is none of the caller's")


def check_on(call: Call) -> None:
    """Raises ApiError 10008 where the app has no message extensions."""
    if not call.app.settings.message_extension:
        raise ApiError(Code.GROUP_REQUEST_ILLEGAL, "the app's setting for message extensions is off")


def items_of(operate_type: int, pairs: list[Pair] | None) -> tuple[Operation, list[Item]]:
    """Raises ApiError 10004."""
    try:
        operation = Operation(operate_type)
    except ValueError:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "OperateType is 1, 2 or 3") from None
    if operation == Operation.CLEAR:
        return operation, []
    if not pairs or len(pairs) > MAX_ITEMS:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"ExtensionList has 1 to {MAX_ITEMS} entries")
    for pair in pairs:
        if not 0 < len(pair.Key.encode()) <= MAX_KEY:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"a Key has 1 to {MAX_KEY} bytes")
        if len(pair.Value.encode()) > MAX_VALUE:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"a Value has at most {MAX_VALUE} bytes")
        if "\0" in pair.Key + pair.Value:
            raise ApiError(Code.GROUP_BAD_PARAMETER, "Key and Value hold no NUL character")
    return operation, [Item(pair.Key, pair.Value, pair.Seq) for pair in pairs]


def _pair(one: Extension) -> Pair:
    return Pair(one.key, one.value, one.seq)


@service.command(
    "set_key_values",
    errors=(*ERRORS, Code.EXTENSION_UNSUPPORTED, Code.EXTENSION_CONFLICT, Code.EXTENSION_TOO_FREQUENT),
)
async def set_key_values(call: Call, request: SetKeyValues) -> SetKeyValuesAnswer:
    """Set (OperateType 1), delete (2) or remove all (3) key-value pairs of a message that was sent with
    SupportMessageExtension 1.

    Up to 20 pairs in a call, 300 keys on a message, 200 calls a minute and message (23003). Each accepted call raises
    the message's number by 1; the keys that it touched get it as Seq. A client must give the Seq that it holds of a
    key, 0 for none (23001 for that key, with the stored pair); an administrator need not. 10008 while the app's setting
    is off. Source: rest-messages.md 2.11.
    """
    check_on(call)
    operation, items = items_of(request.OperateType, request.ExtensionList)
    subject = await subject_of(call, request)
    return await changed(call, subject, operation, items)


async def changed(call: Call, subject: Subject, operation: Operation, items: list[Item]) -> SetKeyValuesAnswer:
    """Do it, and what became of it."""
    done = await call.services.extensions.change(
        subject, call.caller, operation, items, versions=not call.admin, source=call.source
    )
    return SetKeyValuesAnswer(
        [ExtensionResult(int(code) if code else 0, _pair(stored)) for code, stored in done.results], done.last_seq
    )


@service.command("get_key_values", errors=ERRORS)
async def get_key_values(call: Call, request: GetKeyValues) -> GetKeyValuesAnswer:
    """Read the key-value pairs of a message in the order of their Seq, about 200 a call.

    CompleteFlag 0: go on with StartSeq = the last Seq + 1. With StartSeq, deleted keys are among them, without a value.
    Source: rest-messages.md 2.12.
    """
    check_on(call)
    subject = await subject_of(call, request)
    return await read(call, subject, request.StartSeq or request.startSeq)


async def read(call: Call, subject: Subject, start: int) -> GetKeyValuesAnswer:
    """A page from the number ``start`` on."""
    page = await call.services.extensions.page(subject, start)
    return GetKeyValuesAnswer(
        int(page.complete), page.latest_seq, page.clear_seq, [_pair(one) for one in page.extensions]
    )
