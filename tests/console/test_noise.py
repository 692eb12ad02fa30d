"""Whatever is sent to an action, the answer is a documented refusal or a result, never a failure inside the server."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import msgspec
import pytest

from sodam.cloudapi.table import actions
from sodam.console.session_actions import SESSION_ACTIONS
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.seeds import SEED
from tests.support.server import Engine, ServerFactory

ROUNDS = int(os.environ.get("SODAM_TEST_ROUNDS", "6"))
SPARED = {"im:DeleteSdkappid"}
ODD: tuple[Any, ...] = (
    *("", "x", "한국", "a\x00b", "a" * 300, "%_'\"\\;--", "\ud7ff", "-1", "2026-01-01", "\t"),
    *(0, 1, -1, 2**31, 2**53 + 1, 2**63, 2**64, 10**40, 1.5, -0.0),
    *(None, True, False, [], {}, [[]], [{}], [None], ["a\x00"], {"a": {"b": [1]}}),
)


def value(dice: random.Random, kind: Any, app: int, depth: int = 0) -> Any:
    """Mostly of the right type, so that requests come far; sometimes anything."""
    if dice.random() < 0.25 or depth > 4:
        return dice.choice(ODD)
    match kind:
        case msgspec.inspect.StrType():
            return dice.choice(("administrator", "x", "x-1", "team", "2.0", "{}", "한", "a&b", "u" * 33, "a\x00b", ""))
        case msgspec.inspect.IntType():
            return dice.choice((0, 1, 2, 7, 100, -1, 2**31, 2**63 - 1, 2**63, 1_000_000_001, 100_000_000_001, app))
        case msgspec.inspect.BoolType():
            return dice.random() < 0.5
        case msgspec.inspect.LiteralType(values=values):
            return dice.choice(values)
        case msgspec.inspect.ListType(item_type=item):
            return [value(dice, item, app, depth + 1) for _ in range(dice.randrange(4))]
        case msgspec.inspect.DictType(key_type=key, value_type=item):
            return {str(value(dice, key, app, 9)): value(dice, item, app, depth + 1) for _ in range(dice.randrange(3))}
        case msgspec.inspect.UnionType(types=types):
            return value(dice, dice.choice(types), app, depth)
        case msgspec.inspect.StructType(fields=fields):
            return {f.encode_name: value(dice, f.type, app, depth + 1) for f in fields if dice.random() < 0.85}
        case msgspec.inspect.Metadata(type=inner):
            return value(dice, inner, app, depth)
    return dice.choice(ODD)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_noise(server_factory: ServerFactory, engine: Engine) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    async with ConsoleClient(server.url) as root:
        await root.login()
        app = (await root.call("im/RegisterIMApp", Name="noise"))["SDKAppID"]
        wanted: list[tuple[str, str, tuple[Any, ...]]] = [
            (a.service, a.name, tuple(t for t in (a.request, a.also) if t)) for a in actions() if a.id not in SPARED
        ]
        wanted += [
            ("session", a.name, (a.request,))
            for a in SESSION_ACTIONS.values()
            if a.name in ("Login", "CheckPermissions")
        ]
        for _ in range(ROUNDS):
            for service, name, types in wanted:
                body: dict[str, Any] = {}
                for kind in types:
                    found = value(dice, msgspec.inspect.type_info(kind), app)
                    body |= found if isinstance(found, dict) else {}
                if "SDKAppID" in body and dice.random() < 0.8:
                    body["SDKAppID"] = app
                content = json.dumps(body).encode()
                headers = {"content-type": "application/json", "x-csrf-token": root.token}
                answer = await root.http.post(f"/console/api/{service}/{name}", content=content, headers=headers)
                assert answer.status_code != 500, (seed, service, name, content)
                assert "Data" in answer.json() or answer.json()["Error"]["Message"], (seed, service, name, content)
