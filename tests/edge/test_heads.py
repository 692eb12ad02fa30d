"""Heads of requests: 64 KiB, 8 KiB of them the request line, 128 lines, 20 seconds. Beyond that 431, or the end."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import pytest

from tests.edge.clients import MIB, answer, ask, connect, flooding, send, upgrade, websocket
from tests.support.server import ServerFactory, ServerProcess

GET = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
CLOSE = b"Connection: close\r\n\r\n"


def status(data: bytes) -> int:
    """Of an answer; 431 for a connection that ended without one."""
    return int(data[9:12]) if data else 431


@pytest.mark.parametrize("begin", ["http", "websocket", "post"])
async def test_one_endless_header(server_factory: ServerFactory, begin: str) -> None:
    server = server_factory()
    heads = {"http": GET, "websocket": upgrade(server)[:-2], "post": b"POST /v4/openim/sendmsg HTTP/1.1\r\nHost: x\r\n"}
    async with flooding(server, f"one header of 150 MB, {begin}"):
        for _ in range(3):
            reader, writer = await connect(server)
            taken = await send(writer, [heads[begin] + b"X-Long: ", *[b"a" * 1_000_000] * 150])
            assert not taken
            assert status(await answer(reader)) == 431
            writer.close()


@pytest.mark.parametrize("begin", ["http", "websocket"])
async def test_many_small_headers(server_factory: ServerFactory, begin: str) -> None:
    server = server_factory()
    head = GET if begin == "http" else upgrade(server)[:-2]
    async with flooding(server, f"37 MB of small headers, {begin}"):
        for _ in range(3):
            reader, writer = await connect(server)
            taken = await send(writer, [head, *[b"X-A: b\r\n" * 100_000] * 46])
            assert not taken
            assert status(await answer(reader)) == 431
            writer.close()


@pytest.mark.parametrize("size", [60_000, 70_000])
@pytest.mark.parametrize("begin", ["first", "second", "websocket"])
async def test_headers_in_all(server: ServerProcess, begin: str, size: int) -> None:
    """The limit holds for every request of a connection, and cookies do not keep a WebSocket out."""
    filler = b"Cookie: " + b"c" * (size - 400) + b"\r\n"
    good = size < 65536
    if begin == "websocket":
        reader, writer = await connect(server)
        writer.write(upgrade(server, filler))
        line = await asyncio.wait_for(reader.readline(), 60)
        assert status(line) == (101 if good else 431)
        writer.close()
        return
    data = (GET + b"\r\n" if begin == "second" else b"") + GET + filler + CLOSE
    answered = await ask(server, data)
    assert answered.count(b"HTTP/1.1 200 OK") == (begin == "second") + good
    assert answered.count(b"HTTP/1.1 431 ") <= (not good)


@pytest.mark.parametrize("size", [8_000, 8_300, 60_000])
@pytest.mark.parametrize("upgraded", [False, True])
async def test_the_request_line(server: ServerProcess, size: int, upgraded: bool) -> None:
    target = b"?x=" + b"q" * (size - 40)
    if upgraded:
        data = upgrade(server).replace(b"?", target + b"&", 1)
        reader, writer = await connect(server)
        writer.write(data)
        line = await asyncio.wait_for(reader.readline(), 60)
        assert status(line) == (101 if size <= 8192 else 431)
        writer.close()
        return
    answered = await ask(server, b"GET /livez" + target + b" HTTP/1.1\r\nHost: x\r\n" + CLOSE)
    assert status(answered) == (200 if size <= 8192 else 431)


async def test_too_many_lines(server: ServerProcess) -> None:
    assert status(await ask(server, GET + b"A: b\r\n" * 100 + CLOSE)) == 200
    assert status(await ask(server, GET + b"A: b\r\n" * 10_000 + CLOSE)) == 431


@pytest.mark.parametrize("begin", ["nothing", "half a head", "half an upgrade", "empty lines", "second request"])
async def test_a_head_has_seconds(server_factory: ServerFactory, begin: str) -> None:
    server = server_factory(env={"SODAM_REQUEST_TIMEOUT": "1"})
    starts = {"nothing": b"", "half a head": GET, "half an upgrade": upgrade(server)[:80], "empty lines": b"\r\n"}
    start = asyncio.get_running_loop().time()
    reader, writer = await connect(server)
    writer.write(starts.get(begin, GET + b"\r\n" + GET))

    async def dribble() -> None:
        while begin != "nothing":
            writer.write(b"\r\n" if begin == "empty lines" else b"a")
            await asyncio.sleep(0.2)

    dribbling = asyncio.create_task(dribble())
    answered = await answer(reader)
    assert 0.5 < asyncio.get_running_loop().time() - start < 19, "not the twenty seconds that are usual"
    dribbling.cancel()
    writer.close()
    assert answered.count(b"HTTP/1.1 200 OK") == (begin == "second request")
    assert begin == "nothing" or b"HTTP/1.1 408 " in answered


async def test_trailers_are_bounded_and_are_no_headers(server: ServerProcess) -> None:
    query = f"sdkappid={server.sdkappid}&identifier=administrator&usersig={server.usersig('administrator')}"
    head = f"POST /v4/openim/querystate?{query} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    body = b'{"To_Account":["nobody"]}'
    chunked = b"%x\r\n%b\r\n0\r\n" % (len(body), body)
    async with flooding(server, "trailers of 100 MB"):
        reader, writer = await connect(server)
        assert not await send(writer, [head, chunked + b"X: ", *[b"t" * 1_000_000] * 100])
        await answer(reader)
        writer.close()
    answered = await ask(server, head + chunked + b"X-Forwarded-For: 1.2.3.4\r\n\r\n" + GET + CLOSE)
    assert answered.count(b"HTTP/1.1 200 OK") == 2
    assert b"70107" in answered, "the body was not read"


async def test_pipelined_requests_are_answered_in_order_and_wait_unparsed(server_factory: ServerFactory) -> None:
    server = server_factory()
    reader, writer = await connect(server)
    writer.write((GET + b"\r\n") * 500 + GET.replace(b"/livez", b"/version") + CLOSE)
    answered = await answer(reader)
    writer.close()
    assert answered.count(b"HTTP/1.1 200 OK") == 501
    assert json.loads(answered.rsplit(b"\r\n\r\n", 1)[1])["name"] == "sodam"
    # A tenth of a MiB each: what one read brings, not one more for every answer.
    async with flooding(server, "60 connections that pipeline and read nothing", 6 * MIB):
        opened = [await connect(server) for _ in range(60)]
        await asyncio.gather(*(send(w, [(GET + b"\r\n") * 3000] * 20, limit=3) for _, w in opened))
        for _, w in opened:
            w.transport.abort()


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"GET /livez HTTP/1.0\r\n\r\n", [200]),
        (b"GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", [200]),
        (GET + b"\r\n" + GET + CLOSE, [200, 200]),
        (b"\r\n\r\n" + GET + CLOSE, [200]),
        (b"HEAD /livez HTTP/1.1\r\nHost: x\r\n" + CLOSE, [200]),
        (b"G" + GET[1:] + CLOSE, [200]),
        (b"GET /livez HTTP/1.1\nHost: x\n\n", [400]),
        (b"GET /livez\r\n\r\n", [200, 400]),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
        (GET + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n" + GET + CLOSE, [200, 200]),
        (GET + b"X-A: b\x00c\r\n" + CLOSE, [400]),
        (b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", [400]),
    ],
)
async def test_every_kind_of_http(server: ServerProcess, data: bytes, codes: list[int]) -> None:
    answered = await ask(server, data)
    found = [int(part[:3]) for part in answered.split(b"HTTP/1.1 ")[1:]]
    assert found == codes or (len(found) == 1 and found[0] in codes)


@pytest.mark.parametrize("chunked", [False, True])
async def test_who_asks_for_http2_is_answered_with_its_body(server: ServerProcess, chunked: bool) -> None:
    """As Java's HTTP client asks on every connection without TLS."""
    body = b'{"UserID":"h2c"}'
    query = f"sdkappid={server.sdkappid}&identifier=administrator&usersig={quote(server.usersig('administrator'))}"
    head = f"POST /v4/im_open_login_svc/account_import?{query}&random=1&contenttype=json HTTP/1.1\r\nHost: x\r\n"
    sent = head.encode() + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAE\r\n"
    if chunked:
        sent += b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        sent += b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    answered = await ask(server, (sent if chunked else sent + sent) + GET + CLOSE)
    assert answered.count(b'"ErrorCode":0') == (1 if chunked else 2), answered
    assert answered.count(b"HTTP/1.1 200 OK") == (2 if chunked else 3)
    # In pieces it is refused, never taken without its body.
    reader, writer = await connect(server)
    for part in (sent[:60], sent[60:]):
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.05)
    first = await asyncio.wait_for(reader.readline(), 60)
    assert first.split()[1] in (b"200", b"400", b"431"), first
    if b"200" in first:
        await asyncio.wait_for(reader.readuntil(b'"ErrorCode":0'), 60)
    writer.close()


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_heads_in_small_pieces(server: ServerProcess, size: int) -> None:
    for data, begin in ((GET + CLOSE, b"HTTP/1.1 200 OK"), (upgrade(server), b"HTTP/1.1 101 ")):
        reader, writer = await connect(server)
        for at in range(0, len(data), size):
            writer.write(data[at : at + size])
            await writer.drain()
            await asyncio.sleep(0)
        assert (await asyncio.wait_for(reader.readline(), 60)).startswith(begin)
        writer.close()


