"""A client socket without the client: heads and bodies are the test's."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import msgspec
from websockets.sync.client import ClientConnection, connect

from tests.fuzz.documents import Token, render
from tests.fuzz.wire import FUTURE, Caller

_TIMEOUT = 60.0
_LONGEST = 1_000_000


def is_json(body: bytes) -> bool:
    """Whether a frame can carry this as its body: JSON, and not so long that the socket is ended for it."""
    if len(body) > _LONGEST:
        return False
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def asks_to_look(frame: bytes) -> bool:
    """The push without content by which nodes of a cluster now and then have each client look for what it missed."""
    body = json.loads(frame)["body"]
    return isinstance(body, dict) and body == {"EventArray": [{"Event": 9, "C2cMsgArray": []}], "Flag": 1}


class Socket:
    """A WebSocket to `/binfo` for an app. It is not signed in until `login`."""

    def __init__(self, caller: Caller, sdkappid: int | None = None) -> None:
        self._caller = caller
        address = f"{caller.server.ws_url}/binfo?sdkappid={sdkappid or caller.sdkappid}"
        self._socket: ClientConnection = connect(address, compression=None, max_size=None, legacy=True)
        self._seq = 0
        self.head: dict[str, Any] = {"platform": 7}
        self.heard: list[bytes] = []
        """Every frame that came, pushes included."""

    def request(self, servcmd: str, body: bytes, **head: Any) -> dict[str, Any]:
        """Send a request, wait for its answer; the answer's body."""
        self._seq += 1
        wanted = {**self.head, **head, "servcmd": servcmd, "seq": self._seq}
        self._socket.send(render({"head": wanted, "body": Token(body)}))
        while True:
            frame = self._socket.recv(_TIMEOUT)
            data = frame if isinstance(frame, bytes) else frame.encode()
            self.heard.append(data)
            answer = json.loads(data)
            place = (answer["head"]["servcmd"], answer["head"]["seq"])
            assert place != ("", 0), f"the frame was refused: {answer}"
            if place == (servcmd, self._seq):
                result: dict[str, Any] = answer["body"]
                return result

    def hear(self, fragment: bytes) -> None:
        """Wait for a push that contains this."""
        while not any(fragment in frame for frame in self.heard):
            frame = self._socket.recv(_TIMEOUT)
            self.heard.append(frame if isinstance(frame, bytes) else frame.encode())

    def login(self, user_id: str, signature: str) -> dict[str, Any]:
        answer = self.request("im_open_status.wslogin", b'{"State":"Online"}', identifier=user_id, usersig=signature)
        if answer["ErrorCode"] == 0:
            self.head |= {"a2": answer["A2Key"], "tinyid": answer["TinyId"], "status_instid": answer["InstId"]}
        return answer

    def close(self) -> None:
        self._socket.close()


def signed_in(caller: Caller, user_id: str, *, signed: int = FUTURE) -> Socket:
    """`signed`: seconds from now to the date of the signature."""
    socket = Socket(caller)
    answer = socket.login(user_id, unquote(caller.sign(user_id, signed=signed)))
    assert answer["ErrorCode"] == 0, answer
    return socket
