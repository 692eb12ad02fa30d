"""One contract for both WebSocket transports, each behind the listener on a port that also answers HTTP."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
import websockets

from sodam.gateway import picows_ws, websockets_ws
from sodam.gateway.frames import MAX_FRAME
from sodam.gateway.transport import Origin, Transport
from sodam.listener import Admission, Listener

TIMEOUT = 90.0


class Echo:
    """A receiver that answers every message with itself, and obeys a few words."""

    def __init__(self, path: str, query: str, client_ip: str, origin: Origin) -> None:
        self.request = (path, query, client_ip)
        self.origin = origin
        self.received_: list[bytes] = []
        self.closed_ = 0
        self.transport: Transport | None = None

    def opened(self, transport: Transport) -> None:
        self.transport = transport
        if "unsigned" not in self.request[1]:
            transport.signed_in(True)

    def received(self, data: bytes) -> None:
        assert self.transport is not None
        self.received_.append(data)
        if data.startswith(b"close "):
            self.transport.close(int(data[6:10]), data[11:].decode())
        elif data == b"ping":
            self.transport.ping()
        elif data == b"abort":
            self.transport.abort()
        elif data == b"many":
            self.transport.write([b"one", b"two", b"x" * 70_000, b""])
        else:
            self.transport.write([data])

    def ponged(self) -> None:
        assert self.transport is not None
        self.transport.write([b"ponged"])

    def closed(self) -> None:
        self.closed_ += 1


class Port:
    def __init__(self, number: int, receivers: list[Echo], patient: Callable[[], None]) -> None:
        self.number = number
        self.receivers = receivers
        self.patient = patient
        """Have the server wait long for the answer to its close."""

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.number}/binfo?sdkappid=7"

    @contextlib.asynccontextmanager
    async def raw(
        self, headers: str = "", *, query: str = "sdkappid=7", connection: str = "Upgrade"
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """An upgraded socket without a library: its frames are the test's own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number, limit=2**22)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /binfo?{query} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: {connection}\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        try:
            yield reader, writer
        finally:
            writer.close()


