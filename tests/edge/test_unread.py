"""Clients that read nothing: what the server would write by itself is bounded, too."""

from __future__ import annotations

import asyncio
import json

from tests.edge.clients import MIB, connect, flooding, message, ping, send, until, websocket
from tests.gateway.raw_client import RawClient
from tests.support.server import ServerFactory, ServerProcess


async def test_pings_whose_pongs_nobody_reads(server_factory: ServerFactory) -> None:
    server = server_factory()
    for size in (0, 125):
        for signed_in in (False, True):
            async with flooding(server, f"pings of {size} bytes, {'signed in' if signed_in else 'a stranger'}"):
                _, writer = await websocket(server)
                if signed_in:
                    await login(server, writer)
                taken = await send(writer, [ping(b"p" * size) * 10_000] * 1000)
                assert not taken, "it was never cut"


async def test_a_client_that_reads_late_has_the_pong_of_its_last_ping(server: ServerProcess) -> None:
    reader, writer = await websocket(server)
    await login(server, writer)
    await asyncio.wait_for(reader.readuntil(b"A2Key"), 60)
    for number in range(8000):
        writer.write(ping(b"%0100d" % number))
    await writer.drain()
    last = b"%0100d" % 7999
    found = b""
    async with asyncio.timeout(60):
        while last not in found:
            found = found[-200:] + await reader.read(65536)
    writer.close()


async def test_refused_requests_that_nobody_reads(server_factory: ServerFactory) -> None:
    """Heartbeats, unknown commands, malformed frames, wrong logins: nothing that a stranger sends piles up answers."""
    server = server_factory()
    heads = [
        {"servcmd": "heartbeat.alive", "seq": 1},
        {"servcmd": "no.such", "seq": 1},
        {"servcmd": "im_open_status.wslogin", "seq": 1, "identifier": "x", "usersig": "y"},
    ]
    frames = [json.dumps({"head": head, "body": {}}).encode() for head in heads] + [b"not JSON"]
    for frame in frames:
        async with flooding(server, frame[:50].decode()):
            _, writer = await websocket(server)
            one = bytes([0x82, 0xFE]) + len(frame).to_bytes(2, "big") + b"\0\0\0\0" + frame
            if len(frame) < 126:
                one = bytes([0x82, 0x80 | len(frame)]) + b"\0\0\0\0" + frame
            assert not await send(writer, [one * 1000] * 1000)


async def test_http_answers_that_nobody_reads(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_REQUEST_TIMEOUT": "1"})
    request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    async with flooding(server, "200 connections that ask for /openapi.json and read nothing"):
        opened = [await connect(server, receive_buffer=4096) for _ in range(200)]
        for _, writer in opened:
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(request * 100)
        count = len(opened)
        await until(lambda: connections(server) < count // 10, "the end of those that read nothing")
        for _, writer in opened:
            writer.transport.abort()


async def test_large_messages_of_strangers_are_not_kept(server_factory: ServerFactory) -> None:
    server = server_factory()
    async with flooding(server, "300 strangers that send a message of 1 MB but for its end"):
        opened = [await websocket(server) for _ in range(300)]
        await asyncio.gather(*(send(w, [message(b"x" * (MIB - 1000), MIB)], limit=10) for _, w in opened))
        for _, writer in opened:
            writer.transport.abort()


async def test_a_signed_in_client_may_send_large_messages(server: ServerProcess) -> None:
    async with RawClient(server, "edge-large") as client:
        await client.sign_in()
        await client.send(b" " * 900_000)
        assert await client.sync() is not None


async def login(server: ServerProcess, writer: asyncio.StreamWriter) -> None:
    """Sign in; the answer stays unread."""
    head = {"servcmd": "im_open_status.wslogin", "seq": 1, "identifier": "edge", "usersig": server.usersig("edge")}
    frame = json.dumps({"head": head, "body": {"State": "Online"}}).encode()
    writer.write(bytes([0x82, 0xFE]) + len(frame).to_bytes(2, "big") + b"\0\0\0\0" + frame)
    await writer.drain()


def connections(server: ServerProcess) -> int:
    """Sockets that the server has from this process, from the kernel's own table."""
    port = int(server.url.rsplit(":", 1)[1])
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)
