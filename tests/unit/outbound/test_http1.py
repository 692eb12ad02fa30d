"""HTTP/1.1 as hosts speak it and as they should not: connections kept, ended, shared; answers framed in every way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from sodam.outbound import Outbound, OutboundError, http1
from sodam.outbound.model import CONNECTIONS

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Host:
    """Writes what it is told for each request; ``None`` ends the connection without a word."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers) or [OK]
        self.heads: list[bytes] = []
        self.connections = 0
        self.port = 0
        self.end_after = False
        """Whether a connection is ended when its answer is written."""
        self.hold = asyncio.Event()
        self.hold.set()
        self.ended = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.heads.append(head)
                await self.hold.wait()
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if self.end_after:
                    break
        self.ended += 1
        writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=b"


@contextlib.asynccontextmanager
async def host(*answers: bytes | None) -> AsyncIterator[tuple[Host, Outbound]]:
    one = Host(*answers)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    outbound = Outbound(user_agent="test")
    yield one, outbound
    await outbound.close()
    server.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.002)


HEAD = b"HTTP/1.1 200 OK\r\n"
BODY = b"Content-Length: 4\r\n\r\nbody"
FRAMED = {
    "length": (HEAD + BODY, False),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\nT: 1\r\n\r\n", False),
    "early hints": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\n" + HEAD + BODY, False),
    "until the end": (HEAD + b"X: y\r\n\r\nbody", True),
    "until the end, of old": (b"HTTP/1.0 200 OK\r\n\r\nbody", True),
}


@pytest.mark.parametrize("name", FRAMED)
async def test_however_an_answer_is_framed(name: str) -> None:
    answer, ends = FRAMED[name]
    async with host(answer) as (one, outbound):
        one.end_after = ends
        for _ in range(2):
            got = await outbound.post(one.url, b"{}", [("X-Mine", "1")], seconds=60)
            assert (got.status, got.body, got.whole) == (200, b"body", True)
        assert one.connections == (2 if ends else 1), "kept where it may be"
        assert b"POST /hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % one.port in one.heads[0]
        assert b"X-Mine: 1\r\n" in one.heads[0]


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body(status: int) -> None:
    async with host(b"HTTP/1.1 %d X\r\n\r\n" % status) as (one, outbound):
        for _ in range(2):
            assert (await outbound.post(one.url, b"{}", seconds=60)).status == status
        assert one.connections == 1


