"""``openim``: one-to-one messages and online status (rest-messages.md section 2, rest-accounts-relations.md 4).

The commands stand in ``openim_messages`` (send, import), ``openim_history`` (read), ``openim_changes`` (recall, edit,
delete, read marks) and ``openim_status``.
"""

from __future__ import annotations

from sodam.c2c.model import Place
from sodam.errors import ApiError, Code
from sodam.messages.model import parse_key
from sodam.wire import Call, Service

service = Service(
    "openim",
    bad_json=Code.MSG_BODY_NOT_JSON,
    bad_request=Code.MSG_BODY_NOT_JSON,
    internal=Code.MSG_INTERNAL,
)


async def exists(call: Call, user_id: str) -> bool:
    accounts = call.services.accounts
    app = call.app.sdkappid
    return accounts.peek(app, user_id) is not None or await accounts.find(app, user_id) is not None


async def check_account(call: Call, user_id: str | None, name: str, code: Code) -> str:
    """The account of the field ``name``. Raises ApiError ``code`` when it is missing or unknown."""
    if not user_id:
        raise ApiError(code, f"{name} is missing")
    if not await exists(call, user_id):
        raise ApiError(code, f"{name} {user_id[:40]!r} does not exist")
    return user_id


def place_of(msg_key: str) -> Place:
    """Where the message with this MsgKey stands. Raises ApiError 90054."""
    parsed = parse_key(msg_key)
    if parsed is None:
        raise ApiError(Code.MSG_KEY)
    seq, random, time = parsed
    return (time, seq, random)
