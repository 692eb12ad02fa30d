"""``open_msg_svc``: files of an hour's messages (rest-messages.md 5)."""

from __future__ import annotations

import datetime

import msgspec

from sodam.errors import Code
from sodam.history_files.service import ZONE, ChatType
from sodam.wire import Call, Service

service = Service(
    "open_msg_svc",
    bad_json=Code.DATA_BAD_PARAMETER,
    bad_request=Code.DATA_BAD_PARAMETER,
    internal=Code.DATA_INTERNAL,
)


class GetHistory(msgspec.Struct):
    """``MsgTime``: an hour as YYYYMMDDHH, in UTC+8."""

    ChatType: ChatType
    MsgTime: str


class HistoryFile(msgspec.Struct):
    URL: str
    ExpireTime: str
    FileSize: int
    FileMD5: str
    GzipSize: int
    GzipMD5: str


class HistoryAnswer(msgspec.Struct):
    File: list[HistoryFile]


@service.command("get_history", rate=10, errors=(Code.DATA_NOT_READY, Code.DATA_EXPIRED))
async def get_history(call: Call, request: GetHistory) -> HistoryAnswer:
    """Give an address under which all one-to-one or all group messages of one hour can be read, as gzip.

    The first call for an hour has the file made: it answers 1004 when that takes longer than two seconds, and later
    calls give the address. 1004 also means that nothing was sent in that hour. Files are kept for seven days.
    Source: rest-messages.md 5.
    """
    file = await call.services.history_files.find(call.app, request.ChatType, request.MsgTime)
    settings = call.services.settings
    base = call.address or f"http://{settings.host}:{settings.port}"
    expires = datetime.datetime.fromtimestamp(file.expires, ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return HistoryAnswer([HistoryFile(base + file.path, expires, file.size, file.md5, file.gzip_size, file.gzip_md5)])
