"""Catching up after much was missed: whole, once and in order, in pages, without holding up or filling the server.

``SODAM_BACKLOG`` sets how many messages of 11 KB were missed; the long variant takes 20 000.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient
from tests.support.server import Engine, ServerFactory, ServerProcess

COUNT = int(os.environ.get("SODAM_BACKLOG") or 800)
SIZES = [pytest.param(COUNT, id="default"), pytest.param(20_000, id="20000", marks=pytest.mark.long)]
SENDERS = 25
WORDS = 11_000
PAGE_ROWS = 500
PAGE_BYTES = 1024 * 1024
UserId = Callable[[str], str]


def memory(server: ServerProcess, name: str) -> float:
    """``VmRSS`` or ``VmHWM`` of the server, in MiB."""
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text(), re.M)
    assert found
    return int(found[1]) / 1024


def forget_peak(server: ServerProcess) -> None:
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")


async def write(server: ServerProcess, recipient: str, count: int, size: int = WORDS) -> None:
    """Messages ``0 xxx``, ``1 xxx``, ...: each sender's are in order."""
    senders = [f"sender{n}" for n in range(SENDERS)]
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=SENDERS)) as client:
        made = await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": senders}, client=client)
        assert made["ErrorCode"] == 0, made

        async def some(first: int) -> None:
            for number in range(first, count, SENDERS):
                body = {
                    "From_Account": senders[first],
                    "To_Account": recipient,
                    "MsgRandom": number,
                    "MsgSeq": number + 1,
                    "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{number} ".ljust(size, "x")}}],
                }
                answer = await server.rest("openim/sendmsg", body, client=client)
                assert answer["ErrorCode"] == 0, answer

        await asyncio.gather(*map(some, range(min(SENDERS, count))))


async def pages(client: RawClient, *, by_push: bool = False) -> list[list[dict[str, object]]]:
    """Every page from the client's cookie on. ``by_push``: as the web SDK has it, whom the server asks for each."""
    found = []
    while True:
        flags = client.flags
        body = {"Cookie": client.cookie, "SyncFlag": 0, "NeedAbstract": int(by_push)}
        answer = await client.call("openim.getmsg", body)
        last = answer["Cookie"].count(".") == 2
        assert answer["SyncFlag"] == (2 if last or by_push else 1)
        size = len(json.dumps(answer["MsgList"], separators=(",", ":")))
        assert len(answer["MsgList"]) <= PAGE_ROWS
        assert size <= PAGE_BYTES * 1.1, size
        client.cookie = answer["Cookie"]
        found.append(answer["MsgList"])
        if last:
            return found
        if by_push:
            await client.wait(lambda flags=flags: client.flags > flags)  # type: ignore[misc]


def numbers(found: list[list[dict[str, object]]]) -> list[int]:
    return [int(str(m["MsgBody"][0]["MsgContent"]["Text"]).split(" ", 1)[0]) for page in found for m in page]  # type: ignore[index]


def in_order(found: list[int]) -> bool:
    """Each sender's messages stand in the order in which they were sent."""
    return all(
        found_of == sorted(found_of) for n in range(SENDERS) for found_of in [[x for x in found if x % SENDERS == n]]
    )


@pytest.mark.parametrize("count", SIZES)
async def test_much_was_missed(
    engine: Engine, server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, count: int
) -> None:
    server = server_factory(engine)
    bob = await sign_in(server, user_id("bob"))
    await bob.close()
    await write(server, bob.user_id, count)
    cookie = bob.cookie
    for by_push in (True, False):
        forget_peak(server)
        before = memory(server, "VmRSS")
        await bob.open()
        await bob.sign_in(sync=False)
        bob.cookie = cookie
        found = await pages(bob, by_push=by_push)
        assert sorted(numbers(found)) == list(range(count))
        assert in_order(numbers(found))
        peak, after = memory(server, "VmHWM"), memory(server, "VmRSS")
        print(
            f"{engine}: {count} messages, {len(found)} pages, "
            f"MiB before {before:.0f}, peak {peak:.0f}, after {after:.0f}"
        )
        assert len(found) >= count * WORDS / PAGE_BYTES
        assert peak - before <= 30
        assert after - before <= 30
        await bob.close()

    await bob.open()
    await bob.sign_in(sync=False)
    # From cookies that no answer ever gave: pages of the own history, or as with no cookie at all.
    for invented in ("1.0.0", f"{cookie.split('.')[0]}.0.0.1.0", "0.0.0.0.0"):
        answer = await bob.call("openim.getmsg", {"Cookie": invented})
        assert 0 < len(answer["MsgList"]) < count, invented
    for invented in (
        "-1.0.0",
        "9" * 100,
        "9" * 30 + ".1.1",
        "1.2",
        "x",
        "1.2.3.4",
        "1.-2.3",
        "1.1.1." + "9" * 40 + ".1",
    ):
        assert (await bob.call("openim.getmsg", {"Cookie": invented}))["MsgList"] == [], invented
    huge = (1 << 40) - 1
    assert (await bob.call("openim.getmsg", {"Cookie": f"{huge}.{(1 << 62) - 1}.{(1 << 62) - 1}"}))["MsgList"] == []


