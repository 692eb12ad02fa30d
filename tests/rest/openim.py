"""Words that the tests of ``openim`` share."""

from __future__ import annotations

from typing import Any

from tests.rest.conftest import SDKAPPID, Rest

SEND = "openim/sendmsg"
BATCH = "openim/batchsendmsg"
IMPORT = "openim/importmsg"
HISTORY = "openim/admin_getroammsg"
WITHDRAW = "openim/admin_msgwithdraw"
MODIFY = "openim/modify_c2c_msg"
DELETE = "openim/delete_c2c_msg_ramble"
SET_READ = "openim/admin_set_msg_read"
RECEIPT = "openim/c2c_msg_read_receipt"
UNREAD = "openim/get_c2c_unread_msg_num"
OK: dict[str, Any] = {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0}


def text(words: str) -> list[dict[str, Any]]:
    return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]


def message(words: str = "hi", **fields: Any) -> dict[str, Any]:
    """A message of lena to omar."""
    return {"From_Account": "lena", "To_Account": "omar", "MsgRandom": 1, "MsgBody": text(words), **fields}


async def people(rest: Rest, *user_ids: str) -> None:
    await rest.server.accounts.ensure(SDKAPPID, user_ids or ("lena", "omar", "kim"))


async def tiny(rest: Rest, user_id: str) -> int:
    account = await rest.server.accounts.find(SDKAPPID, user_id)
    assert account is not None
    return account.tiny_id


async def history(rest: Rest, owner: str = "omar", peer: str = "lena", **fields: Any) -> dict[str, Any]:
    body = {"Operator_Account": owner, "Peer_Account": peer, "MaxCnt": 100, "MinTime": 0, "MaxTime": 1 << 33, **fields}
    return await rest(HISTORY, body)


async def seen(rest: Rest, owner: str = "omar", peer: str = "lena") -> list[str]:
    """The texts that ``owner`` finds in its history, oldest first."""
    answer = await history(rest, owner, peer)
    assert answer["Complete"] == 1
    return [m["MsgBody"][0]["MsgContent"]["Text"] for m in answer["MsgList"]]


async def codes(rest: Rest, command: str, cases: list[tuple[dict[str, Any] | bytes, int]]) -> None:
    """Every case is answered with its code."""
    wrong = []
    for body, expected in cases:
        answer = await rest(command, body)
        status = "FAIL" if expected else "OK"
        if (answer["ErrorCode"], answer["ActionStatus"]) != (expected, status):
            wrong.append((body, expected, answer))
    assert not wrong, "\n".join(map(repr, wrong))
