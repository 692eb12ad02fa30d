"""Frames nested more deeply than a reader can follow: each is answered at once, as itself, and the connection stays."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection

from sodam.errors import Code
from sodam.gateway.table import commands
from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient
from tests.support.server import Engine, ServerFactory, ServerProcess

DEPTHS = (20, 300, 1000, 100_000)
CODES = {int(code) for code in Code} | {0}
SECONDS = 90.0


def bodies(fields: list[str]) -> Iterator[tuple[str, str]]:
    """What stands where the depth is: the body, a field that nobody knows, each field that the command reads."""
    for depth in DEPTHS:
        arrays = "[" * depth + "]" * depth
        objects = '{"a":' * depth + "1" + "}" * depth
        yield f"body of {depth}", objects
        yield f"unknown of {depth}", '{"Unknown":@}'.replace("@", arrays)
        yield f"unclosed of {depth}", '{"Unknown":' + "[" * depth
        yield from ((f"{name} of {depth}", json.dumps({name: 0}).replace("0", arrays)) for name in fields)


def deep_message(depth: int) -> dict[str, str]:
    """A message whose own parts are deep: an element, its content, a field of that."""
    deep = "[" * depth + "]" * depth
    elements = {
        "element": "@",
        "content": '{"MsgType":"TIMTextElem","MsgContent":@}',
        "text": '{"MsgType":"TIMTextElem","MsgContent":{"Text":@}}',
        "beside the text": '{"MsgType":"TIMTextElem","MsgContent":{"Text":"x","X":@}}',
        "bundle": '{"MsgType":"TIMRelayElem","MsgContent":{"Title":"t","MsgList":@}}',
    }
    return {f"{name} of {depth}": f'"MsgBody":[{element.replace("@", deep)}]' for name, element in elements.items()}


async def test_every_command_answers_deep_bodies(
    engine: Engine, server_factory: ServerFactory, sign_in: SignIn, user_id: Callable[[str], str]
) -> None:
    server = server_factory(engine)
    amy = await sign_in(server, user_id("amy"))
    frames: list[tuple[str, str, str]] = []
    for name, command in commands().items():
        fields = [field.encode_name for field in msgspec.structs.fields(command.request)]
        frames += [(name, what, body) for what, body in bodies(fields)]
    for depth in DEPTHS:
        for what, text in deep_message(depth).items():
            body = '{"From_Account":"@","To_Account":"@","MsgRandom":1,'.replace("@", amy.user_id) + text + "}"
            frames.append(("openim.sendmsg", what, body))
    codes = await _answers(amy, frames)
    refused = sum(code != 0 for code in codes.values())
    print(
        f"{engine}: {len(frames)} deep frames of {len(commands())} commands, {refused} refused, each by its own answer"
    )
    for (name, what), code in codes.items():
        assert code in CODES, f"{name}, {what}: {code}"
        if what.endswith(("of 100000", "of 1000")) and not what.startswith("unknown"):
            assert code, f"{name}, {what}: accepted"
    await amy.open()  # the bare socket took its place
    await amy.sign_in()
    await amy.send_text(amy.user_id, "still here")
    server.check_log()


@contextlib.asynccontextmanager
async def _socket(client: RawClient) -> AsyncIterator[ClientConnection]:
    """A bare socket that is signed in by the client's ticket."""
    server = client.server
    url = f"{server.ws_url}/binfo?sdkappid={server.sdkappid}&instanceid=0&platform=7"
    async with websockets.connect(url, max_size=None, compression=None) as socket:
        head = {**client.head, "servcmd": "im_open_status.wslogin", "seq": 1}
        await socket.send(json.dumps({"head": head, "body": {"State": "Online"}}).encode())
        assert json.loads(await socket.recv())["body"]["ErrorCode"] == 0
        yield socket


async def _answers(client: RawClient, frames: list[tuple[str, str, str]]) -> dict[tuple[str, str], int]:
    """The code that each frame was answered with, by servcmd and what was deep."""
    found: dict[tuple[str, str], int] = {}
    async with _socket(client) as socket:
        for seq, (name, what, body) in enumerate(frames, 1):
            text = json.dumps({"head": {**client.head, "servcmd": name, "seq": seq}})[:-1] + ',"body":' + body + "}"
            await socket.send(text.encode())
            while True:
                answer = json.loads(await asyncio.wait_for(socket.recv(), SECONDS))
                if answer["head"]["servcmd"] != "im_open_push.msg_push":
                    break
            assert (answer["head"]["servcmd"], answer["head"]["seq"]) == (name, seq), f"{name}, {what}"
            found[name, what] = answer["body"]["ErrorCode"]
    return found


async def test_depth_beside_the_body(server: ServerProcess, sign_in: SignIn, user_id: Callable[[str], str]) -> None:
    """In the head, before it or after it: whoever waits is answered. A frame without a head is answered, too."""
    amy = await sign_in(server, user_id("amy"))
    head = json.dumps({**amy.head, "servcmd": "openim.getmsg", "seq": 7})
    async with _socket(amy) as socket:
        for depth in DEPTHS:
            deep = "[" * depth + "]" * depth
            for text, answered in (
                (f'{{"head":{head},"body":{{}},"x":{deep}}}', True),
                (f'{{"x":{deep},"head":{head},"body":{{}}}}', True),
                (f'{{"head":{head[:-1]},"x":{deep}}},"body":{{}}}}', True),
                (deep, False),
            ):
                await socket.send(text.encode())
                answer = json.loads(await asyncio.wait_for(socket.recv(), SECONDS))
                assert answer["body"]["ErrorCode"] in CODES
                wanted = {"servcmd": "openim.getmsg", "seq": 7} if answered else {"servcmd": "", "seq": 0}
                assert answer["head"] == wanted, f"{depth}: {text[:12]}"
    server.check_log()