WRONG = {
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "both framings": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "too little": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
    "headers without an end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
    "a header without an end": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    "hints without an end": b"HTTP/1.1 103 E\r\n\r\n" * 10_000,
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_no_answer(name: str) -> None:
    async with host(WRONG[name], OK) as (one, outbound):
        one.end_after = name == "too little"
        with pytest.raises(OutboundError) as error:
            await outbound.post(one.url, b"{}", seconds=60)
        assert error.value.kind == "broken"
        assert (await outbound.post(one.url, b"{}", seconds=60)).body == b"ok"
        assert one.connections == 2, "a connection of which nobody knows where it stands is not used again"


async def test_a_body_in_endless_small_chunks_is_read_so_far_only() -> None:
    chunks = b"1\r\nx\r\n" * 100_000
    async with host(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, OK) as (one, outbound):
        got = await outbound.post(one.url, b"{}", seconds=60, most=1000)
        assert (got.body, got.whole) == (b"x" * 1000, False)
        assert (await outbound.post(one.url, b"{}", seconds=60)).body == b"ok"


async def test_a_second_answer_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that answers one request twice does not have the second answer taken for the next request's."""
    async with host(OK + OK.replace(b"ok", b"no"), OK) as (one, outbound):
        for _ in range(3):
            assert (await outbound.post(one.url, b"{}", seconds=60)).body == b"ok"
        assert one.connections == 2


async def test_a_kept_connection_that_the_host_has_ended() -> None:
    """Noticed before it is used; or as it is used: then who says that a repetition is known sends once more, others
    hear of it. A new connection that ends is not tried again by anybody."""
    async with host(OK) as (one, outbound):
        one.end_after = True
        await outbound.post(one.url, b"{}", seconds=60)
        (kept,) = outbound._hosts.values()
        await until(lambda: isinstance(kept, http1.Connections) and not kept._idle)
        one.end_after = False
        assert (await outbound.post(one.url, b"{}", seconds=60)).status == 200
        one.answers = [None, OK]
        assert (await outbound.post(one.url, b"{}", seconds=60, repeatable=True)).status == 200
        assert (one.connections, len(one.heads)) == (3, 4)
        one.answers = [None, OK]
        with pytest.raises(OutboundError) as error:
            await outbound.post(one.url, b"{}", seconds=60)
        assert error.value.kind == "broken"
        one.answers = [None]
        with pytest.raises(OutboundError) as error:
            await outbound.post(one.url, b"{}", seconds=60, repeatable=True)
        assert len(one.heads) == 6


async def test_so_many_connections_and_no_more() -> None:
    """Who comes later waits for one, within its own time; who gives up while waiting takes none with it."""
    async with host(OK) as (one, outbound):
        one.hold.clear()
        posts = [asyncio.create_task(outbound.post(one.url, b"{}", seconds=60)) for _ in range(CONNECTIONS + 40)]
        await until(lambda: len(one.heads) == CONNECTIONS)
        with pytest.raises(OutboundError) as error:
            await outbound.post(one.url, b"{}", seconds=0.05)
        assert error.value.kind == "timeout"
        for post in posts[CONNECTIONS : CONNECTIONS + 20]:
            post.cancel()
        one.hold.set()
        answers = await asyncio.gather(*posts, return_exceptions=True)
        assert sum(isinstance(answer, tuple) for answer in answers) == CONNECTIONS + 20
        assert one.connections == CONNECTIONS
        await asyncio.gather(*(outbound.post(one.url, b"{}", seconds=60) for _ in range(CONNECTIONS)))
        assert one.connections == CONNECTIONS, "all of them were kept"


async def test_who_gives_up_leaves_no_half_read_answer() -> None:
    async with host(OK) as (one, outbound):
        one.hold.clear()
        post = asyncio.create_task(outbound.post(one.url, b"{}", seconds=60))
        await until(lambda: one.heads)
        post.cancel()
        with pytest.raises(asyncio.CancelledError):
            await post
        one.hold.set()
        assert (await outbound.post(one.url, b"{}", seconds=60)).body == b"ok"
        assert one.connections == 2


async def test_an_idle_connection_is_ended_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http1, "IDLE_SECONDS", 0.05)
    async with host(OK) as (one, outbound):
        await asyncio.gather(*(outbound.post(one.url, b"{}", seconds=60) for _ in range(3)))
        await until(lambda: one.ended == one.connections)
        assert (await outbound.post(one.url, b"{}", seconds=60)).status == 200


@pytest.mark.parametrize("address", ["/a b", "/a\r\nX: y", "/a\x00", "/ä\u0100\n"])
async def test_an_address_that_would_end_its_line(address: str) -> None:
    async with host(OK) as (one, outbound):
        with pytest.raises(OutboundError):
            await outbound.post(f"http://127.0.0.1:{one.port}{address}", b"{}", seconds=60)
        assert one.heads == []


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\rb", "a\0b"])
async def test_a_header_that_would_end_its_line(value: str) -> None:
    async with host(OK) as (one, outbound):
        with pytest.raises(OutboundError):
            await outbound.post(one.url, b"{}", [("Topic", value)], seconds=60)
        assert one.heads == []


async def test_it_costs_a_fraction_of_a_general_client() -> None:
    """Counted in calls of Python functions, which no busy machine changes."""
    import sys

    calls = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += event == "call"

    async with host(OK) as (one, outbound):
        await outbound.post(one.url, b"{}", seconds=60)

        async def quiet(post: Callable[[], Awaitable[object]]) -> None:
            sys.setprofile(count)
            try:
                await post()
            finally:
                sys.setprofile(None)

        await quiet(lambda: outbound.post(one.url, b"{}", seconds=60))
    assert calls < 150, calls  # the host's own are among them
