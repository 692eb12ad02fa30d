"""Each message once and in order: over cut connections, killed and stopped servers, and one's own death."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest
from reading import Names, SignIn, accounts, nothing_more, read, say, texts, until
from wire import Wire

from sodam_client import Client, ConnectionLostError
from tests.support.seeds import SEED
from tests.support.server import Engine, ServerFactory, ServerProcess

HERE = Path(__file__).parent


async def test_what_is_written_during_a_cut_comes_once_and_in_order_and_nothing_of_ones_own(
    sign_in: SignIn, name: Names, wire: Wire, server: ServerProcess
) -> None:
    amy, bob = await sign_in(name("amy"), url=wire.url), name("bob")
    await accounts(server, bob)
    expected: list[str] = []
    got: list[str] = []
    for turn in range(4):
        before = [f"{turn} before {n}" for n in range(30)]  # more than a page within a second
        away = [f"{turn} away {n}" for n in range(30)]
        after = [f"{turn} after {n}" for n in range(3)]
        await say(server, bob, amy.user_id, *before)
        await amy.send_text(bob, f"{turn} an answer")
        wire.refuse = True
        wire.cut()
        await say(server, bob, amy.user_id, *away)
        wire.refuse = False
        await until(lambda: amy._online.is_set())
        await say(server, bob, amy.user_id, *after)
        expected += before + away + after
        got += await texts(amy, len(before + away + after))
    assert got == expected
    await nothing_more(amy, server, bob)
    logins = wire.asked("im_open_status.wslogin")
    assert all("usersig" not in login["head"] for login in logins[1:])
    assert len(wire.asked("openim.getmsg")) <= 3 * len(logins)
    assert len(wire.frames) < 100, "a client that is back asks a few times, not for ever"


async def test_a_message_cut_off_before_its_answer_is_sent_again_with_the_same_marks(
    sign_in: SignIn, name: Names, wire: Wire, server: ServerProcess
) -> None:
    amy, bob = await sign_in(name("amy"), url=wire.url), await sign_in(name("bob"))
    for number in range(5):
        wire.swallow_answers = True
        sending = asyncio.create_task(amy.send_text(bob.user_id, str(number)))
        await wire.wait_for("openim.sendmsg", 2 * number + 1)
        assert await texts(bob, 1) == [str(number)]  # it is stored, and the sender does not know
        wire.swallow_answers = False
        wire.cut()
        sent = await sending
        first, second = wire.asked("openim.sendmsg")[-2:]
        assert first["body"] == second["body"]
        assert (await bob.history(amy.user_id, limit=1)).messages[0].random == sent.random
    await nothing_more(bob, server, amy.user_id)
    await nothing_more(amy, server, bob.user_id)


async def test_a_silent_server_is_asked_and_then_left(
    sign_in: SignIn, name: Names, wire: Wire, server: ServerProcess
) -> None:
    amy = await sign_in(name("amy"), url=wire.url, heartbeat_interval=0.05)
    await wire.wait_for("heartbeat.alive", 3)
    assert len(wire.asked("im_open_status.wslogin")) == 1
    wire.swallow_answers = True
    await until(lambda: wire.connections > 1)
    wire.swallow_answers = False
    await accounts(server, name("bob"))
    await nothing_more(amy, server, name("bob"))


async def test_rubbish_costs_the_connection_not_the_client(
    sign_in: SignIn, name: Names, wire: Wire, server: ServerProcess
) -> None:
    amy = await sign_in(name("amy"), url=wire.url)
    await accounts(server, name("bob"))
    wire.inject(b"rubbish")
    await wire.wait_for("im_open_status.wslogin", 2)
    wire.inject(b'{"head":{"servcmd":"im_open_push.msg_push","seq":0},"body":{"EventArray":3}}')
    await nothing_more(amy, server, name("bob"))


async def test_a_server_that_cannot_answer_the_catch_up_is_asked_again(
    sign_in: SignIn, name: Names, wire: Wire, server: ServerProcess
) -> None:
    amy, bob = await sign_in(name("amy"), url=wire.url), name("bob")
    await accounts(server, bob)
    wire.refuse = True
    wire.cut()
    await say(server, bob, amy.user_id, "1", "2")
    # The answer to the first catch-up becomes an error; the connection stays.
    wire.edit = _once(b'"ErrorCode":0', b'"ErrorCode":9', of=b'"C2CPairUnreadCount"')
    wire.refuse = False
    assert await texts(amy, 2) == ["1", "2"]
    assert len(wire.asked("im_open_status.wslogin")) == 2
    assert len(wire.asked("openim.getmsg")) >= 3


def _once(old: bytes, new: bytes, *, of: bytes):  # type: ignore[no-untyped-def]
    left = [1]

    def edit(data: bytes) -> bytes:
        if left[0] and of in data and old in data:
            left[0] = 0
            head, found, rest = data.partition(of)
            return head.replace(old, new) + found + rest.replace(old, new)
        return data

    return edit


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_a_server_that_is_restarted_in_a_stream_loses_and_doubles_nothing(
    server_factory: ServerFactory, engine: Engine, sign_in: SignIn, how: str
) -> None:
    server = server_factory(engine)
    amy, bob = await sign_in("amy", server), await sign_in("bob", server)
    said: list[str] = []
    over = asyncio.Event()

    async def talk() -> None:
        number = 0
        while not over.is_set():
            text = str(number)
            try:
                await bob.send_text("amy", text)
            except ConnectionLostError:
                continue  # nobody knows; not part of what is promised
            said.append(text)
            number += 1

    talking = asyncio.create_task(talk())
    got: list[str] = []
    for _ in range(2):
        got += await texts(amy, 40)
        server.kill() if how == "kill" else await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
    over.set()
    await talking
    got += await texts(amy, len(said) - len(got))
    assert got == said
    await nothing_more(amy, server, "bob")


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_a_fresh_client_that_resumes_gets_what_was_written_while_none_ran(
    server_factory: ServerFactory, engine: Engine, sign_in: SignIn, how: str
) -> None:
    server = server_factory(engine)
    await accounts(server, "bob", "cyd")
    amy = await sign_in("amy", server)
    await say(server, "bob", "amy", "before 1", "before 2", "before 3")
    assert await texts(amy, 2) == ["before 1", "before 2"]
    position = amy.position
    await amy.close()
    await say(server, "bob", "amy", *(f"away {n}" for n in range(60)))
    await say(server, "cyd", "amy", "hello")
    server.kill() if how == "kill" else server.stop()
    server.start()
    await say(server, "bob", "amy", "restarted")

    amy = await sign_in("amy", server, resume=position)
    messages = await read(amy, 63)
    assert [m.text for m in messages if m.sender == "bob"] == [
        "before 3",
        *(f"away {n}" for n in range(60)),
        "restarted",
    ]
    assert [m.text for m in messages if m.sender == "cyd"] == ["hello"]
    await nothing_more(amy, server, "bob")
    position = amy.position
    await amy.close()

    amy = await sign_in("amy", server, resume=position)
    await nothing_more(amy, server, "bob")
    await amy.close()
    amy = await sign_in("amy", server)  # and one that asks for nothing begins with what comes
    await nothing_more(amy, server, "bob")


async def test_a_backlog_larger_than_the_queue_is_read_as_fast_as_the_application_reads(
    sign_in: SignIn, name: Names, server: ServerProcess
) -> None:
    amy, bob = await sign_in(name("amy")), await sign_in(name("bob"))
    position = amy.position
    await amy.close()
    said = [str(n) for n in range(400)]
    for text in said:
        await bob.send_text(amy.user_id, text)
    amy = await sign_in(name("amy"), resume=position, queue_limit=20)
    for text in ("400", "401", "402"):
        await bob.send_text(amy.user_id, text)
        said.append(text)
    assert await texts(amy, len(said)) == said
    await nothing_more(amy, server, bob.user_id)


def test_a_position_of_somebody_else_is_refused(server: ServerProcess) -> None:
    with pytest.raises(ValueError, match="position"):
        Client(server.ws_url, server.sdkappid, "amy", "", resume="nonsense")


KEEPER = """
import asyncio, os, sys
from pathlib import Path
from sodam_client import Client

