"""Reading a file of an hour: its address is its permission."""

from __future__ import annotations

from sodam.errors import ApiError, Code, Unavailable
from sodam.history_files.service import HistoryFiles
from sodam.http import Receive, Scope, Send, respond


class HistoryFileApp:
    def __init__(self, files: HistoryFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise ApiError(Code.DATA_BAD_URL)
            job, parts = await self._files.open(scope["path"])
        except (ApiError, Unavailable) as error:
            code = Code(error.code) if isinstance(error, ApiError) else Code.DATA_INTERNAL
            status = {Code.DATA_BAD_URL: 404, Code.DATA_EXPIRED: 410}.get(code, 503)
            body = b'{"ActionStatus":"FAIL","ErrorCode":%d,"ErrorInfo":"%b"}' % (code, code.meaning.encode())
            await respond(send, status, b"application/json", body)
            return
        headers = [
            (b"content-type", b"application/gzip"),
            (b"content-length", str(job.explanation.params["GzipSize"]).encode()),
            (b"content-disposition", b"attachment"),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"private, no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "GET":
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