async def test_two_hundred_calls_at_a_time_hold_a_page_or_two(
    engine: Engine, server_factory: ServerFactory, sign_in: SignIn, user_id: UserId
) -> None:
    server = server_factory(engine)
    bob = await sign_in(server, user_id("bob"))
    cookie = bob.cookie
    await bob.close()
    await write(server, bob.user_id, 200)
    await bob.open()
    await bob.sign_in(sync=False)
    forget_peak(server)
    before = memory(server, "VmRSS")
    answers = await asyncio.gather(*(bob.call("openim.getmsg", {"Cookie": cookie}, timeout=120) for _ in range(200)))
    assert {len(answer["MsgList"]) for answer in answers} == {len(answers[0]["MsgList"])}
    assert len(answers[0]["MsgList"]) > 50
    peak = memory(server, "VmHWM")
    print(f"{engine}: 200 calls, MiB before {before:.0f}, peak {peak:.0f}")
    assert peak - before < 100


async def test_messages_that_arrive_while_pages_are_read_come_once(
    engine: Engine, server_factory: ServerFactory, sign_in: SignIn, user_id: UserId
) -> None:
    server = server_factory(engine)
    bob = await sign_in(server, user_id("bob"))
    await bob.close()
    await write(server, bob.user_id, 300)
    amy = await sign_in(server, user_id("amy"))
    await bob.open()
    await bob.sign_in(sync=False)
    bob.pushes.clear()

    async def talk() -> list[str]:
        said = []
        while not done.is_set():
            said.append(f"{100_000 + len(said)} live")
            await amy.send_text(bob.user_id, said[-1])
        return said

    done = asyncio.Event()
    talking = asyncio.create_task(talk())
    found = await pages(bob)
    again = await pages(bob)  # may begin with the seconds before the cookie
    done.set()
    said = await talking
    await amy.send_text(bob.user_id, "the end")
    await bob.wait(lambda: "the end" in bob.texts())
    first, second = numbers(found), numbers(again)
    pushed = [int(text.split()[0]) for text in bob.texts() if text != "the end"]
    for once in (first, second, pushed):
        assert len(once) == len(set(once))
        assert in_order(once)
    assert sorted({*first, *second, *pushed}) == [*range(300), *(int(text.split()[0]) for text in said)]


async def test_many_large_answers_that_are_being_read_cut_nobody(
    server: ServerProcess, sign_in: SignIn, user_id: UserId
) -> None:
    bob = await sign_in(server, user_id("bob"))
    cookie = bob.cookie
    await bob.close()
    await write(server, bob.user_id, 900)
    slow = await sign_in(server, bob.user_id)
    histories = [{"Peer_Account": f"sender{n}", "MaxCnt": 100, "LastMsgTime": 0} for n in range(SENDERS)]
    try:
        answers = await asyncio.gather(
            *(slow.call("openim.getroammsg", body, timeout=60) for body in histories),
            *(slow.call("openim.getmsg", {"Cookie": cookie}, timeout=60) for _ in range(10)),
        )
    except ConnectionError:
        raise AssertionError(f"the server ended the connection: {slow.close_code}") from None
    assert len(answers) == SENDERS + 10
    assert not slow.closed
