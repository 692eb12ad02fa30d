"""Random frames over real sockets: every answer a documented code, the server unharmed, nobody else disturbed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import websockets

from sodam.errors import Code
from sodam.gateway.session import KICKED_CODE
from sodam.gateway.table import commands
from tests.gateway.conftest import SignIn
from tests.gateway.noise import FACTOR, SEED, Noise
from tests.support.server import Engine, ServerFactory, ServerProcess

FRAMES = int(2500 * max(1.0, FACTOR))
SOCKETS = 4
CODES = {int(code) for code in Code} | {0, KICKED_CODE}
CLOSE_CODES = {1000, 1002, 1003, 1006, 1007, 1008, 1009}  # 1006: a reset has overtaken the close frame


async def _shower(server: ServerProcess, noise: Noise, user: str, count: int) -> tuple[int, int]:
    """Send ``count`` frames, on as many sockets as it takes; frames and answers."""
    sent = answers = 0
    while sent < count:
        url = f"{server.ws_url}/binfo?sdkappid={server.sdkappid}"
        async with websockets.connect(url, max_size=None, compression=None) as socket:
            head = {"servcmd": "im_open_status.wslogin", "identifier": user, "usersig": server.usersig(user)}
            await socket.send(json.dumps({"head": {**head, "seq": 1, "platform": 7}, "body": {}}).encode())
            try:
                while sent < count:
                    burst = min(20, count - sent)
                    for _ in range(burst):
                        await socket.send(noise.frame())
                    sent += burst
                    await socket.send(b'{"head":{"servcmd":"heartbeat.alive","seq":-1},"body":{}}')
                    while True:
                        frame = json.loads(await asyncio.wait_for(socket.recv(), 90))
                        if frame["head"]["seq"] == -1 and frame["head"]["servcmd"] == "heartbeat.alive":
                            break
                        if frame["head"]["servcmd"] != "im_open_push.msg_push":
                            assert frame["body"]["ErrorCode"] in CODES, frame
                            answers += 1
            except websockets.ConnectionClosed:
                assert socket.close_code in CLOSE_CODES, f"seed {SEED}: closed with {socket.close_code}"
    return sent, answers


async def test_random_frames_on_sockets(
    engine: Engine, server_factory: ServerFactory, sign_in: SignIn, user_id: Callable[[str], str]
) -> None:
    print(f"seed {SEED}")
    server = server_factory(engine)
    users = [user_id(f"fuzz{n}") for n in range(SOCKETS)]
    amy, bob = await sign_in(server, user_id("amy")), await sign_in(server, user_id("bob"))
    tickets = [(await sign_in(server, user)).head["a2"] for user in users]
    noise = Noise(commands(), users, lambda: noise.rng.choice(tickets))

    async def talk() -> None:
        for number in range(100):
            await amy.send_text(bob.user_id, f"message {number}")
            await asyncio.sleep(0.01)

    talking = asyncio.create_task(talk())
    results = await asyncio.gather(*(_shower(server, noise, user, FRAMES // SOCKETS) for user in users))
    await talking
    await bob.wait(lambda: len(bob.texts()) >= 100)
    assert bob.texts() == [f"message {n}" for n in range(100)]
    assert sum(sent for sent, _ in results) >= FRAMES
    assert sum(answers for _, answers in results) > FRAMES // 2
    server.check_log()


async def test_a_frame_of_the_greatest_size_and_one_beyond(
    server: ServerProcess, sign_in: SignIn, user_id: Callable[[str], str]
) -> None:
    amy = await sign_in(server, user_id("amy"))
    frame = json.dumps({"head": {"servcmd": "x.y", "seq": 99}, "body": {}}).encode()
    await amy.send(frame + b" " * (1024 * 1024 - len(frame)))
    await amy.call("openim.getmsg", {"Cookie": ""})
    await amy.send(b" " * (1024 * 1024 + 1))
    await amy.wait(lambda: amy.closed)
    assert amy.close_code == 1009
