"""An app's own server that takes every webhook, and the app's settings that send it there."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx

from bench.processes import answers_http, free_port, running, wait_until
from bench.targets.base import SDKAPPID

PASSWORD: Final = "Bench-horse-7"
"""Of the console's root in a run with webhooks; it guards nothing."""
COMMANDS: Final = ("C2C.CallbackAfterSendMsg", "Group.CallbackAfterSendMsg")
_BODY: Final = b'{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}'
_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_BODY),
    _BODY,
)
_LENGTH: Final = b"content-length:"


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, _, after = head.partition(_LENGTH)
            if after:
                await reader.readexactly(int(after.partition(b"\r\n")[0]))
            writer.write(_ANSWER)
    writer.close()


async def _listen(port: int) -> None:
    server = await asyncio.start_server(_take, "127.0.0.1", port)
    await server.serve_forever()


@contextlib.contextmanager
def receiver(folder: Path) -> Iterator[int]:
    """A process that answers every request with OK: its port."""
    port, log = free_port(), folder / "receiver.log"
    command = [sys.executable, "-m", "bench.targets.receiver", str(port)]
    with running(command, log, cwd=Path(__file__).parents[2]) as process:
        wait_until(lambda: answers_http(port, "/"), process, log)
        yield port


def configure(port: int, to: int) -> None:
    """Switch the callbacks after messages on, for the app of a server at one port and a receiver at another."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/console/api", trust_env=False, timeout=30) as http:

        def call(action: str, token: str = "", **fields: Any) -> dict[str, Any]:
            answer = http.post(f"/{action}", json=fields, headers={"x-csrf-token": token})
            answer.raise_for_status()
            data: dict[str, Any] = answer.json()["Data"]
            return data

        token = call("session/Login", UserName="root", Password=PASSWORD, Code="")["CsrfToken"]
        version = call("im/DescribeCallBack", token, SDKAppID=SDKAPPID)["Version"]
        url = f"http://127.0.0.1:{to}/hook"
        fields = {"SDKAppID": SDKAPPID, "Version": version, "Confirmed": True, "Url": url, "Commands": list(COMMANDS)}
        call("im/SetCallBack", token, **fields)


if __name__ == "__main__":
    asyncio.run(_listen(int(sys.argv[1])))
