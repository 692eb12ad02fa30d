"""Messages over REST on a real connection: whole in a packet (answered without ASGI) or not, one behind the other, and
what becomes of the connection, are the same to a client."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.edge.clients import connect
from tests.support.server import ServerProcess


async def request(server: ServerProcess, user: str, number: int, more: bytes = b"", version: bytes = b"1.1") -> bytes:
    content = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"number {number}"}}]
    body = json.dumps({"From_Account": user, "To_Account": user, "MsgRandom": number, "MsgBody": content}).encode()
    admin = "administrator"
    query = f"sdkappid={server.sdkappid}&identifier={admin}&usersig={server.usersig(admin, now=1_800_000_000)}&random=1"
    line = b"POST /v4/openim/sendmsg?" + query.encode() + b" HTTP/" + version + b"\r\nHost: x\r\n"
    return line + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def answered(reader: asyncio.StreamReader) -> tuple[dict[str, str], Any]:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    line, *lines = head.decode().split("\r\n")[:-2]
    assert line == "HTTP/1.1 200 OK"
    headers = dict(one.split(": ", 1) for one in lines)
    return headers, json.loads(await reader.readexactly(int(headers["content-length"])))


@pytest.mark.parametrize("split", [False, True])
async def test_one_after_the_other_and_all_at_once(server: ServerProcess, split: bool) -> None:
    user = f"direct{split}"
    await server.rest("im_open_login_svc/account_import", {"UserID": user})
    reader, writer = await connect(server)
    headers = set()
    for number in range(3):
        data = await request(server, user, number)
        if split:
            writer.write(data[:-9])
            await writer.drain()
            await asyncio.sleep(0.01)
            data = data[-9:]
        writer.write(data)
        found, answer = await answered(reader)
        headers.add(tuple(found))
        assert answer["ErrorCode"] == 0, answer
    names = "date content-type access-control-allow-origin access-control-allow-headers access-control-allow-methods"
    assert headers == {(*names.split(), "content-length", "x-request-id")}
    writer.write(b"".join([await request(server, user, number) for number in range(10, 20)]))
    keys = [(await answered(reader))[1]["MsgKey"] for _ in range(10)]
    assert [key.split("_")[1] for key in keys] == [str(number) for number in range(10, 20)]
    writer.close()


@pytest.mark.parametrize(("more", "version"), [(b"Connection: close\r\n", b"1.1"), (b"", b"1.0")])
async def test_a_connection_that_is_to_end_ends(server: ServerProcess, more: bytes, version: bytes) -> None:
    await server.rest("im_open_login_svc/account_import", {"UserID": "direct"})
    for number in range(2):
        reader, writer = await connect(server)
        writer.write(await request(server, "direct", number, more, version))
        headers, answer = await answered(reader)
        assert (answer["ErrorCode"], headers["connection"]) == (0, "close")
        assert await asyncio.wait_for(reader.read(), 60) == b""
        writer.close()


async def test_a_client_that_leaves_without_its_answer_harms_nobody(server: ServerProcess) -> None:
    await server.rest("im_open_login_svc/account_import", {"UserID": "direct"})
    for number in range(20):
        _, writer = await connect(server)
        writer.write(await request(server, "direct", 100 + number))
        writer.transport.abort()
    reader, writer = await connect(server)
    writer.write(await request(server, "direct", 200))
    assert (await answered(reader))[1]["ErrorCode"] == 0
    writer.close()
