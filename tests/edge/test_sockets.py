"""How many connections there may be, and for how long: silent ones never shut the others out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import time

import httpx
import pytest
import websockets

from sodam.gateway.limits import BURST_SECONDS
from tests.edge.clients import ask, connect, flooding, open_files, until, upgrade, websocket
from tests.edge.test_unread import connections
from tests.gateway.raw_client import RawClient, Refused
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

FILES = 160
GET = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def limit_files(server: ServerProcess, files: int) -> None:
    """Start it anew with so many files."""
    server.files = files
    server.restart()


@pytest.mark.parametrize("kind", ["silent", "websockets", "idle"])
async def test_strangers_shut_nobody_out(server_factory: ServerFactory, kind: str) -> None:
    server = server_factory()
    limit_files(server, FILES)
    async with RawClient(server, "inside") as inside:
        await inside.sign_in()
        opened = []
        for _ in range(2 * FILES):
            _, writer = await connect(server)
            if kind == "websockets":
                writer.write(upgrade(server))
            elif kind == "idle":
                writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            opened.append(writer)
        await until(lambda: open_files(server) < FILES - 20, "room for others")
        assert (await ask(server, GET)).startswith(b"HTTP/1.1 200 OK")
        async with RawClient(server, "outside") as outside:
            await outside.sign_in()
            await outside.send_text("inside", "I am in")
            await inside.wait(lambda: inside.texts() == ["I am in"])
        for writer in opened:
            writer.transport.abort()
    said = [line for line in server.log_lines() if "limit" in str(line.get("event"))]
    print(f"{kind}: {open_files(server)} files open, log: {[line['event'] for line in said]}")
    assert 1 <= len(said) <= 4


async def test_signed_in_clients_are_not_closed_for_others(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_CONNECTIONS_PER_ADDRESS": "20"})
    clients = [RawClient(server, f"full{number}") for number in range(20)]
    for client in clients:
        await client.open()
        await client.sign_in()
    assert await ask(server, GET) == b""
    assert not any(client.closed for client in clients)
    await clients[0].close()

    async def room() -> bool:
        return (await ask(server, GET)).startswith(b"HTTP/1.1 200 OK")

    await eventually(room, True, what="room for another")
    for client in clients[1:]:
        await client.close()


async def test_connections_of_an_address_behind_a_proxy(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_CONNECTIONS_PER_ADDRESS": "5", "SODAM_TRUSTED_PROXIES": "127.0.0.1"})
    opened = []
    for host in range(10):
        for _ in range(5):
            header = b"X-Forwarded-For: 203.0.113.%d\r\n" % host
            opened.append(await websocket(server, header))
    assert connections(server) == 50
    opened.append(await websocket(server, b"X-Forwarded-For: 203.0.113.1\r\n"))
    await until(lambda: connections(server) == 50, "the oldest of this address is closed")
    for _, writer in opened:
        writer.transport.abort()


async def test_silent_sockets_cost_little_and_end(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_REQUEST_TIMEOUT": "2"})
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = 5000 if soft > 6000 else soft - 500
    async with flooding(server, f"{count} silent sockets"):
        opened = [await connect(server) for _ in range(count)]
        await until(lambda: connections(server) < 100, "the end of the silent ones")
        for _, writer in opened:
            writer.transport.abort()


async def test_a_websocket_needs_a_login(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_REQUEST_TIMEOUT": "2", "SODAM_LOGIN_TIMEOUT": "5"})
    _, silent = await websocket(server)
    async with RawClient(server, "in") as inside:
        await inside.sign_in()
        start = time.monotonic()
        late = RawClient(server, "late")
        await late.open()
        alive = {"head": {"servcmd": "heartbeat.alive", "seq": 1}, "body": {}}
        await late.send(alive)
        await until(lambda: late.closed, "the end of a socket without a login")
        assert late.close_code == 1008
        assert time.monotonic() - start > 3
        await late.close()
        assert await inside.sync() is not None
    silent.close()


@pytest.mark.parametrize("path", ["/v4/openim/querystate", "/", "/console/api/session/Login"])
async def test_bodies_of_strangers_are_not_kept(server_factory: ServerFactory, path: str) -> None:
    """Refused before they are read, declared or chunked, compressed or not."""
    server = server_factory()
    head = f"POST {path}?sdkappid={server.sdkappid}&identifier=administrator&usersig=wrong HTTP/1.1\r\nHost: x\r\n"
    head += "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
    async with flooding(server, f"bodies to {path}"):
        opened = []
        for number in range(60):
            reader, writer = await connect(server)
            if number % 2:
                writer.write(f"{head}Content-Length: 1000000000\r\n\r\n".encode() + b"{" * 1_000_000)
            else:
                writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + b"fffff\r\n" + b"{" * 1_000_000)
            opened.append((reader, writer))
        for reader, _ in opened:
            line = await asyncio.wait_for(reader.readline(), 60)
            assert line.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 4")), line
        for _, writer in opened:
            writer.transport.abort()


async def test_a_body_must_get_on(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_REQUEST_TIMEOUT": "1"})
    query = f"sdkappid={server.sdkappid}&identifier=administrator&usersig={server.usersig('administrator')}"
    reader, writer = await connect(server)
    writer.write(f"POST /v4/openim/querystate?{query} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode())

    async def dribble() -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.1)

    dribbling = asyncio.create_task(dribble())
    assert b"HTTP/1.1 408 " in await asyncio.wait_for(reader.readline(), 60)
    dribbling.cancel()
    writer.close()


async def test_a_slow_answer_is_no_slow_client(server_factory: ServerFactory) -> None:
    """Keep-alive connections stay for longer than a head may take."""
    server = server_factory(env={"SODAM_REQUEST_TIMEOUT": "2"})
    async with httpx.AsyncClient(timeout=60) as client:
        for _ in range(3):
            assert (await client.get(f"{server.url}/livez")).status_code == 200
            await asyncio.sleep(2.2)
    assert connections(server) == 0


async def test_a_client_has_a_rate(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_CLIENT_RATE": "20", "SODAM_RATE_LIMITS": "on"})
    async with RawClient(server, "eager") as client:
        await client.sign_in()
        served, seconds = await at_once(client, 200, "profile.portrait_get_all", {"From_Account": "eager"})
        print(f"{served} of 200 served in {seconds:.1f} s at 20 a second")
        assert 30 <= served <= 20 * (BURST_SECONDS + seconds)
        async with RawClient(server, "calm") as other:
            await other.sign_in()
    async with RawClient(server, "reader") as reader:
        await reader.sign_in()
        served, seconds = await at_once(reader, 5, "openim.read_all_unread_msg", {})
        assert 1 <= served <= 1 + seconds


async def at_once(client: RawClient, count: int, command: str, body: object) -> tuple[int, float]:
    """Call so often, eight at a time; how many were not refused with 60018, and within how many seconds."""
    places, begin = asyncio.Semaphore(8), time.monotonic()

    async def served() -> bool:
        async with places:
            try:
                await client.call(command, body)
            except Refused as error:
                return error.code != 60018
            return True

    found = await asyncio.gather(*(served() for _ in range(count)))
    return sum(found), time.monotonic() - begin


async def test_wrong_logins_end_the_connection(server: ServerProcess) -> None:
    async with RawClient(server, "guesser") as client:
        wrong = {"servcmd": "im_open_status.wslogin", "identifier": "guesser", "usersig": "x"}
        with contextlib.suppress(websockets.ConnectionClosed):
            for seq in range(300):
                await client.send({"head": {**wrong, "seq": seq}, "body": {}})
                await asyncio.sleep(0)
        await until(lambda: client.closed, "the end of a connection that only guesses")
        assert client.close_code == 1008
    assert json.loads(
        (await ask(server, b"GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).rsplit(b"\r\n\r\n", 1)[1]
    )