async def main(url, sdkappid, user_id, usersig, place, out):
    # As the README says: deal with a message, then store the position. A death between the two is a message twice.
    stored = Path(place)
    resume = stored.read_text() if stored.exists() else None
    async with Client(url, int(sdkappid), user_id, usersig, resume=resume, retry_delay=(0.02, 0.2)) as client:
        if resume is None:
            stored.write_text(client.position)
        with open(out, "a") as log:
            print("ready", file=log, flush=True)
            async for message in client.messages():
                print(message.text, file=log, flush=True)
                new = stored.with_suffix(".new")
                new.write_text(client.position)
                new.replace(stored)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_client_process_that_is_killed_again_and_again_misses_nothing(
    server_factory: ServerFactory, engine: Engine, sign_in: SignIn, tmp_path: Path
) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    server = server_factory(engine)
    bob = await sign_in("bob", server)
    program, out = tmp_path / "keeper.py", tmp_path / "read.log"
    program.write_text(KEEPER)
    out.touch()
    arguments = (server.ws_url, str(server.sdkappid), "amy", server.usersig("amy"), str(tmp_path / "place"), str(out))
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    said: list[str] = []

    def ready() -> int:
        return out.read_text().count("ready\n")

    for turn in range(5):
        process = await asyncio.create_subprocess_exec(sys.executable, str(program), *arguments, env=environment)
        try:
            await until(lambda turn=turn: ready() > turn)
            for _ in range(dice.randrange(5, 60)):
                said.append(str(len(said)))
                await bob.send_text("amy", said[-1])
            if turn == 4:
                await until(lambda: out.read_text().endswith(f"\n{said[-1]}\n"))
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
        for _ in range(dice.randrange(40)):
            said.append(str(len(said)))
            await bob.send_text("amy", said[-1]) if turn < 4 else said.pop()
    got = [line for line in out.read_text().splitlines() if line != "ready"]
    assert list(dict.fromkeys(got)) == said, "missed, or out of order"
    twice = len(got) - len(set(got))
    assert twice <= 4, f"{twice} messages came twice in 4 deaths"
