"""Random frames: everything from a perfect request to bytes without sense, all from one seed."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import inspect

from sodam.gateway.frames import MAX_FRAME
from sodam.wire import Command
from tests.support.seeds import SEED

FACTOR: Final = float(os.environ.get("SODAM_FUZZ_FACTOR") or 1)
"""Multiplies the number of frames."""
SESSION_COMMANDS: Final = (
    "im_open_status.wslogin",
    "im_open_status.wslogout",
    "im_open_status.wshello",
    "heartbeat.alive",
)
_INTEGERS: Final = (0, 1, -1, 2, 7, 16, 100, 255, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64, 10**40, -(2**63))
_TEXTS: Final = (
    *("", " ", "amy", "a" * 32, "a" * 33, "x" * 13_000, "字" * 400, "\0", "\x1f", "\n", "\ufeff", "1_2_3", "0_0_0"),
    *("4294967296_1_1", "1.2.3", "99999999999999999999.1.1", "TIMTextElem", "NoUnread", "12", "-1", "1e9", "null"),
    *("../../etc/passwd", "' OR 1=1; --", "Tag_Profile_IM_Nick", "Add_Type_Both", "\U0001f600", "%00", "__proto__"),
)
_RAW: Final = (b"NaN", b"Infinity", b"01", b"1e400", b'"\\ud800"', b'"\xff"', b'"\\x"', b"{", b"[" * 600, b"9" * 5000)


class Noise:
    def __init__(self, commands: Mapping[str, Command], users: Sequence[str], a2: Callable[[], str]) -> None:
        self.rng = random.Random(SEED)
        self._commands = list(commands.items())
        self._users = users
        self._a2 = a2

    def frame(self) -> bytes:
        """The next frame, at most as big as the server takes: a bigger one has a test of its own."""
        return self._frame()[:MAX_FRAME]

    def _frame(self) -> bytes:
        kind = self.rng.random()
        if kind < 0.04:
            return self.rng.randbytes(self.rng.choice((0, 1, 3, 50, 700)))
        data = self._request()
        if kind < 0.80:
            return data
        return self._damaged(data)

    def _request(self) -> bytes:
        rng = self.rng
        name, command = rng.choice(self._commands)
        kind = rng.random()
        if kind < 0.03:
            name = rng.choice(SESSION_COMMANDS)
        elif kind < 0.06:
            name = rng.choice((*_TEXTS, name + "x", name.upper(), name.split(".")[0]))
        head: dict[str, Any] = {"ver": "v4", "servcmd": name, "seq": rng.randrange(2**31), "platform": 7}
        if rng.random() < 0.2:
            head["a2"] = self._a2() if rng.random() < 0.7 else rng.choice(_TEXTS)
        if rng.random() < 0.1:
            head |= {"identifier": self._text(), "usersig": rng.choice(_TEXTS)}
        if rng.random() < 0.05:
            head[rng.choice(list(head))] = self._anything()
        return json.dumps({"head": head, "body": self._body(command)}, ensure_ascii=rng.random() < 0.5).encode(
            "utf-8", "surrogatepass"
        )

    def _body(self, command: Command) -> Any:
        kind = self.rng.random()
        if kind < 0.05:
            return self._anything()
        value = self._of(inspect.type_info(command.request))
        if kind < 0.45:
            value = self._spoiled(value)
        return value

    def _of(self, kind: Any, name: str = "") -> Any:
        """A value that the type allows, of a meaning guessed from the field's name."""
        rng = self.rng
        if isinstance(kind, inspect.StructType):
            return {
                field.encode_name: self._of(field.type, field.encode_name)
                for field in kind.fields
                if field.required or rng.random() < 0.7
            }
        if isinstance(kind, inspect.UnionType):
            return self._of(rng.choice(kind.types), name)
        if isinstance(kind, inspect.ListType | inspect.VarTupleType | inspect.SetType):
            return [self._of(kind.item_type, name) for _ in range(rng.choice((0, 1, 1, 2, 5)))]
        if isinstance(kind, inspect.DictType):
            return {self._text(): self._of(kind.value_type) for _ in range(rng.randrange(3))}
        if isinstance(kind, inspect.IntType | inspect.FloatType):
            return rng.choice(_INTEGERS[:6]) if rng.random() < 0.8 else rng.choice(_INTEGERS)
        if isinstance(kind, inspect.LiteralType):
            return rng.choice(kind.values)
        if isinstance(kind, inspect.BoolType):
            return rng.random() < 0.5
        if isinstance(kind, inspect.NoneType):
            return None
        if name == "MsgBody":
            return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": self._text()}}]
        return self._text()

    def _text(self) -> str:
        return self.rng.choice(self._users) if self.rng.random() < 0.6 else self.rng.choice(_TEXTS)

    def _anything(self, depth: int = 0) -> Any:
        rng = self.rng
        kind = rng.randrange(8 if depth < 4 else 5)
        if kind == 0:
            return rng.choice(_INTEGERS)
        if kind == 1:
            return rng.choice(_TEXTS)
        if kind == 2:
            return rng.choice((None, True, False))
        if kind == 3:
            return rng.random() * 10 ** rng.randrange(-20, 300)
        if kind == 4:
            return rng.choice(([], {}, "0", -0.0))
        if kind == 5:
            return [self._anything(depth + 1) for _ in range(rng.randrange(4))]
        return {
            rng.choice((*_TEXTS, "To_Account", "MsgSeq")): self._anything(depth + 1) for _ in range(rng.randrange(4))
        }

    def _spoiled(self, value: Any) -> Any:
        """One place of a value replaced, left out or doubled."""
        rng = self.rng
        if isinstance(value, dict) and value and rng.random() < 0.8:
            key = rng.choice(list(value))
            copy = dict(value)
            if rng.random() < 0.2:
                del copy[key]
            else:
                copy[key] = self._spoiled(value[key])
            return copy
        if isinstance(value, list) and value and rng.random() < 0.7:
            at = rng.randrange(len(value))
            if rng.random() < 0.1:
                return value * rng.choice((2, 101))
            return [*value[:at], self._spoiled(value[at]), *value[at + 1 :]]
        return self._anything()

    def _damaged(self, data: bytes) -> bytes:
        rng = self.rng
        at = rng.randrange(len(data))
        kind = rng.randrange(5)
        if kind == 0:
            return data[:at]
        if kind == 1:
            return data[:at] + rng.randbytes(1) + data[at + 1 :]
        if kind == 2:
            return data[:at] + rng.choice(_RAW) + data[at:]
        if kind == 3:
            return data[:at] + data[at + rng.randrange(1, 40) :]
        return data + rng.choice((b" ", b"\0", b"{}", data))