async def _http(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest_asyncio.fixture(params=[picows_ws, websockets_ws], ids=["picows", "websockets"])
async def port(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Port]:
    monkeypatch.setattr(request.param, "CLOSE_SECONDS", 0.2)  # many tests here leave a close without an answer
    receivers: list[Echo] = []

    def accept(path: str, query: str, client_ip: str, origin: Origin) -> Echo | None:
        if path != "/binfo":
            return None
        receivers.append(Echo(path, query, client_ip, origin))
        return receivers[-1]

    def client_of(peer: str, forwarded: Sequence[str]) -> str:
        return " < ".join([peer, *forwarded])

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    listener = Listener(request.param.upgrade_protocol(accept, client_of), Admission(None))
    config = uvicorn.Config(_http, http=listener.protocol, lifespan="off", log_config=None)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started:
        await asyncio.sleep(0.005)
    patient = partial(monkeypatch.setattr, request.param, "CLOSE_SECONDS", TIMEOUT)
    yield Port(sock.getsockname()[1], receivers, patient)
    server.should_exit = True
    await asyncio.wait_for(task, TIMEOUT)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not true():
            await asyncio.sleep(0.005)


def frame(opcode: int, payload: bytes, *, fin: bool = True, mask: bool = True) -> bytes:
    """A frame as a client sends it (RFC 6455 5.2)."""
    size = len(payload)
    bit = 0x80 if mask else 0
    head = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([bit | 127]) + size.to_bytes(8, "big")
    if not mask:
        return head + payload
    key = b"\x01\x02\x03\x04"
    mask = (key * (size // 4 + 1))[:size]
    return head + key + (int.from_bytes(payload) ^ int.from_bytes(mask)).to_bytes(size)


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Opcode and payload; (8, b"") also for a connection that ended without a close frame."""
    try:
        async with asyncio.timeout(TIMEOUT):
            first, second = await reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await reader.readexactly(8), "big")
            return first & 0x0F, await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return 8, b""


async def test_messages_of_any_size_come_back_whole(port: Port) -> None:
    async with websockets.connect(port.url, max_size=None, compression=None) as client:
        for size in (0, 1, 125, 126, 127, 65_535, 65_536, 300_000, MAX_FRAME):
            payload = os.urandom(size)
            await client.send(payload)
            assert await client.recv() == payload
    await until(lambda: port.receivers[0].closed_ == 1)
    assert port.receivers[0].request == ("/binfo", "sdkappid=7", "127.0.0.1")


async def test_the_client_behind_proxies(port: Port) -> None:
    """Every X-Forwarded-For is told, in order: the first one alone may be the client's own invention."""
    async with port.raw("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.9, 10.0.0.2\r\n"):
        assert port.receivers[0].request[2] == "127.0.0.1 < 1.1.1.1 < 203.0.113.9, 10.0.0.2"


async def test_where_the_client_came_to(port: Port) -> None:
    async with port.raw("X-Forwarded-Proto: https\r\n"), websockets.connect(port.url):
        await until(lambda: len(port.receivers) == 2)
    secure, plain = (receiver.origin for receiver in port.receivers)
    assert (secure[0], plain) == (True, (False, port.url.partition("://")[2].partition("/")[0]))


async def test_text_is_taken_and_answered_in_binary(port: Port) -> None:
    async with websockets.connect(port.url) as client:
        await client.send("中文")
        assert await client.recv() == "中文".encode()


async def test_several_messages_at_once_keep_their_order(port: Port) -> None:
    async with websockets.connect(port.url) as client:
        await client.send(b"many")
        assert [await client.recv() for _ in range(4)] == [b"one", b"two", b"x" * 70_000, b""]


async def test_fragments_make_one_message_with_a_ping_between(port: Port) -> None:
    async with port.raw() as (reader, writer):
        writer.write(frame(2, b"one ", fin=False) + frame(9, b"hi") + frame(0, b"two ", fin=False) + frame(0, b"three"))
        assert await read_frame(reader) == (10, b"hi")
        assert await read_frame(reader) == (2, b"one two three")
        writer.write(frame(1, b"text ", fin=False) + frame(9, b"so far"))
        assert await read_frame(reader) == (10, b"so far")  # the first part has been read by itself
        writer.write(frame(0, b"in parts"))
        assert await read_frame(reader) == (2, b"text in parts")


async def test_a_frame_in_single_bytes(port: Port) -> None:
    async with port.raw() as (reader, writer):
        for byte in frame(2, b"slowly"):
            writer.write(bytes([byte]))
            await writer.drain()
        assert await read_frame(reader) == (2, b"slowly")


async def test_many_frames_in_one_packet(port: Port) -> None:
    async with port.raw() as (reader, writer):
        writer.write(b"".join(frame(2, b"%d" % number) for number in range(1000)))
        assert [await read_frame(reader) for _ in range(1000)] == [(2, b"%d" % number) for number in range(1000)]


async def test_the_close_code_reaches_the_client(port: Port) -> None:
    port.patient()
    async with websockets.connect(port.url) as client:
        await client.send(b"close 1012 the server restarts")
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()
        assert (client.close_code, client.close_reason) == (1012, "the server restarts")
    await until(lambda: port.receivers[0].closed_ == 1)


async def test_the_close_code_survives_input_that_nobody_reads(port: Port) -> None:
    port.patient()
    async with websockets.connect(port.url) as client:
        await client.send(b"close 1008 enough")
        with contextlib.suppress(websockets.ConnectionClosed):
            for _ in range(200):
                await client.send(b"more" * 1000)
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()
        assert client.close_code == 1008
    assert port.receivers[0].received_ == [b"close 1008 enough"]


async def test_a_peer_that_never_answers_the_close_is_dropped(port: Port) -> None:
    async with port.raw() as (reader, writer):
        writer.write(frame(2, b"close 1001 bye"))
        assert await read_frame(reader) == (8, struct.pack(">H", 1001) + b"bye")
        await until(lambda: port.receivers[0].closed_ == 1)
        assert await reader.read() == b""


async def test_the_clients_close_is_answered(port: Port) -> None:
    async with port.raw() as (reader, writer):
        writer.write(frame(8, struct.pack(">H", 1000) + b"done"))
        opcode, payload = await read_frame(reader)
        assert (opcode, payload[:2]) == (8, struct.pack(">H", 1000))
        assert await reader.read() == b""
    await until(lambda: port.receivers[0].closed_ == 1)


async def test_abort_ends_the_connection_at_once(port: Port) -> None:
    async with websockets.connect(port.url) as client:
        await client.send(b"abort")
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()
    await until(lambda: port.receivers[0].closed_ == 1)
    transport = port.receivers[0].transport
    assert transport is not None
    transport.write([b"nobody there"])
    transport.close(1000, "")
    transport.abort()
    assert transport.waiting() == 0
    assert port.receivers[0].closed_ == 1


async def test_a_lost_peer_is_noticed(port: Port) -> None:
    async with port.raw() as (_, writer):
        writer.write(frame(2, b"hello"))
        await until(lambda: bool(port.receivers))
        writer.transport.abort()
        await until(lambda: port.receivers[0].closed_ == 1)


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (frame(2, b"x" * (MAX_FRAME + 1)), {1009}),
        (frame(2, b"x" * 600_000, fin=False) + frame(0, b"x" * 600_000), {1009}),
        (frame(0, b"nothing began"), {1002}),
        (frame(2, b"a", fin=False) + frame(2, b"b"), {1002}),
        (frame(3, b"no such opcode"), {1002}),
        (frame(2, b"not masked", mask=False), {1002}),
        (b"\xf2\x80\x01\x02\x03\x04", {1002}),
    ],
    ids=["too big", "too big in parts", "no beginning", "two beginnings", "opcode", "unmasked", "reserved bits"],
)
async def test_broken_frames_end_the_connection(port: Port, data: bytes, codes: set[int]) -> None:
    async with port.raw() as (reader, writer):
        writer.write(data)
        opcode, payload = await read_frame(reader)
        assert opcode == 8
        if payload:  # a reset may overtake the close frame
            assert int.from_bytes(payload[:2], "big") in codes
        await until(lambda: port.receivers[0].closed_ == 1)
    assert port.receivers[0].received_ == []


async def test_what_a_slow_reader_leaves_is_counted_and_cut(port: Port) -> None:
    async with port.raw() as (_, writer):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        writer.write(frame(2, b"hello"))
        await until(lambda: bool(port.receivers) and bool(port.receivers[0].received_))
        transport = port.receivers[0].transport
        assert transport is not None
        async with asyncio.timeout(TIMEOUT):
            while transport.waiting() < 4_000_000:
                transport.write([b"x" * 100_000])
                await asyncio.sleep(0)
        transport.abort()
        await until(lambda: port.receivers[0].closed_ == 1)
        assert transport.waiting() == 0


@pytest.mark.parametrize("path", ["/", "/other", "/binfo/more", "/v4/openim/sendmsg"])
async def test_another_path_is_not_found(port: Port, path: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(f"ws://127.0.0.1:{port.number}{path}")
    assert refused.value.response.status_code == 404
    assert port.receivers == []


async def test_http_is_answered_on_the_same_port(port: Port) -> None:
    async with websockets.connect(port.url) as client, httpx.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{port.number}/binfo")
        assert (answer.status_code, answer.text) == (200, "ok")
        await client.send(b"still here")
        assert await client.recv() == b"still here"


async def test_an_upgrade_without_a_key_is_refused(port: Port) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
    writer.write(b"GET /binfo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), TIMEOUT)
    writer.close()
    assert b" 101 " not in answer[:20]
    assert all(receiver.transport is None for receiver in port.receivers)


async def test_a_ping_is_answered_behind_what_was_written_before(port: Port) -> None:
    async with websockets.connect(port.url, compression=None) as client:
        await client.send(b"first")
        await client.send(b"ping")
        assert [await client.recv(), await client.recv()] == [b"first", b"ponged"]