async def test_an_upgrade_as_firefox_and_as_proxies_send_it(server: ServerProcess) -> None:
    """Connection names more than Upgrade; and the connection served HTTP before."""
    for before in (b"", GET + b"\r\n"):
        reader, writer = await connect(server)
        if before:
            writer.write(before)
            assert (await reader.readuntil(b"ok\n")).startswith(b"HTTP/1.1 200 OK")
        writer.write(upgrade(server, connection=b"keep-alive, Upgrade"))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        assert head.startswith(b"HTTP/1.1 101 "), head
        alive = json.dumps({"head": {"servcmd": "heartbeat.alive", "seq": 7}, "body": {}}).encode()
        writer.write(bytes([0x82, 0x80 | len(alive)]) + b"\0\0\0\0" + alive)
        assert b'"seq":7' in await asyncio.wait_for(reader.readuntil(b"}}"), 60)
        writer.close()


async def test_expect_is_answered_before_the_body(server: ServerProcess) -> None:
    query = f"sdkappid={server.sdkappid}&identifier=administrator&usersig={server.usersig('administrator')}"
    body = b'{"To_Account":["nobody"]}'
    reader, writer = await connect(server)
    head = f"POST /v4/openim/querystate?{query} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
    assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60) == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(body)
    assert (await asyncio.wait_for(reader.readuntil(b"}"), 60)).startswith(b"HTTP/1.1 200 OK")
    writer.close()
    refused = await ask(server, f"{head}Content-Length: 99000000\r\n\r\n".encode())
    assert b"100 Continue" not in refused
    assert b"60002" in refused
    await websocket(server)
