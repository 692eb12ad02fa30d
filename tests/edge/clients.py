"""Strangers: sockets that send what no client sends, or nothing, and the memory of the server meanwhile."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from tests.support.server import ServerProcess

MIB = 1024 * 1024
ALLOWED = 30 * MIB
"""Bytes that a flood may cost, and less than that afterwards."""
TIMEOUT = 60.0


def resident(server: ServerProcess) -> int:
    """Bytes of the server's own in memory: pages of files count when they are first touched, which costs nothing."""
    for line in Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no RssAnon")


def open_files(server: ServerProcess) -> int:
    return len(os.listdir(f"/proc/{server.pid}/fd"))


class Memory:
    """Watches the server while a flood runs."""

    def __init__(self, server: ServerProcess, name: str) -> None:
        self.server = server
        self.name = name
        self.before = resident(server)
        self.peak = self.before

    async def watch(self) -> None:
        while True:
            self.peak = max(self.peak, resident(self.server))
            await asyncio.sleep(0.01)

    async def settle(self) -> int:
        """Wait for memory to come back; what is left."""
        end = time.monotonic() + TIMEOUT
        while (now := resident(self.server)) > self.before + ALLOWED and time.monotonic() < end:
            await asyncio.sleep(0.1)
        return now


@contextlib.asynccontextmanager
async def flooding(server: ServerProcess, name: str, allowed: int = ALLOWED) -> AsyncIterator[Memory]:
    """A flood of the block: prints memory before, at the peak and after; fails when it costs more than allowed."""
    memory = Memory(server, name)
    watching = asyncio.create_task(memory.watch())
    try:
        yield memory
    finally:
        watching.cancel()
    after = await memory.settle()
    before, peak = memory.before, memory.peak
    print(f"{name}: before {before // MIB} MiB, peak +{(peak - before) / MIB:.1f}, after +{(after - before) / MIB:.1f}")
    assert peak - before <= allowed, f"{name} costs {(peak - before) / MIB:.0f} MiB"
    assert after - before <= allowed


async def connect(
    server: ServerProcess, receive_buffer: int | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """``receive_buffer``: bytes that the kernel takes for a client that does not read, else many MiB."""
    sock = socket.socket()
    if receive_buffer is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", int(server.url.rsplit(":", 1)[1])))
    return await asyncio.open_connection(sock=sock)


async def send(writer: asyncio.StreamWriter, pieces: list[bytes], *, limit: float = TIMEOUT) -> bool:
    """Send as far as the server takes it; whether it took all."""
    try:
        async with asyncio.timeout(limit):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
    except (ConnectionError, TimeoutError):
        return False
    return True


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes; empty also for a reset."""
    parts: list[bytes] = []
    async with asyncio.timeout(TIMEOUT):
        with contextlib.suppress(ConnectionError):
            while part := await reader.read(65536):
                parts.append(part)
    return b"".join(parts)


async def ask(server: ServerProcess, data: bytes) -> bytes:
    """Send, and read until the server closes."""
    reader, writer = await connect(server)
    await send(writer, [data])
    try:
        return await answer(reader)
    finally:
        writer.close()


async def until(true: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(TIMEOUT):
            while not true():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None


def upgrade(server: ServerProcess, headers: bytes = b"", *, connection: bytes = b"Upgrade") -> bytes:
    key = base64.b64encode(os.urandom(16))
    return (
        b"GET /binfo?sdkappid=%d HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: %b\r\n"
        b"Sec-WebSocket-Key: %b\r\nSec-WebSocket-Version: 13\r\n%b\r\n" % (server.sdkappid, connection, key, headers)
    )


async def websocket(server: ServerProcess, headers: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """An upgraded socket without a library."""
    reader, writer = await connect(server)
    writer.write(upgrade(server, headers))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), TIMEOUT)
    assert head.startswith(b"HTTP/1.1 101 "), head
    return reader, writer


def ping(payload: bytes = b"") -> bytes:
    """A masked ping, whose mask changes nothing."""
    return bytes([0x89, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


def message(payload: bytes, size: int | None = None) -> bytes:
    """A masked binary message; ``size``: what its head claims."""
    size = len(payload) if size is None else size
    return b"\x82\xff" + size.to_bytes(8, "big") + b"\0\0\0\0" + payload
